//! The warm pool on a real engine.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::desk::{Desk, OBJECTS, Ran, await_end, ran, redacted, text};
use support::ssh::{Gate, Login};

fn fill(desk: &Desk, more: &[&str]) -> Vec<String> {
    let image = desk.image();
    let answer = desk.run(&[&["--json", "pool", "fill", "--image", &image], more].concat()).exits(0).json();
    answer["filled"].as_array().unwrap().iter().map(|id| text(id).to_string()).collect()
}

fn pool(desk: &Desk) -> Vec<String> {
    let rows = desk.run(&["--json", "pool", "list"]).exits(0).json();
    rows.as_array().unwrap().iter().map(|row| text(&row["id"]).to_string()).collect()
}

/// Ids that the engine's objects of this installation carry, each once.
fn environments(desk: &Desk) -> Vec<String> {
    let mut ids: Vec<String> =
        desk.objects().into_iter().map(|object| object.owner.unwrap().environment.to_string()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn id(started: &Value) -> String {
    text(&started["attempt"]).to_string()
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_start_takes_an_environment_from_the_pool_and_makes_it_its_own() {
    let desk = Desk::new();
    let ids = fill(&desk, &["-n", "2"]);
    let rows = desk.run(&["--json", "pool", "list"]).exits(0).json();
    let row = |id: &str| {
        json!({
            "id": id, "image": desk.image(), "scheme": "http", "listen": "127.0.0.1", "ready": true,
            "container": "paused", "memory": "…", "created": "…", "expires": "…",
        })
    };
    assert_eq!(redacted(&rows, &["created", "expires", "memory"]), json!([row(&ids[0]), row(&ids[1])]));
    assert!(rows[0]["memory"].as_u64().unwrap() > 1 << 20, "{rows}");

    let started = desk.start(&[]);
    assert_eq!(pool(&desk), ids[1..]);
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(environments(&desk), expected);
    // Its own credentials, of which the container keeps nothing but what GitLab has.
    let given = desk.in_container(&ids[0], "cat /var/opt/gitlab/token; ls /run/breakfix 2>/dev/null");
    let (password, token) = given.split_once(' ').unwrap();
    assert_eq!(password, text(&started["password"]));
    assert!(token.starts_with("glpat-"), "{token}");

    // From here on it is as any other.
    let attempt = id(&started);
    desk.run(&["grade"]).exits(1).mentions("0 of 100 points, not solved yet");
    desk.repair(&attempt);
    desk.run(&["grade"]).exits(0).mentions("100 of 100 points, solved");
    let gate = Gate::new(&desk, &[]);
    gate.ssh(&Login::of(&started), &["echo in"]).exits(0).says("in\n");
    assert_eq!(desk.run(&["--json", "gc"]).exits(0).json(), json!([]));
    let again = desk.run(&["--json", "reset"]).exits(0).json();
    assert_eq!(again["url"], started["url"]);
    let mut expected = vec![attempt.clone(), ids[1].clone()];
    expected.sort();
    assert_eq!(environments(&desk), expected);
    desk.run(&["grade"]).exits(1);
    let stopped = desk.run(&["stop", "--all"]).exits(0).says(&format!("Removed {attempt}.\n"));
    stopped.mentions("1 in the pool belong to no attempt and stay; `breakfix pool drain` removes them.");
    assert_eq!(environments(&desk), ids[1..]);
    desk.run(&["pool", "drain"]).exits(0).says(&format!("Removed {}.\n", ids[1]));
    desk.run(&["pool", "list"]).exits(0).says("The pool is empty. `breakfix pool fill` adds an environment.\n");
}

#[test]
#[ignore = "needs a container engine"]
fn several_starts_at_once_share_nothing() {
    let desk = Desk::new();
    let ids = fill(&desk, &["-n", "2"]);
    let image = desk.image();
    let start = |trainee: &str| {
        desk.command(&["--json", "start", "mini", "--image", &image, "--trainee", trainee]).spawn().unwrap()
    };
    let running = ["ada", "bob", "eve"].map(start);
    let ended = running.map(|child| ran(vec![], await_end(child)).exits(0));
    let answers = ended.each_ref().map(Ran::json);
    let mut expected = ids.clone();
    let attempts = desk.run(&["--json", "status"]).json();
    assert_eq!(attempts.as_array().unwrap().len(), 3);
    // One came too late, and made its own.
    let own: Vec<String> = environments(&desk).into_iter().filter(|id| !ids.contains(id)).collect();
    assert_eq!(own.len(), 1, "{ended:#?}");
    expected.extend(own);
    expected.sort();
    assert_eq!((environments(&desk), pool(&desk)), (expected, vec![]));
    let mut secrets: Vec<&str> =
        answers.iter().flat_map(|answer| [text(&answer["password"]), text(&answer["url"])]).collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), 6);
    for environment in &ids {
        let token = desk.in_container(environment, "cat /var/opt/gitlab/token");
        assert!(answers.iter().any(|answer| token.starts_with(text(&answer["password"]))), "{token}");
    }
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn what_does_not_fit_stays_in_the_pool() {
    let desk = Desk::new();
    let ids = fill(&desk, &["--listen", "127.0.0.2"]);
    let stays = |more: &[&str]| {
        let attempt = id(&desk.start(more));
        assert_eq!(pool(&desk), ids, "{more:?}");
        desk.run(&["stop", &attempt]).exits(0);
    };
    stays(&[]);
    stays(&["--listen", "127.0.0.2", "--no-pool"]);
    desk.edit("lab.yaml", "runs_on: [gitlab-ce]", "runs_on: [gitlab-ce]\nlimits: { data_mib: 64 }");
    stays(&["--listen", "127.0.0.2"]);
    // Of that kind is one that is made for the lab.
    let small = fill(&desk, &["mini", "--listen", "127.0.0.2"]);
    desk.start(&["--listen", "127.0.0.2"]);
    assert_eq!(pool(&desk), ids);
    assert_eq!(desk.in_container(&small[0], "stat -f -c %T /var/opt/gitlab"), "tmpfs\n");
    desk.run(&["stop", "--all"]).exits(0);
    desk.run(&["pool", "drain"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn an_environment_that_does_not_wake_is_replaced() {
    let desk = Desk::new();
    let ids = fill(&desk, &[]);
    desk.runtime.block_on(support::kill(&format!("breakfix-{}-gitlab", ids[0])));
    let image = desk.image();
    let started = desk.run(&["--json", "start", "mini", "--image", &image]).exits(0);
    assert!(
        started.stderr.contains("Taking an environment from the pool") && started.stderr.contains("cannot be resumed"),
        "{started}"
    );
    assert_eq!((environments(&desk), pool(&desk)), (vec![id(&started.json())], vec![]));
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn the_pool_is_cleaned_up_as_attempts_are() {
    let desk = Desk::new();
    // Expired: not taken any more, and removed.
    let old = fill(&desk, &["--ttl", "1s"]);
    let attempt = id(&desk.start(&[]));
    assert!(!environments(&desk).is_empty() && pool(&desk) == old);
    let doomed =
        |id: &str, reason: &str, objects: usize| json!([{ "attempt": id, "reason": reason, "objects": objects }]);
    let gc = || desk.run(&["--json", "gc"]).exits(0).json();
    assert_eq!(gc(), doomed(&old[0], "expired", OBJECTS));
    assert_eq!((environments(&desk), pool(&desk)), (vec![attempt], vec![]));
    desk.run(&["stop", "--all"]).exits(0);

    // Killed while it was being made.
    let slow = desk.misbehaving("slow");
    let mut child = desk.command(&["pool", "fill", "--image", &slow]).spawn().unwrap();
    let end = Instant::now() + Duration::from_mins(1);
    while desk.objects().len() < OBJECTS {
        assert!(Instant::now() < end, "nothing is made");
        std::thread::sleep(Duration::from_millis(50));
    }
    let making = pool(&desk);
    desk.run(&["pool", "drain"])
        .exits(0)
        .says("Nothing was in the pool.\n")
        .mentions("another breakfix process is working on it");
    assert_eq!(gc(), json!([]));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(gc(), doomed(&making[0], "interrupted", OBJECTS));
    assert_eq!((environments(&desk), pool(&desk)), (vec![], vec![]));
}

#[test]
#[ignore = "needs a container engine"]
fn an_image_that_does_not_come_up_leaves_nothing() {
    let desk = Desk::new();
    let image = desk.misbehaving("dies");
    let filled: Ran = desk.run(&["pool", "fill", "--image", &image]).exits(3).says("");
    filled.mentions("error: GitLab did not come up");
    assert_eq!(pool(&desk), [""; 0]);
    desk.assert_nothing_left();
}

/// What a page of GitLab's answers to a password.
fn signs_in(url: &str, password: &str) -> bool {
    let mut command = std::process::Command::new("curl");
    command.args(["--silent", "--fail", "--output", "/dev/null", "--data", "grant_type=password&username=root"]);
    command.arg("--data-urlencode").arg(format!("password={password}")).arg(format!("{url}/oauth/token"));
    command.status().unwrap().success()
}

#[test]
#[ignore = "needs a container engine"]
fn the_training_image_gives_its_root_new_credentials() {
    let desk = Desk::new();
    let filled = desk.run(&["--json", "pool", "fill", "nginx-502"]).exits(0).json();
    let environment = text(&filled["filled"][0]).to_string();
    let started = desk.run(&["--json", "start", "nginx-502"]).exits(0).json();
    assert_eq!((environments(&desk), pool(&desk)), (vec![environment.clone()], vec![]));
    let initial = desk.in_container(&environment, "printf %s \"$GITLAB_ROOT_PASSWORD\"; ls /run/breakfix 2>/dev/null");
    let attempt = id(&started);
    let solution = std::fs::read_to_string("labs/nginx-502/solution.sh").unwrap();
    desk.feed(&["exec", "--attempt", &attempt, "--", "bash", "-s"], &solution).exits(0);
    // Its checks use the new token, and restart the container.
    desk.run(&["grade"]).exits(0).mentions("100 of 100 points, solved");
    let (url, password) = (text(&started["url"]), text(&started["password"]));
    assert!(signs_in(url, password) && !signs_in(url, &initial));
    desk.run(&["stop", "--all"]).exits(0);
}
