//! Whose doing it is: what a trainee does to the container is a result, what happens to it from outside is an error.

mod support;

use std::time::Duration;

use breakfix::engine::{Engine, ObjectKind};
use serde_json::{Value, json};
use support::desk::{Desk, Ran, text};
use support::room::Room;

fn container(id: &str) -> String {
    format!("breakfix-{id}-gitlab")
}

/// Runs lines in the container that may end it, and waits until they have.
fn wreck(desk: &Desk, id: &str, lines: &str) {
    desk.run(&["exec", "--attempt", id, "--", "bash", "-c", lines]);
    let facts = || desk.runtime.block_on(desk.engine.inspect(&container(id)));
    support::eventually(Duration::from_mins(1), "a container that is down", || {
        facts().is_ok_and(|facts| !facts.running)
    });
}

/// Outcome and message of each check.
fn verdicts(graded: &Ran) -> Vec<(String, String)> {
    let checks = graded.json()["checks"].as_array().unwrap().clone();
    checks.iter().map(|check| (text(&check["outcome"]).into(), text(&check["message"]).into())).collect()
}

#[test]
#[ignore = "needs a container engine"]
fn a_container_that_its_trainee_has_wrecked_fails_however_often_it_is_asked() {
    let desk = Desk::new();
    let stat = "exec: \"/assets/init-container\": stat /assets/init-container: no such file or directory";
    let denied = "exec: \"/assets/init-container\": permission denied";
    for (lines, why) in [
        ("rm -f /assets/init-container; kill 1", stat),
        ("chmod 000 /assets/init-container; kill 1", denied),
        ("rm -f /etc/passwd; kill 1", "/etc/passwd is missing or not a regular file"),
    ] {
        let id = text(&desk.start(&[])["attempt"]).to_string();
        desk.repair(&id);
        wreck(&desk, &id, lines);
        let expected = ("fail".to_string(), format!("GitLab is down and cannot be started: {why}"));
        for _ in 0..2 {
            let graded = desk.run(&["--json", "grade", &id]).exits(1);
            assert_eq!(verdicts(&graded), vec![expected.clone(); 5], "{lines}");
        }
        desk.run(&["stop", &id]).exits(0);
    }
}

#[test]
#[ignore = "needs a container engine"]
fn a_container_that_ended_by_itself_is_started_once_and_judged() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.repair(&id);
    wreck(&desk, &id, "kill 1");
    desk.run(&["grade", &id]).exits(0);
    // One that ends whenever it is started.
    wreck(&desk, &id, "printf '#!/bin/bash\\nexit 137\\n' >/assets/init-container; kill 1");
    let graded = desk.run(&["--json", "grade", &id]).exits(1);
    for (outcome, message) in verdicts(&graded) {
        assert_eq!(outcome, "fail");
        assert!(message.contains("exit code 137"), "{message}");
    }
    desk.run(&["stop", &id]).exits(0);
}

/// What grading says of an environment that failed: an error that decides nothing, with a way out.
fn cannot_be_graded(desk: &Desk, id: &str, why: &str, remedy: &str) {
    let ran = desk.run(&["--json", "grade", id]).exits(3);
    ran.mentions(&format!("{id} cannot be graded")).mentions(why).mentions(remedy);
    let status = desk.run(&["--json", "status"]).exits(0).json();
    assert_eq!((&status[0]["score"], &status[0]["solved"]), (&Value::Null, &json!(false)), "{status:#}");
}

