//! A class that goes wrong: what a start of the container heals, resets, environments that cannot be created, trainees who use
//! up what there is, trainers who do not know of each other.

mod support;

use std::path::Path;
use std::time::Duration;

use breakfix::engine::Engine;
use serde_json::{Value, json};
use support::desk::{await_end, finish, ran, text};
use support::room::{Room, texts};

/// Three trainees whose fault is healed by starting the container.
fn healing(more: &str) -> Room {
    let room = Room::new(&["ada", "bob", "eve"], more);
    let fault = "printf \"greeting 'Closed %s'\\nsidekiq 'off'\\n\" {{word}} >>/etc/gitlab/gitlab.rb\ngitlab-ctl reconfigure >/dev/null";
    room.desk.edit(
        "fault.sh",
        fault,
        "echo Closed {{word}} >/var/opt/gitlab/www/users/sign_in\necho 1 >/var/opt/gitlab/.s.PGSQL.5432.lock",
    );
    room.desk.edit(
        "lab.yaml",
        "[sign-in, configured, jobs, nothing-lost, after-restart]",
        "[sign-in, nothing-lost, after-restart]",
    );
    room
}

#[test]
#[ignore = "needs a container engine"]
fn what_a_start_heals_is_broken_again_unless_its_trainee_was_at_it() {
    let room = healing("");
    room.start().exits(0);
    let ids = [0, 1, 2].map(|place| room.id(place));
    // Neither is work on the fault: a file of one's own, and what services write when they start.
    room.desk.in_container(&ids[0], "echo mine >/root/notes; echo 2 >/var/opt/gitlab/.s.PGSQL.5432.lock");
    room.desk.in_container(&ids[1], "echo Almost >/var/opt/gitlab/www/users/sign_in");
    room.desk.in_container(&ids[2], "gitlab-ctl reconfigure");
    assert_eq!(room.scores(&[]), [20, 20, 100]);

    room.kill_all();
    let answer = room.desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert_eq!(texts(&answer["resumed"], "outcome"), ["back"; 3]);
    let notes: Vec<&Value> = answer["resumed"].as_array().unwrap().iter().map(|row| &row["note"]).collect();
    let touched =
        "left as it is: its trainee has changed /var/opt/gitlab/www/users/sign_in, and starting may have helped";
    assert_eq!(
        notes,
        [&json!("starting it had repaired its fault, which was applied again"), &json!(touched), &Value::Null]
    );
    assert_eq!(room.scores(&[]), [20, 100, 100]);
    assert_eq!(room.desk.in_container(&ids[0], "cat /root/notes"), "mine\n");

    // What was put in again leaves traces as well.
    room.kill_all();
    let answer = room.desk.run(&["--json", "class", "resume"]).exits(0).json();
    assert!(text(&answer["resumed"][0]["note"]).ends_with("applied again"), "{answer:#}");
    room.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn what_a_start_does_not_heal_is_left_alone() {
    let room = Room::new(&["ada", "bob"], "");
    room.start().exits(0);
    // Half repaired: services run again, and the page still says what it should not.
    room.desk.in_container(&room.id(1), "sed -i \"/^sidekiq 'off'/d\" /etc/gitlab/gitlab.rb");
    room.kill_all();
    let answer = room.desk.run(&["--json", "class", "resume"]).exits(0).json();
    let notes: Vec<&Value> = answer["resumed"].as_array().unwrap().iter().map(|row| &row["note"]).collect();
    let touched = "left as it is: its trainee has changed /etc/gitlab/gitlab.rb, and starting may have helped";
    assert_eq!(notes, [&Value::Null, &json!(touched)]);
    assert_eq!(room.scores(&[]), [0, 10]);
    room.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn a_fault_that_needs_a_while_after_a_start_is_awaited() {
    let room = Room::new(&["ada"], "");
    let reconfigure = "gitlab-ctl reconfigure >/dev/null";
    let late = format!(
        "echo \"contract 'late-greeting'\" >>/etc/gitlab/gitlab.rb\n{reconfigure}\n\
         until grep -q Closed /run/greeting; do sleep 0.1; done"
    );
    room.desk.edit("fault.sh", reconfigure, &late);
    room.start().exits(0);
    room.kill_all();
    let answer = room.desk.run(&["--json", "class", "resume"]).exits(0).json();
    let row = &answer["resumed"][0];
    assert_eq!((&row["outcome"], &row["note"]), (&json!("back"), &Value::Null));
    assert_eq!(room.scores(&[]), [0]);
    room.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn a_reset_takes_from_the_pool_and_what_was_solved_before_still_counts() {
    let room = Room::new(&["ada", "bob"], "pool: 1\n");
    let desk = &room.desk;
    room.start().exits(0);
    let [ada, bob] = [0, 1].map(|place| room.attempts()[place].clone());
    let id = text(&ada["attempt"]);
    desk.repair(id);
    assert_eq!(room.scores(&["ada"]), [100]);
    let asleep = || texts(&desk.run(&["--json", "pool", "list"]).exits(0).json(), "id");
    let waiting = asleep();

    let answer = desk.run(&["--json", "class", "reset", "ada"]).exits(0).json();
    assert_eq!(answer["started"][0]["attempt"], ada["attempt"], "results and timeline stay together");
    assert_ne!(answer["started"][0]["url"], ada["url"]);
    let containers: Vec<String> = desk.objects().into_iter().map(|object| object.reference.name).collect();
    assert!(containers.contains(&format!("breakfix-{}-gitlab", waiting[0])), "{containers:?}");
    assert!(asleep().len() == 1 && asleep() != waiting, "the pool is filled up again");

    let now = room.attempts()[0].clone();
    assert_eq!((&now["solved"], &now["score"]), (&json!(true), &json!(100)), "the best counts");
    let board = desk.run(&["--json", "class", "watch", "--once"]).exits(0).json();
    assert_eq!((&board["rows"][0]["solved"], &board["rows"][0]["score"]), (&json!(true), &json!(100)));
    let report = desk.run(&["--json", "class", "report"]).exits(0).json();
    assert_eq!(report["trainees"][0]["counted"][0]["score"], 100, "the best counts");
    assert_eq!(room.scores(&["ada"]), [0]);

    let answer = desk.run(&["--json", "class", "reset", "bob", "--keep-address"]).exits(0).json();
    assert_eq!(answer["started"][0]["url"], bob["url"]);
    room.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn an_environment_that_could_not_be_made_is_told_as_that() {
    let room = Room::new(&["ada", "bob"], "");
    let (desk, script) = (&room.desk, "#!/bin/bash\n[ {{trainee}} != bob ] || { echo no luck >&2; exit 3; }\n");
    desk.edit("seed/project.sh", "#!/bin/bash\n", script);
    room.start().exits(3);
    let standing = || {
        let report = desk.run(&["--json", "class", "report"]).exits(0).json();
        [0, 1].map(|place| text(&report["trainees"][place]["counted"][0]["standing"]).to_owned())
    };
    assert_eq!(standing(), ["not-graded", "environment-failed"]);
    assert!(text(&room.attempts()[1]["problem"]).contains("no luck"));
    let board = desk.run(&["--json", "class", "watch", "--once"]).exits(0).json();
    assert!(text(&board["rows"][1]["problem"]).ends_with(": reset it"), "{board:#}");

    desk.edit("seed/project.sh", "exit 3", "true");
    desk.run(&["class", "reset", "bob"]).exits(0);
    assert_eq!(standing(), ["not-graded", "not-graded"]);
    assert_eq!(room.attempts()[1]["problem"], Value::Null);
    let answer = desk.run(&["--json", "class", "status"]).exits(0).json();
    assert_eq!(answer["members"][1]["attempts"].as_array().unwrap().len(), 1, "what failed is not shown any more");
    room.stop();
}

/// Uses up memory, then disk as far as a file goes, then multiplies without end.
fn hog(room: &Room, id: &str) {
    let eaten = "bash -c 'x=$(head -c 900M /dev/zero | tr \"\\0\" x); echo ate ${#x}' 2>/dev/null; echo goes on";
    assert_eq!(room.desk.in_container(id, eaten), "goes on\n");
    let fill = "for file in /root/big /var/opt/gitlab/big; do
        (ulimit -f unlimited; dd if=/dev/zero of=$file bs=1M count=200) 2>/dev/null; stat -c %s $file; done";
    let size = 64 << 20;
    assert_eq!(room.desk.in_container(id, fill), format!("{size}\n{size}\n"));
    room.desk.in_container(id, "setsid bash -c 'f() { f | f & }; f' </dev/null >/dev/null 2>&1 &");
    let container = format!("breakfix-{id}-gitlab");
    let processes = || room.desk.runtime.block_on(room.desk.engine.processes(&container));
    let is_full = || processes().is_ok_and(|all| all.len() > 200);
    support::eventually(Duration::from_mins(1), "a container full of processes", is_full);
}

#[test]
#[ignore = "needs a container engine"]
fn who_uses_up_all_there_is_harms_nobody_else() {
    let limits = "limits: { memory_mib: 512, cpus: 0.5, processes: 256, file_mib: 64 }\n";
    let room = Room::new(&["ada", "bob", "eve"], limits);
    room.start().exits(0);
    let [ada, bob] = [0, 1].map(|place| room.id(place));
    let memory = room.desk.runtime.block_on(support::memory_with_swap(&format!("breakfix-{ada}-gitlab")));
    assert_eq!(memory, 512 << 20, "no more with swap than without");
    hog(&room, &ada);
    room.desk.repair(&bob);
    assert_eq!(room.scores(&["bob", "eve"]), [100, 0]);

    room.desk.run(&["class", "reset", "ada"]).exits(0);
    assert_eq!(room.scores(&[]), [0, 100, 0]);
    room.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn a_trainer_who_ends_and_cleans_up_touches_nothing_of_another() {
    let names = ["ada", "bob"];
    let (one, other) = (Room::new(&names, "pool: 1\n"), Room::new(&names, "pool: 1\n"));
    let starts = [&one, &other].map(|room| room.desk.command(&room.start_args()).spawn().unwrap());
    // Whoever cleans up meanwhile finds nothing that is nobody's.
    for room in [&one, &other] {
        assert_eq!(room.desk.run(&["--json", "gc"]).exits(0).json(), json!([]));
    }
    for start in starts {
        ran(vec!["class start".into()], await_end(start)).exits(0);
    }
    let ids = [other.id(0), other.id(1)];
    other.desk.in_container(&ids[0], "echo mine >/root/notes");
    other.desk.repair(&ids[1]);
    let objects = || {
        let mut ids: Vec<String> = other.desk.objects().into_iter().map(|object| object.reference.id).collect();
        ids.sort();
        ids
    };
    let before = objects();

    let ending = [&["class", "stop", "--no-grade"][..], &["gc"]].map(|args| one.desk.command(args).spawn().unwrap());
    assert_eq!(other.scores(&[]), [0, 100]);
    for child in ending {
        ran(vec!["class stop, gc".into()], await_end(child)).exits(0);
    }
    one.desk.run(&["gc"]).exits(0);
    one.desk.assert_nothing_left();
    assert_eq!(objects(), before);
    assert_eq!(other.desk.in_container(&ids[0], "cat /root/notes"), "mine\n");
    assert_eq!(other.scores(&[]), [0, 100]);
    other.stop();
}

/// A class file for sixty, and their roster with these lines in it.
fn sixty(folder: &Path, odd: &[(usize, &str)]) {
    let line = |number: usize| {
        let odd = odd.iter().find(|(place, _)| *place == number).map(|(_, line)| (*line).to_owned());
        odd.unwrap_or_else(|| format!("Trainee {number},t{number}@example.org,{number}"))
    };
    let lines: Vec<String> = std::iter::once("name,email,id".into()).chain((2..62).map(line)).collect();
    std::fs::write(folder.join("roster.csv"), lines.join("\n")).unwrap();
    let file = "format: 1\nid: spring\ntitle: Spring training\nlabs: [mini]\nroster: roster.csv\n";
    std::fs::write(folder.join("class.yaml"), file).unwrap();
}

#[test]
#[ignore = "needs a container engine"]
fn a_roster_of_sixty_is_refused_with_every_broken_row_and_shown_once_it_is_mended() {
    let room = Room::new(&[], "");
    let folder = room.desk.state().parent().unwrap().to_path_buf();
    sixty(&folder, &[(18, ",t18@example.org,18"), (40, "Trainee 40,t40@example.org,7"), (61, "=cmd(),nobody,61")]);
    let refused = room.start().exits(2);
    for place in ["roster.csv:18:1", "roster.csv:40:", "roster.csv:61:1", "has 4 problems"] {
        assert!(refused.stderr.contains(place), "no {place} in {refused}");
    }
    room.desk.run(&["class", "status"]).exits(2).mentions("no class is under way");

    sixty(&folder, &[]);
    // Whether so many fit is this machine's affair; that they are worked out is ours.
    let dry = finish(room.desk.command(&[&room.start_args()[..], &["--dry-run"]].concat())).json();
    assert_eq!((&dry["capacity"]["wanted"], dry["trainees"].as_array().unwrap().len()), (&json!(60), 60));
    assert_eq!(dry["trainees"][59]["labs"], json!(["mini"]));
    room.desk.assert_nothing_left();
    assert!(!folder.join("spring").exists(), "a dry run writes no handouts");
}
