//! An engine that is killed while a class works, and comes back. It happens to an engine of the test's own.

mod support;

use std::path::PathBuf;
use std::process::Command;

use breakfix::store::Store;
use support::desk::{Desk, await_end, text};
use support::room::{Room, texts};
use support::ssh::{Gate, Login};

/// Where the engine of our own is; set by `tools/private-engine`.
const PRIVATE: &str = "BREAKFIX_PRIVATE_ENGINE";

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

#[test]
fn a_class_survives_an_engine_that_is_killed() {
    let Some(desk) = Desk::new() else { return };
    match lacking() {
        Some(what) if std::env::var_os("CI").is_some() => panic!("an engine of our own needs {what}"),
        Some(what) => return eprintln!("SKIPPED: an engine of our own needs {what}"),
        None => {}
    }
    let images = [desk.image(), support::contract::probe(&desk.engine, &desk.runtime)].join(" ");
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("tools/private-engine"));
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "on_an_engine_of_our_own", "--ignored", "--nocapture"]);
    command.env("BREAKFIX_PRIVATE_IMAGES", images).current_dir(root);
    assert!(command.status().unwrap().success());
}

/// Kills the engine and starts it again.
fn crash() {
    let script = PathBuf::from(std::env::var_os(PRIVATE).unwrap()).join("crash");
    assert!(Command::new(script).status().unwrap().success(), "the engine does not come back");
}

fn login(desk: &Desk, id: &str) -> Login {
    let store = Store::open(&desk.state()).unwrap();
    Login { name: id.into(), password: store.find(id).unwrap().unwrap().attempt.ssh_password }
}

fn answers(url: &str) -> bool {
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--output", "/dev/null"]).arg(format!("{url}/users/sign_in"));
    command.status().unwrap().success()
}

#[test]
#[ignore = "run by a_class_survives_an_engine_that_is_killed"]
fn on_an_engine_of_our_own() {
    assert!(std::env::var_os(PRIVATE).is_some(), "only within tools/private-engine");
    let Some(room) = Room::new(&["ada", "bob", "eve"], "") else { return };
    let desk = &room.desk;
    room.start().exits(0);
    let before = room.attempts();
    let ids = [0, 1, 2].map(|place| text(&before[place]["attempt"]).to_owned());
    for id in &ids {
        desk.in_box(id, &format!("echo {id} >/root/notes; echo {id} >/var/opt/gitlab/notes; sync"));
    }
    desk.repair(&ids[1]);
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    let gate = Gate::new(desk, &[]);
    let ada = login(desk, &ids[0]);
    let session = gate.command(&ada, &[], &["echo begun >/root/session; exec sleep 600"]).spawn().unwrap();
    // Waits for it in the box.
    desk.in_box(&ids[0], "until [ -e /root/session ]; do read -rt 0.1 <> <(:) || :; done");

    crash();
    assert_ne!(await_end(session).status.code(), Some(0), "who was inside is told");
    desk.run(&["class", "grade", "ada"]).exits(4);
    let answer = desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert_eq!(texts(&answer["resumed"], "outcome"), ["back"; 3]);
    assert!(answer["resumed"].as_array().unwrap().iter().all(|row| row["note"].is_null()), "{answer:#}");

    for (id, attempt) in ids.iter().zip(&before) {
        assert_eq!(desk.in_box(id, "cat /root/notes /var/opt/gitlab/notes"), format!("{id}\n{id}\n"));
        assert!(answers(text(&attempt["url"])), "{attempt}");
    }
    assert_eq!(texts(&serde_json::json!(room.attempts()), "url"), texts(&serde_json::json!(before), "url"));
    gate.ssh(&ada, &["cat /root/notes"]).exits(0).says(&format!("{}\n", ids[0]));
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    drop(gate);
    room.stop();
}