#[test]
#[ignore = "needs a container engine"]
fn what_happens_to_an_environment_from_outside_is_no_answer_of_its_trainee() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    let (gitlab, probe) = (container(&id), format!("breakfix-{id}-probe"));
    desk.runtime.block_on(desk.engine.pause(&gitlab)).unwrap();
    cannot_be_graded(&desk, &id, "its container is paused", "docker unpause");
    desk.runtime.block_on(desk.engine.unpause(&gitlab)).unwrap();

    desk.runtime.block_on(support::kill(&probe));
    cannot_be_graded(&desk, &id, "its probe is down", "resume");
    desk.runtime.block_on(support::kill(&gitlab));
    cannot_be_graded(&desk, &id, "its container and its probe are down", "resume");
    desk.runtime.block_on(desk.engine.start(&probe)).unwrap();
    cannot_be_graded(&desk, &id, "its container is down: the engine was asked to end it", "resume");
    desk.runtime.block_on(desk.engine.start(&gitlab)).unwrap();

    desk.runtime.block_on(support::disconnect(&format!("breakfix-{id}"), &gitlab));
    cannot_be_graded(&desk, &id, "its container has lost its network", "reset");

    let is_gitlab = |object: &breakfix::engine::Object| {
        object.reference.kind == ObjectKind::Container && object.reference.name == gitlab
    };
    let object = desk.objects().into_iter().find(is_gitlab).unwrap();
    desk.runtime.block_on(desk.engine.remove(&object.reference)).unwrap();
    cannot_be_graded(&desk, &id, "its container is gone", "reset");
    desk.run(&["stop", &id]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_class_keeps_what_could_not_be_graded_and_loses_nobodys_points() {
    let room = Room::new(&["ada", "bob"], "");
    room.start().exits(0);
    let ids = [0, 1].map(|place| room.id(place));
    room.desk.repair(&ids[1]);
    room.desk.runtime.block_on(support::kill(&container(&ids[1])));
    let why = "its container is down: the engine was asked to end it";
    let graded = room.desk.run(&["--json", "class", "grade"]).exits(3).json();
    assert_eq!(graded["graded"].as_array().unwrap().len(), 1);
    assert_eq!(graded["failed"][0]["why"], format!("{} cannot be graded: {why}", ids[1]));
    let board = room.desk.run(&["--json", "class", "watch", "--once"]).exits(0).json();
    assert_eq!(board["rows"][1]["problem"], why, "the board says the same");

    let stopped = room.desk.run(&["--json", "class", "stop"]).exits(3).json();
    assert_eq!((&stopped["stopped"], &stopped["kept"]), (&json!([ids[0]]), &json!([ids[1]])));
    room.desk.run(&["class", "resume", "spring"]).exits(0);
    let stopped = room.desk.run(&["--json", "class", "stop", "spring"]).exits(0).json();
    assert_eq!((&stopped["graded"][0]["score"], &stopped["kept"]), (&json!(100), &json!([])));
    room.desk.assert_nothing_left();
}

#[test]
#[ignore = "needs a container engine"]
fn what_could_not_be_graded_goes_when_it_is_told_to() {
    let room = Room::new(&["ada"], "");
    room.start().exits(0);
    room.kill_all();
    let stopped = room.desk.run(&["--json", "class", "stop", "--discard"]).exits(3).json();
    assert_eq!((&stopped["graded"], &stopped["kept"]), (&json!([]), &json!([])));
    room.desk.assert_nothing_left();
}

#[test]
#[ignore = "needs a container engine"]
fn a_submission_that_wrecks_its_container_is_a_wrong_answer_and_hides_nobodys() {
    let desk = Desk::new();
    let folder = desk.state().parent().unwrap().join("in");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("wreck.sh"), "#!/bin/bash\nrm -f /assets/init-container; kill 1; kill -9 -1\n").unwrap();
    std::fs::copy(desk.lab_file("solution.sh"), folder.join("good.sh")).unwrap();
    let image = desk.image();
    let (wreck, good) = (folder.join("wreck.sh"), folder.join("good.sh"));
    let [wreck, good] = [&wreck, &good].map(|path| path.to_str().unwrap());
    let ran =
        desk.run(&["--json", "autograde", "mini", "--image", &image, "--submission", wreck, "--submission", good]);
    let answer = ran.exits(1).json();
    let said =
        |place: usize| (answer["submissions"][place]["verdict"].clone(), answer["submissions"][place]["tries"].clone());
    assert_eq!((said(0), said(1)), ((json!("not passed"), json!(1)), (json!("passed"), json!(1))), "{answer:#}");
    desk.assert_nothing_left();
}

/// Its web server is up for three seconds, and down for three.
const FLAPPING: &str = "gitlab-ctl stop nginx >/dev/null
cat >/tmp/runsv <<'END'
#!/bin/bash
while :; do
  busybox httpd -f -p 80 -h /var/opt/gitlab/www </dev/null >/dev/null 2>&1 &
  sleep 3
  kill $!
  sleep 3
done
END
chmod +x /tmp/runsv
setsid /tmp/runsv </dev/null >/dev/null 2>&1 &";

#[test]
#[ignore = "needs a container engine"]
fn a_service_that_comes_and_goes_never_passes() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.repair(&id);
    desk.in_container(&id, FLAPPING);
    for _ in 0..2 {
        let graded = desk.run(&["--json", "grade", &id]).exits(1);
        assert_eq!(verdicts(&graded)[0].0, "fail", "{graded}");
    }
    desk.run(&["stop", &id]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn whoever_answers_too_slowly_is_wrong_and_no_trouble_of_ours() {
    let desk = Desk::new();
    desk.edit("checks/nothing-lost.sh", "$BASE/project", "$BASE:8181/project");
    desk.edit("lab.yaml", "needs: [sign-in], probe", "timeout: 3, needs: [sign-in], probe");
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.repair(&id);
    // It accepts and never answers.
    let listen = "setsid busybox httpd -f -p 8181 </dev/null >/dev/null 2>&1 &
        until curl --silent --output /dev/null localhost:8181; do :; done
        kill -STOP $!";
    desk.in_container(&id, listen);
    let graded = desk.run(&["--json", "grade", &id]).exits(1);
    assert_eq!(verdicts(&graded)[3], ("fail".into(), "GitLab does not answer within 3 s".into()), "{graded}");
    desk.run(&["stop", &id]).exits(0);
}
