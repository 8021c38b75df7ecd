//! Whole classes on a real engine: started, killed, graded, brought back, stopped.

mod support;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use breakfix::attempt::State;
use breakfix::engine::{Engine, Role};
use breakfix::store::Store;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::desk::{Desk, OBJECTS, Ran, await_end, finish, ran, text};

const LABS: &str = "labs: [mini]";

fn put(desk: &Desk, path: &str, content: &str) -> PathBuf {
    let path = desk.state().parent().unwrap().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

/// A class of four. Its file is the same each time but for `more`.
fn class(desk: &Desk, work: &str, more: &str) {
    put(
        desk,
        "roster.csv",
        "Name;E-Mail;ID\r\nAda Lovelace;ada@example.org;1\r\nJürgen Müller;;2\r\nKim Lee;;3\r\nKim Lee;;4\r\n",
    );
    let file = format!(
        "format: 1\nid: spring\ntitle: Spring training\n{work}\nroster: roster.csv\n{more}limits: {{ memory_mib: 512, cpus: 1.5, processes: 1000 }}\n"
    );
    put(desk, "class.yaml", &file);
}

fn start_args(image: &str) -> [&str; 6] {
    ["--json", "class", "start", "class.yaml", "--image", image]
}

fn start(desk: &Desk) -> Ran {
    desk.run(&start_args(&desk.image()))
}

fn names(list: &Value, key: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| text(&row[key]).to_owned()).collect()
}

/// Names of the containers, from the engine.
fn containers(desk: &Desk) -> Vec<String> {
    let objects = desk.objects().into_iter();
    let containers = objects.filter(|object| object.owner.as_ref().is_some_and(|owner| owner.role == Role::Gitlab));
    containers.map(|object| object.reference.name).collect()
}

