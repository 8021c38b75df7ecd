//! A class on an engine of the test's own: one that is killed and comes back, and one whose disk is filled.

mod support;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use breakfix::engine::{Engine, Object};
use breakfix::store::Store;
use serde_json::{Value, json};
use support::desk::{Desk, OBJECTS, await_end, redacted, text};
use support::room::{Room, texts};
use support::ssh::{Gate, Login};

/// Where the engine of our own is; set by `tools/private-engine`.
const PRIVATE: &str = "BREAKFIX_PRIVATE_ENGINE";

/// The test that is to do its work where it runs; set by the test itself, for the second time that it is started.
const INSIDE: &str = "BREAKFIX_TEST_INSIDE";

/// What an engine of our own needs, besides root.
const PROGRAMS: [&str; 4] = ["dockerd", "ip", "nsenter", "docker"];

fn lacking() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("root".into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).exists());
    PROGRAMS.into_iter().find(|program| !is_there(program)).map(String::from)
}

/// Runs a test on an engine of its own, with a disk of that size if it is to have one: it is started once more by
/// `tools/private-engine`, and does its work there.
fn on_an_engine_of_our_own(test: &str, disk_mib: Option<u32>, work: fn()) {
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        assert!(std::env::var_os(PRIVATE).is_some(), "only within tools/private-engine");
        return work();
    }
    assert_eq!(lacking(), None, "an engine of our own needs it");
    let desk = Desk::new();
    let images = [desk.image(), support::contract::probe(&desk.engine, &desk.runtime)].join(" ");
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("tools/private-engine"));
    let path = format!("private_engine::{test}");
    command.arg(std::env::current_exe().unwrap()).args(["--exact", &path, "--ignored", "--nocapture"]);
    command.env(INSIDE, test).env("BREAKFIX_PRIVATE_IMAGES", images).current_dir(root);
    command.envs(disk_mib.map(|size| ("BREAKFIX_PRIVATE_DISK_MIB", size.to_string())));
    assert!(command.status().unwrap().success());
}

/// By this name `tools/engine-test` leaves them out for want of root.
mod private_engine {
    use super::on_an_engine_of_our_own;

    #[test]
    #[ignore = "needs a container engine, root and dockerd"]
    fn a_class_survives_an_engine_that_is_killed() {
        on_an_engine_of_our_own("a_class_survives_an_engine_that_is_killed", None, super::killed);
    }

    #[test]
    #[ignore = "needs a container engine, root and dockerd"]
    fn who_fills_the_disk_is_stopped_before_nothing_is_left_for_the_others() {
        let test = "who_fills_the_disk_is_stopped_before_nothing_is_left_for_the_others";
        on_an_engine_of_our_own(test, Some(8192), super::filled);
    }

    /// An engine of its own, since others that are tested beside it leave expired objects as well.
    #[test]
    #[ignore = "needs a container engine, root and dockerd"]
    fn what_a_killed_job_left_goes_when_somebody_asks() {
        on_an_engine_of_our_own("what_a_killed_job_left_goes_when_somebody_asks", None, super::abandoned);
    }
}

/// Kills the engine and starts it again.
fn crash() {
    let script = PathBuf::from(std::env::var_os(PRIVATE).unwrap()).join("crash");
    assert!(Command::new(script).status().unwrap().success(), "the engine does not come back");
}

fn login(desk: &Desk, id: &str) -> Login {
    let store = Store::open(&desk.state()).unwrap();
    Login { name: id.into(), password: store.find(id).unwrap().unwrap().attempt.access.password.expose().into() }
}

fn answers(url: &str) -> bool {
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--output", "/dev/null"]).arg(format!("{url}/users/sign_in"));
    command.status().unwrap().success()
}

fn killed() {
    let room = Room::new(&["ada", "bob", "eve"], "");
    let desk = &room.desk;
    room.start().exits(0);
    let before = room.attempts();
    let ids = [0, 1, 2].map(|place| text(&before[place]["attempt"]).to_owned());
    for id in &ids {
        desk.in_container(id, &format!("echo {id} >/root/notes; echo {id} >/var/opt/gitlab/notes; sync"));
    }
    desk.repair(&ids[1]);
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    let gate = Gate::new(desk, &[]);
    let ada = login(desk, &ids[0]);
    let session = gate.command(&ada, &[], &["echo begun >/root/session; exec sleep 600"]).spawn().unwrap();
    // Waits for it in the container.
    desk.in_container(&ids[0], "until [ -e /root/session ]; do read -rt 0.1 <> <(:) || :; done");

    crash();
    assert_ne!(await_end(session).status.code(), Some(0), "who was inside is told");
    desk.run(&["class", "grade", "ada"]).exits(3).mentions("its container and its probe are down");
    let answer = desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert_eq!(texts(&answer["resumed"], "outcome"), ["back"; 3]);
    assert!(answer["resumed"].as_array().unwrap().iter().all(|row| row["note"].is_null()), "{answer:#}");

    for (id, attempt) in ids.iter().zip(&before) {
        assert_eq!(desk.in_container(id, "cat /root/notes /var/opt/gitlab/notes"), format!("{id}\n{id}\n"));
        assert!(answers(text(&attempt["url"])), "{attempt}");
    }
    assert_eq!(texts(&serde_json::json!(room.attempts()), "url"), texts(&serde_json::json!(before), "url"));
    gate.ssh(&ada, &["cat /root/notes"]).exits(0).says(&format!("{}\n", ids[0]));
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    drop(gate);
    room.stop();
}

/// Allocates until so little is left that everybody may soon be in trouble.
const FILL: &str = "number=0
    while [ $(df -Pm /var/opt/gitlab | awk 'NR == 2 { print $4 }') -gt 500 ]; do
      number=$((number + 1))
      fallocate -l 100M /var/opt/gitlab/fill$number || exit
    done";

fn filled() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let room = Room::new(&["ada", "bob", "eve"], &format!("ssh: {port}\n"));
    let desk = &room.desk;
    room.start().exits(0);
    let [ada, bob] = [0, 1].map(|place| room.id(place));
    let board = || desk.run(&["--json", "class", "watch", "--once"]).exits(0).json();
    assert_eq!(board()["problem"], Value::Null);
    desk.in_container(&ada, &format!("setsid bash -c '{}' </dev/null >/dev/null 2>&1 &", FILL.replace('\'', "'\\''")));
    let container = format!("breakfix-{ada}-gitlab");
    let facts = || desk.runtime.block_on(desk.engine.inspect(&container));
    let paused = || facts().is_ok_and(|facts| facts.paused);
    support::eventually(Duration::from_mins(1), "a container that is paused by the gate", paused);

    let seen = board();
    assert!(text(&seen["problem"]).starts_with("the engine's disk is nearly full, "), "{seen:#}");
    assert_eq!(seen["rows"][0]["problem"], "its container was paused, since it fills the engine's disk: reset it");
    assert_eq!(room.attempts()[0]["problem"], "its container was paused, since it fills the engine's disk");
    assert!(seen["rows"][1]["problem"].is_null() && seen["rows"][2]["problem"].is_null(), "{seen:#}");
    desk.repair(&bob);
    assert_eq!(room.scores(&["bob", "eve"]), [100, 0]);

    desk.run(&["class", "reset", "ada"]).exits(0);
    let seen = board();
    assert!(seen["problem"].is_null() && seen["rows"][0]["problem"].is_null(), "{seen:#}");
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    room.stop();
}

fn abandoned() {
    let (desk, job) = (Desk::new(), Desk::new());
    let living = job.start(&[]);
    let attempt = text(&job.start(&["--ttl", "1s"])["attempt"]).to_string();
    let installation = Store::open(&job.state()).unwrap().installation().to_string();
    std::fs::remove_dir_all(job.state()).unwrap();

    let words = format!("{OBJECTS} expired objects of other installations");
    let note = format!("{words} are on this engine; `breakfix gc --orphaned` removes them.");
    desk.run(&["gc"]).exits(0).says("Nothing to remove.\n").mentions(&note);
    desk.run(&["doctor"]).mentions(&format!("leftovers: {words}"));
    let found = desk.run(&["--json", "gc", "--orphaned", "--dry-run"]).exits(0).json();
    let expected = json!([{
        "attempt": attempt, "reason": "abandoned", "objects": OBJECTS, "installation": installation, "expired": "…",
    }]);
    assert_eq!(redacted(&found, &["expired"]), redacted(&expected, &["expired"]));
    let removed =
        format!("Removed {attempt} (another installation left it, and its time is over, {OBJECTS} objects)\n");
    desk.run(&["gc", "--orphaned"]).exits(0).says(&removed);
    desk.run(&["gc", "--orphaned"]).exits(0).says("Nothing to remove.\n");

    let left = desk.runtime.block_on(desk.engine.list(&installation)).unwrap();
    let of = |object: &Object| object.owner.as_ref().map(|owner| owner.environment.clone());
    assert_eq!(left.iter().filter_map(of).collect::<Vec<_>>(), vec![text(&living["attempt"]); OBJECTS]);
    for object in left.iter().chain(&left) {
        desk.runtime.block_on(desk.engine.remove(&object.reference)).ok();
    }
}