/// State of everybody's newest attempt, in roster order.
fn status(desk: &Desk) -> Vec<Value> {
    let answer = desk.run(&["--json", "class", "status"]).exits(0).json();
    answer["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["attempts"].as_array().unwrap().last().cloned().unwrap_or_default())
        .collect()
}

fn states(desk: &Desk) -> Vec<String> {
    status(desk)
        .iter()
        .map(|attempt| format!("{} {}", attempt["state"], attempt["container"]).replace('"', ""))
        .collect()
}

fn stop(desk: &Desk) {
    desk.run(&["class", "stop", "--no-grade"]).exits(0);
    desk.assert_nothing_left();
}

#[test]
#[ignore = "needs a container engine"]
fn one_that_cannot_be_started_stops_nobody_else_and_a_second_start_makes_only_what_is_missing() {
    let desk = Desk::new();
    class(&desk, LABS, "minutes: 60\n");
    desk.edit(
        "seed/project.sh",
        "#!/bin/bash\n",
        "#!/bin/bash\n[ {{trainee}} != jurgen-muller ] || { echo no luck >&2; exit 3; }\n",
    );
    let answer = start(&desk).exits(3).json();
    assert_eq!(names(&answer["started"], "slug"), ["ada-lovelace", "kim-lee", "kim-lee-xipp"]);
    assert_eq!(names(&answer["failed"], "slug"), ["jurgen-muller"]);
    assert!(text(&answer["failed"][0]["why"]).contains("no luck"), "{answer:#}");
    assert_eq!(containers(&desk).len(), 3);
    let before = containers(&desk);

    desk.edit("seed/project.sh", "exit 3", "true");
    let answer = start(&desk).exits(0).json();
    assert_eq!(names(&answer["started"], "slug"), ["jurgen-muller"]);
    assert!(before.iter().all(|name| containers(&desk).contains(name)));
    let answer = start(&desk).exits(0).json();
    assert_eq!((answer["started"].as_array().unwrap().len(), containers(&desk).len()), (0, 4));

    let limits = desk.runtime.block_on(support::limits(&before[0]));
    assert_eq!(limits, (512 << 20, 1_500_000_000, 1000));
    let folder = PathBuf::from(text(&answer["handouts"]));
    let page = std::fs::read_to_string(folder.join("jurgen-muller.html")).unwrap();
    let url = status(&desk)[1]["url"].clone();
    assert!(page.contains("Jürgen Müller") && page.contains(text(&url)), "{page}");
    for file in std::fs::read_dir(&folder).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    stop(&desk);
}

/// Waits until somebody has an environment and somebody has not.
fn midway(desk: &Desk) {
    let half = || {
        let store = Store::open(&desk.state()).unwrap();
        let entries = store.attempts().unwrap();
        entries.iter().any(|entry| entry.state == State::Running)
            && entries.iter().any(|entry| entry.state == State::Starting)
    };
    support::eventually(Duration::from_mins(1), "half a class", half);
}

fn started_and_sent(desk: &Desk, signal: Signal) -> Ran {
    let image = desk.image();
    let args = [&start_args(&image)[..], &["--jobs", "1"]].concat();
    let mut command: Command = desk.command(&args);
    let child = command.spawn().unwrap();
    midway(desk);
    kill_process(Pid::from_child(&child), signal).unwrap();
    ran(vec!["class start".into()], await_end(child))
}

#[test]
#[ignore = "needs a container engine"]
fn a_start_that_is_killed_is_finished_by_the_next() {
    let desk = Desk::new();
    class(&desk, LABS, "");
    started_and_sent(&desk, Signal::KILL);
    let finished: Vec<String> =
        status(&desk).iter().filter(|row| row["state"] == "running").map(|row| row["attempt"].to_string()).collect();
    start(&desk).exits(0).mentions("1 that were interrupted are removed, and recreated");
    assert_eq!(states(&desk), ["running up"; 4]);
    assert_eq!(containers(&desk).len(), 4);
    let now: Vec<String> = status(&desk).iter().map(|row| row["attempt"].to_string()).collect();
    assert_eq!(desk.objects().len(), 4 * OBJECTS, "nothing half-made stayed");
    assert!(finished.iter().all(|id| now.contains(id)), "what was finished stayed: {finished:?}, {now:?}");
    stop(&desk);
}

#[test]
#[ignore = "needs a container engine"]
fn an_interrupted_start_keeps_what_is_finished_and_removes_the_rest() {
    let desk = Desk::new();
    class(&desk, LABS, "");
    let answer = started_and_sent(&desk, Signal::INT).exits(130).json();
    let finished = answer["started"].as_array().unwrap().len();
    assert!((1..4).contains(&finished), "{answer:#}");
    assert_eq!(containers(&desk).len(), finished);
    assert_eq!(answer["failed"].as_array().unwrap().len(), 4 - finished);
    stop(&desk);
}

#[test]
#[ignore = "needs a container engine"]
fn a_class_is_graded_reset_extended_brought_back_and_stopped() {
    let desk = Desk::new();
    class(&desk, LABS, "minutes: 60\n");
    start(&desk).exits(0);
    let attempts = status(&desk);
    desk.repair(text(&attempts[0]["attempt"]));
    let answer = desk.run(&["--json", "class", "grade"]).exits(1).json();
    let scores: Vec<&Value> = answer["graded"].as_array().unwrap().iter().map(|row| &row["score"]).collect();
    assert_eq!(scores, [100, 0, 0, 0]);
    let heads = "NAME LAB SCORE LATE WHAT DOES NOT HOLD";
    let graded =
        |who: &str, row: &str| desk.run(&["class", "grade", who]).exits(0).says_words(&format!("{heads} {row}"));
    graded("ada@example.org", "Ada Lovelace mini 100 - solved");
    desk.run(&["class", "grade", "Kim Lee"]).exits(2).mentions("several people are called Kim Lee");

    let seeds: Vec<String> = attempts
        .iter()
        .map(|row| text(&desk.run(&["--json", "status", text(&row["attempt"])]).json()[0]["seed"]).to_owned())
        .collect();
    assert_eq!(seeds.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "each has a seed of their own");

    desk.run(&["--json", "class", "reset", "ada-lovelace"]).exits(0);
    let answer = desk.run(&["--json", "class", "grade", "1"]).exits(1).json();
    assert_eq!((&answer["graded"][0]["score"], &answer["graded"][0]["attempt"]), (&0.into(), &attempts[0]["attempt"]));

    let due = |rows: &[Value], place: usize| text(&rows[place]["due"]).parse::<jiff::Timestamp>().unwrap();
    desk.run(&["class", "extend", "kim-lee", "--minutes", "30"]).exits(0);
    let later = status(&desk);
    assert_eq!(due(&later, 2).duration_since(due(&attempts, 2)).as_mins(), 30);
    assert_eq!(due(&later, 1), due(&attempts, 1));

    // What the trainee has done must still be there.
    desk.repair(text(&attempts[1]["attempt"]));
    let containers: Vec<String> =
        ["gitlab", "probe"].iter().map(|role| format!("breakfix-{}-{role}", text(&attempts[1]["attempt"]))).collect();
    for container in &containers {
        desk.runtime.block_on(support::kill(container));
    }
    assert_eq!(states(&desk)[1], "running down");
    let answer = desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert_eq!(names(&answer["resumed"], "outcome"), ["running", "back", "running", "running"]);
    graded("jurgen-muller", "Jürgen Müller mini 100 - solved");

    let answer = desk.run(&["--json", "class", "stop"]).exits(0).json();
    let scores: Vec<&Value> = answer["graded"].as_array().unwrap().iter().map(|row| &row["score"]).collect();
    assert_eq!(
        (scores, answer["stopped"].as_array().unwrap().len()),
        (vec![&0.into(), &100.into(), &0.into(), &0.into()], 4)
    );
    desk.assert_nothing_left();
    start(&desk).exits(2).mentions("class spring was stopped, and its results are kept");
    let answer = desk.run(&["--json", "class", "status", "spring"]).exits(0).json();
    assert_eq!(answer["members"][1]["attempts"][0]["score"], 100);
}

#[test]
#[ignore = "needs a container engine"]
fn two_starts_at_one_time_make_everything_once() {
    let desk = Desk::new();
    class(&desk, LABS, "");
    let image = desk.image();
    let children = [(); 2].map(|()| desk.command(&start_args(&image)).spawn().unwrap());
    for child in children {
        ran(vec!["class start".into()], await_end(child)).exits(0);
    }
    assert_eq!(states(&desk), ["running up"; 4]);
    assert_eq!(containers(&desk).len(), 4);
    stop(&desk);
}

#[test]
#[ignore = "needs a container engine"]
fn who_solves_a_lab_of_a_path_gets_the_next_in_its_place() {
    let desk = Desk::new();
    let second = desk.lab_file("").with_file_name("second");
    assert!(Command::new("cp").arg("-r").arg(desk.lab_file("")).arg(&second).status().unwrap().success());
    let lab = std::fs::read_to_string(second.join("lab.yaml")).unwrap().replace("id: mini", "id: second");
    std::fs::write(second.join("lab.yaml"), lab).unwrap();
    class(&desk, "path: [mini, second]", "");
    start(&desk).exits(0);
    desk.repair(text(&status(&desk)[3]["attempt"]));
    let answer = desk.run(&["--json", "class", "grade"]).exits(1).json();
    let next: Vec<&Value> = answer["graded"].as_array().unwrap().iter().map(|row| &row["next"]["lab"]).collect();
    assert_eq!(next, [&Value::Null, &Value::Null, &Value::Null, &"second".into()]);
    assert_eq!(containers(&desk).len(), 4, "the solved one made room");
    assert_eq!(status(&desk)[3]["lab"], "second");
    assert_eq!(start(&desk).exits(0).json()["started"].as_array().unwrap().len(), 0);
    stop(&desk);
}

#[test]
#[ignore = "needs a container engine"]
fn a_late_joiner_gets_what_everybody_has() {
    let desk = Desk::new();
    class(&desk, LABS, "");
    start(&desk).exits(0);
    let answer = desk.run(&["--json", "class", "add", "Łukasz Żółw", "--id", "9"]).exits(0).json();
    assert_eq!(names(&answer["started"], "slug"), ["lukasz-zolw"]);
    desk.run(&["class", "add", "Somebody Else", "--id", "9"])
        .exits(2)
        .mentions("the id `9` is taken")
        .mentions("Łukasz Żółw has it already");
    desk.run(&["class", "add", "=cmd"]).exits(2).mentions("looks like a spreadsheet's formula");
    assert_eq!(states(&desk), ["running up"; 5]);
    assert_eq!(start(&desk).exits(0).json()["started"].as_array().unwrap().len(), 0);
    stop(&desk);
}

#[test]
#[ignore = "needs a container engine"]
fn what_does_not_fit_is_refused_with_the_number_that_does() {
    let desk = Desk::new();
    class(&desk, LABS, "");
    let image = desk.image();
    for more in [&[][..], &["--dry-run"]] {
        let mut command = desk.command(&[&start_args(&image)[..], more].concat());
        command.env("BREAKFIX_SUBNETS", "10.213.255.224/27");
        let ran = finish(command).exits(3);
        if more.is_empty() {
            ran.mentions("4 new environments do not fit this machine: there is room for 2")
                .mentions("Set BREAKFIX_SUBNETS");
        } else {
            assert_eq!(ran.json()["capacity"]["fits"], 2);
        }
    }
    let dry = [&start_args(&image)[..], &["--dry-run"]].concat();
    assert_eq!(names(&desk.run(&dry).exits(0).json()["trainees"], "slug").len(), 4);
    desk.assert_nothing_left();
    assert!(!desk.state().parent().unwrap().join("spring").exists(), "a dry run writes no handouts");
    desk.run(&["class", "status"]).exits(2).mentions("no class is under way");
}

#[test]
#[ignore = "needs a container engine"]
fn two_trainers_on_one_engine_do_not_meet() {
    let (one, other) = (Desk::new(), Desk::new());
    let image = one.image();
    let children: Vec<_> = [&one, &other]
        .map(|desk| {
            class(desk, LABS, "");
            let mut command = desk.command(&start_args(&image));
            // Just enough for both.
            command.env("BREAKFIX_SUBNETS", "10.213.254.0/25");
            command.spawn().unwrap()
        })
        .into_iter()
        .collect();
    for child in children {
        ran(vec!["class start".into()], await_end(child)).exits(0);
    }
    for desk in [&one, &other] {
        assert_eq!(states(desk), ["running up"; 4]);
        assert_eq!(containers(desk).len(), 4);
    }
    stop(&one);
    assert_eq!(states(&other), ["running up"; 4]);
    stop(&other);
}

#[test]
#[ignore = "needs a container engine"]
fn data_in_memory_cannot_be_brought_back_and_a_reset_is_offered() {
    let desk = Desk::new();
    desk.edit("lab.yaml", "minutes: 5\n", "minutes: 5\nlimits: { data_mib: 100 }\n");
    class(&desk, LABS, "");
    start(&desk).exits(0);
    let attempt = text(&status(&desk)[0]["attempt"]).to_owned();
    let container = |role: &str| format!("breakfix-{attempt}-{role}");
    desk.runtime.block_on(support::kill(&container("gitlab")));
    let answer = desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert_eq!(answer["resumed"][0]["outcome"], "back", "the probe held it");
    for role in ["gitlab", "probe"] {
        desk.runtime.block_on(support::kill(&container(role)));
    }
    let ran = desk.run(&["class", "resume"]).exits(3);
    ran.mentions("its data was in memory and is lost").mentions("breakfix class reset ada-lovelace");
    desk.run(&["class", "reset", "ada-lovelace"]).exits(0);
    let facts = desk.runtime.block_on(desk.engine.inspect(&container("gitlab"))).unwrap();
    assert!(facts.running);
    stop(&desk);
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
#[ignore = "needs a container engine"]
fn a_class_opens_its_gate_and_keeps_environments_for_late_joiners() {
    let desk = Desk::new();
    let port = free_port();
    class(&desk, LABS, &format!("ssh: {port}\npool: 1\n"));
    let answer = start(&desk).exits(0).json();
    let gate = desk.run(&["--json", "gate", "--status"]).exits(0).json();
    assert_eq!(text(&gate["gate"]["address"]), format!("127.0.0.1:{port}"));
    let page = std::fs::read_to_string(PathBuf::from(text(&answer["handouts"])).join("ada-lovelace.md")).unwrap();
    assert!(page.contains(&format!("ssh -p {port} ada-lovelace@127.0.0.1")), "{page}");
    let asleep = || names(&desk.run(&["--json", "pool", "list"]).exits(0).json(), "id");
    let [waiting] = &asleep()[..] else { panic!("{:?}", asleep()) };

    desk.run(&["class", "add", "Grace Hopper"]).exits(0);
    assert_eq!(states(&desk)[4], "running up");
    assert!(containers(&desk).contains(&format!("breakfix-{waiting}-gitlab")));
    assert!(asleep().len() == 1 && asleep() != [waiting.clone()]);

    stop(&desk);
    assert_eq!(asleep(), Vec::<String>::new());
    desk.run(&["gate", "--status"]).exits(1);
}
