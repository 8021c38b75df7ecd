//! The life of an attempt on a real engine, as people type it.

mod support;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::json;
use support::desk::{Desk, OBJECTS, Ran, await_end, ran, redacted, text};

#[test]
#[ignore = "needs a container engine"]
fn a_lab_lives_from_its_ticket_to_its_end() {
    let desk = Desk::new();
    let image = desk.image();
    let started = desk.run(&["start", "mini", "--image", &image, "--seed", "s"]).exits(0);
    started.mentions("Hello,\n\nthe sign-in page says ").mentions("user root, password ");
    let id = text(&desk.run(&["--json", "status"]).exits(0).json()[0]["attempt"]).to_string();
    desk.run(&["ticket"]).exits(0).mentions("Hello,");
    desk.run(&["hint"]).exits(0).mentions("Hint 1 of 2: What does the page greet with? Not ");

    let before = "\
FAIL            40  People can sign in
                    GET /users/sign_in answers 200 without “Username”
FAIL            10  Nothing says closed any more
                    /etc/gitlab/gitlab.rb still says what it should not
FAIL            10  Jobs are worked on
                    sidekiq does not run
blocked         20  The project is there
                    needs sign-in, which does not pass
blocked         20  It lasts
                    is checked after a restart, once all the others pass

0 of 100 points (0 less 5 for hints), not solved yet
";
    desk.run(&["grade"]).exits(1).says(before);
    desk.repair(&id);
    let after = "\
pass            40  People can sign in
pass            10  Nothing says closed any more
pass            10  Jobs are worked on
pass            20  The project is there
pass            20  It lasts

95 of 100 points (100 less 5 for hints), solved
";
    desk.run(&["grade"]).exits(0).says(after).mentions("Somebody had written the word in gitlab.rb.");
    desk.run(&["reset"]).exits(0).mentions("Hello,");
    desk.run(&["grade"]).exits(1).says(before);
    desk.run(&["stop"]).exits(0).says(&format!("Removed {id}.\n"));
    desk.assert_nothing_left();
    desk.run(&["stop", &id]).exits(0).says(&format!("Removed {id}.\n"));
    desk.run(&["status"])
        .exits(0)
        .says("No attempt is running. `breakfix start LAB` starts one; `breakfix labs` lists the labs.\n");
    let history = desk.run(&["--json", "status", &id]).exits(0).json();
    let moments: Vec<&str> = history[0]["timeline"].as_array().unwrap().iter().map(|at| text(&at["what"])).collect();
    let expected = [
        "starting",
        "running",
        "hint 1 taken",
        "graded: 0 points",
        "graded: 95 points",
        "resetting",
        "running",
        "graded: 0 points",
        "stopping",
        "stopped",
        "stopping",
        "stopped",
    ];
    assert_eq!(moments, expected);
}

#[test]
#[ignore = "needs a container engine"]
fn answers_in_json_have_their_shapes() {
    let desk = Desk::new();
    let hidden =
        ["attempt", "login", "url", "password", "expires", "created", "image", "at", "milliseconds", "lab_digest"];
    let started = desk.start(&[]);
    let word = text(&started["ticket"]).split(' ').nth(4).unwrap().to_string();
    let expected = json!({
        "attempt": "…", "lab": "mini", "trainee": "ada", "seed": "s", "url": "…", "user": "root", "password": "…",
        "expires": "…", "ticket": format!("Hello,\n\nthe sign-in page says {word} to everyone.\n\nAda"),
        "ssh": { "login": "…", "password": "…", "gate": null },
    });
    assert_eq!(redacted(&started, &hidden), expected);

    let hint = desk.run(&["--json", "hint"]).exits(0).json();
    let asked = format!("What does the page greet with? Not {word}, surely.");
    let expected = json!({ "attempt": "…", "taken": 1, "of": 2, "cost": 5, "hints": [{ "number": 1, "text": asked }] });
    assert_eq!(redacted(&hint, &hidden), expected);

    let grade = desk.run(&["--json", "grade"]).exits(1).json();
    let check = |id: &str, title: &str, points: u32, outcome: &str, message: &str| {
        json!({
            "id": id, "title": title, "points": points, "outcome": outcome, "message": message, "milliseconds": "…",
        })
    };
    let sidekiq = "sidekiq does not run";
    let still = "/etc/gitlab/gitlab.rb still says what it should not";
    let expected = json!({
        "attempt": "…", "lab": "mini", "lab_digest": "…", "trainee": "ada", "seed": "s", "image": "…", "at": "…",
        "by": "trainee", "milliseconds": "…", "hints_cost": 5,
        "checks": [
            check("sign-in", "People can sign in", 40, "fail", "GET /users/sign_in answers 200 without “Username”"),
            check("configured", "Nothing says closed any more", 10, "fail", still),
            check("jobs", "Jobs are worked on", 10, "fail", sidekiq),
            check("nothing-lost", "The project is there", 20, "blocked", "needs sign-in, which does not pass"),
            check("after-restart", "It lasts", 20, "blocked", "is checked after a restart, once all the others pass"),
        ],
        "integrity": [], "score": 0, "solved": false,
    });
    assert_eq!(redacted(&grade, &hidden), expected);

    let status = desk.run(&["--json", "status"]).exits(0).json();
    let expected = json!([{
        "attempt": "…", "lab": "mini", "trainee": "ada", "state": "running", "healthy": false,
        "container": "up", "url": "…", "user": "root", "password": "…", "seed": "s", "image": "…", "hints_taken": 1, "created": "…", "due": null, "expires": "…",
        "score": 0, "solved": false,
    }]);
    assert_eq!(redacted(&status, &hidden), expected);
    assert_eq!(desk.run(&["--json", "gc"]).exits(0).json(), json!([]));
    let id = &started["attempt"];
    assert_eq!(desk.run(&["--json", "stop"]).exits(0).json(), json!({ "stopped": [id] }));
    assert_eq!(desk.run(&["--json", "stop", "--all"]).exits(0).json(), json!({ "stopped": [] }));
}

#[test]
#[ignore = "needs a container engine"]
fn two_attempts_stand_side_by_side() {
    let desk = Desk::new();
    let ids = ["ada", "bob"].map(|who| text(&desk.start(&["--trainee", who])["attempt"]).to_string());
    assert_eq!(desk.objects().len(), 2 * OBJECTS);
    let hint = format!("Name the one you mean after the command: {}.", ids.join(", "));
    let expected = format!("error: several attempts are running\ntry: {hint}\n");
    desk.run(&["grade"]).exits(2).complains(&expected);
    desk.run(&["exec", "--attempt", &ids[0], "--", "rm", "/var/opt/gitlab/www/users/sign_in"]).exits(0);
    desk.run(&["grade", &ids[0]]).exits(1).mentions("GET /users/sign_in answers 404, not 200");
    desk.run(&["grade", &ids[1]]).exits(1).mentions("GET /users/sign_in answers 200 without");
    desk.run(&["stop", &ids[0]]).exits(0);
    assert_eq!(desk.objects().len(), OBJECTS);
    desk.run(&["stop", "--all"]).exits(0).says(&format!("Removed {}.\n", ids[1]));
}

#[test]
#[ignore = "needs a container engine"]
fn wrong_usage_is_told_before_anything_is_made() {
    let desk = Desk::new();
    let none = "try: `breakfix status` lists the attempts; `breakfix start LAB` starts one.\n";
    let cases: [(&[&str], &str); 6] = [
        (&["start", "mimi"], "error: there is no lab named `mimi`\ntry: Did you mean `mini`?\n"),
        (&["grade"], &format!("error: no attempt is running\n{none}")),
        (&["grade", "nobody"], &format!("error: there is no attempt nobody\n{none}")),
        (
            &["start", "mini", "--ttl", "soon"],
            "error: invalid value 'soon' for '--ttl <TIME>': write a time such as 90m or 8h\n\n\
             For more information, try '--help'.\n",
        ),
        (
            &["start", "mini", "--trainee", "../x"],
            "error: invalid value '../x' for '--trainee <TRAINEE>': a name begins with a letter and has up to 30 \
             lower-case letters, digits and dashes\n\nFor more information, try '--help'.\n",
        ),
        (&["stop"], &format!("error: no attempt is running\n{none}")),
    ];
    for (args, complaint) in cases {
        desk.run(args).exits(2).says("").complains(complaint);
    }
    desk.run(&["validate", "mini"]).exits(0).says("Valid: mini.\n");
    desk.edit("lab.yaml", "points: 40", "points: 41");
    desk.run(&["start", "mini"]).exits(2).mentions("error: lab mini has 1 problem");
}

#[test]
#[ignore = "needs a container engine"]
fn images_that_do_not_fit_are_refused() {
    let desk = Desk::new();
    let probe = support::contract::probe(&desk.engine, &desk.runtime);
    let expected = format!(
        "error: {probe} is not a GitLab image\n  because: it does not declare the volumes /etc/gitlab, \
         /var/log/gitlab, /var/opt/gitlab and a command\ntry: Use gitlab/gitlab-ce:<tag>, or leave --image out for \
         the training image.\n"
    );
    desk.run(&["start", "mini", "--image", &probe]).exits(2).complains(&expected);
    desk.edit("lab.yaml", "runs_on: [gitlab-ce]", "runs_on: [light]");
    desk.run(&["start", "mini", "--image", &desk.image()]).exits(2).mentions("error: lab mini ").mentions("try: ");
}

#[test]
#[ignore = "needs a container engine"]
fn a_port_that_is_taken_leaves_nothing() {
    let desk = Desk::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let expected = format!(
        "error: the environment could not be created\n  because: port {port} of this machine is already in use\n\
         try: Leave `--port` out to have a free port chosen, or choose another.\n"
    );
    let args = ["start", "mini", "--image", &desk.image(), "--port", &port.to_string()];
    desk.run(&args).exits(3).says("").complains(&expected);
    desk.assert_nothing_left();
    drop(listener);
    desk.run(&args).exits(0).mentions(&format!("http://127.0.0.1:{port} "));
    desk.run(&["stop"]).exits(0);
}

/// A start on an image that misbehaves.
fn start(desk: &Desk, behaviour: &str, more: &[&str]) -> Ran {
    let image = desk.misbehaving(behaviour);
    desk.run(&[&["start", "mini", "--image", &image], more].concat())
}

/// The attempt's name in a hint.
fn named(ran: &Ran) -> String {
    let from = ran.stderr.rfind("mini-ada-").unwrap_or_else(|| panic!("no name in {ran}"));
    ran.stderr[from..from + "mini-ada-abcd".len()].into()
}

#[test]
#[ignore = "needs a container engine"]
fn a_gitlab_that_does_not_come_up_says_why() {
    let desk = Desk::new();
    let failed = start(&desk, "reconfigure-fails", &[]).exits(3).says("");
    let id = named(&failed);
    let expected = format!(
        "error: GitLab did not come up while configuring GitLab: its container ended with exit code 1\n  \
         because: There was an error running gitlab-ctl reconfigure:\n  \
         because: /etc/gitlab/gitlab.rb:3: syntax error, unexpected end-of-input (SyntaxError)\n  \
         because: Running handlers complete\n\
         try: Start it again with --keep, and look at `breakfix logs {id}`.\n"
    );
    failed.complains(&expected);
    desk.assert_nothing_left();

    let failed = start(&desk, "dies", &[]).exits(3);
    let id = named(&failed);
    let expected = format!(
        "error: GitLab did not come up: its container ended with exit code 7\n  \
         because: Thank you for using GitLab Docker Image!\n  \
         because: Current version: gitlab-ce=0.0.0-contract\n  \
         because: A disk that this machine does not have is missing\n\
         try: Start it again with --keep, and look at `breakfix logs {id}`.\n"
    );
    failed.complains(&expected);
}

#[test]
#[ignore = "needs a container engine"]
fn a_gitlab_that_does_not_come_up_can_be_kept() {
    let desk = Desk::new();
    let failed = start(&desk, "reconfigure-fails", &["--keep"]).exits(3);
    let id = named(&failed);
    failed.mentions(&format!("It was kept: look with `breakfix shell {id}`"));
    let status = desk.run(&["--json", "status"]).exits(0).json();
    assert_eq!((&status[0]["state"], &status[0]["container"]), (&json!("failed"), &json!("down")));
    desk.run(&["logs"]).exits(0).mentions("There was an error running gitlab-ctl reconfigure:");
    assert_eq!(desk.run(&["--json", "gc"]).exits(0).json(), json!([]));
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_gitlab_that_takes_its_time_is_waited_for() {
    let desk = Desk::new();
    // Ready before it is configured: a console that is asked too early has no database.
    start(&desk, "early", &[]).exits(0);
    desk.run(&["stop"]).exits(0);
    start(&desk, "late-service", &[]).exits(0);
    desk.run(&["stop"]).exits(0);
    start(&desk, "slow", &[]).exits(0).mentions("Waiting for GitLab: migrating the database");
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn gc_removes_the_expired_and_nothing_of_others() {
    let (desk, other) = (Desk::new(), Desk::new());
    let theirs = text(&other.start(&[])["attempt"]).to_string();
    let ours = desk.start(&["--ttl", "1s"]);
    let expected = json!([{ "attempt": ours["attempt"], "reason": "expired", "objects": OBJECTS }]);
    assert_eq!(desk.run(&["--json", "gc", "--dry-run"]).exits(0).json(), expected);
    assert_eq!(desk.objects().len(), OBJECTS);
    assert_eq!(desk.run(&["--json", "gc"]).exits(0).json(), expected);
    desk.assert_nothing_left();
    desk.run(&["stop", "--all"]).exits(0).says("Nothing is running.\n");
    desk.run(&["stop", &theirs]).exits(2);
    assert_eq!(other.objects().len(), OBJECTS);
    other.run(&["grade"]).exits(1);
    other.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_container_that_somebody_has_killed_is_no_wrong_answer() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.runtime.block_on(support::kill(&format!("breakfix-{id}-gitlab")));
    desk.run(&["--json", "grade"]).exits(3).mentions("its container is down: the engine was asked to end it");
    assert_eq!(desk.run(&["--json", "status"]).json()[0]["container"], "down");
    let advice = format!("`breakfix resume {id}` starts it again with its data");
    desk.run(&["exec", "--", "true"]).exits(3).mentions("is not running").mentions(&advice);
    desk.run(&["status"]).exits(0).mentions(&advice);
    let back = desk.run(&["--json", "resume"]).exits(0).json();
    assert_eq!((&back["attempt"], &back["outcome"]), (&json!(id), &json!("back")));
    assert_eq!(desk.run(&["--json", "resume"]).exits(0).json()["outcome"], "running");
    desk.run(&["reset"]).exits(0);
    desk.repair(&id);
    desk.run(&["grade"]).exits(0);
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_repair_that_a_restart_undoes_is_a_wrong_answer() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.repair(&id);
    let spoil = "echo \"contract 'reconfigure-fails'\" >>/etc/gitlab/gitlab.rb";
    desk.run(&["exec", "--", "bash", "-c", spoil]).exits(0);
    let graded = outcomes(&desk.run(&["--json", "grade"]).exits(1));
    let (id, outcome, message) = graded.last().unwrap();
    assert_eq!((id.as_str(), outcome.as_str()), ("after-restart", "fail"));
    let expected = "after a restart: GitLab did not come up while configuring GitLab: its container ended with exit \
                    code 1: There was an error running gitlab-ctl reconfigure:: /etc/gitlab/gitlab.rb:3: syntax error";
    assert!(message.starts_with(expected), "{message}");
    desk.run(&["stop"]).exits(0);
}

/// Checks that cannot give a verdict, and some that give a rude one.
const ODD_CHECKS: &str = "\
checks:
  - { id: sign-in, title: a, points: 40, http: { path: /users/sign_in, status: 200, contains: Username } }
  - { id: crashes, title: b, points: 10, probe: checks/crashes.sh }
  - { id: missing, title: c, points: 10, look: checks/missing.sh }
  - { id: hangs, title: d, points: 10, timeout: 1, probe: checks/hangs.sh }
  - { id: hangs-looking, title: e, points: 10, timeout: 1, look: checks/hangs.sh }
  - { id: waits, title: f, points: 5, needs: [crashes], probe: checks/rude.sh }
  - { id: rude, title: g, points: 5, probe: checks/rude.sh }
  - { id: huge, title: h, points: 5, probe: checks/huge.sh }
  - { id: lasts, title: i, points: 5, after: restart, http: { path: /, status: 200 } }
solution:";

#[test]
#[ignore = "needs a container engine"]
fn a_check_that_cannot_run_is_no_wrong_answer() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    desk.repair(&id);
    let text = std::fs::read_to_string(desk.lab_file("lab.yaml")).unwrap();
    let (head, rest) = (&text[..text.find("checks:").unwrap()], &text[text.find("solution:").unwrap()..]);
    let all = "sign-in, crashes, missing, hangs, hangs-looking, waits, rude, huge, lasts";
    let head = head.replace("sign-in, configured, jobs, nothing-lost, after-restart", all);
    let rest = rest.replace("configured, jobs", "lasts").replace("nothing-lost", "lasts");
    std::fs::write(desk.lab_file("lab.yaml"), format!("{head}{}{}", ODD_CHECKS, &rest["solution:".len()..])).unwrap();
    for (name, script) in [
        ("crashes", "echo out of cheese >&2; exit 3"),
        ("missing", "echo psql: not found >&2; exit 127"),
        ("hangs", "sleep 100"),
        ("rude", r"printf 'a\033[2J\033]0;title\007b\302\233c\342\200\256d\n'; exit 1"),
        ("huge", "head -c 20000000 /dev/zero | tr '\\0' x; exit 1"),
    ] {
        std::fs::write(desk.lab_file(&format!("checks/{name}.sh")), format!("#!/bin/sh\n{script}\n")).unwrap();
    }
    let graded = desk.run(&["--json", "grade"]).exits(4).mentions("lab mini has changed since the attempt began");
    let cut = format!("{}…", "x".repeat(300));
    let expected = [
        ("sign-in", "pass", ""),
        ("crashes", "fail", "exit code 3: out of cheese"),
        ("missing", "error", "exit code 127: psql: not found"),
        ("hangs", "fail", "GitLab does not answer within 1 s"),
        ("hangs-looking", "fail", "GitLab does not answer within 1 s"),
        ("waits", "blocked", "needs crashes, which does not pass"),
        ("rude", "fail", "abcd"),
        ("huge", "fail", &cut),
        ("lasts", "blocked", "is checked after a restart, once all the others pass"),
    ];
    assert_eq!(outcomes(&graded), triples(&expected));
    assert_eq!(graded.json()["score"], 40);
    desk.run(&["stop"]).exits(0);
}

type Triple = (String, String, String);

fn outcomes(graded: &Ran) -> Vec<Triple> {
    let of = |check: &serde_json::Value| ["id", "outcome", "message"].map(|key| text(&check[key]).to_string()).into();
    graded.json()["checks"].as_array().unwrap().iter().map(of).collect()
}

fn triples(expected: &[(&str, &str, &str)]) -> Vec<Triple> {
    expected.iter().map(|(id, outcome, message)| ((*id).into(), (*outcome).into(), (*message).into())).collect()
}

#[test]
#[ignore = "needs a container engine"]
fn the_same_state_is_graded_alike_every_time() {
    let desk = Desk::new();
    desk.start(&[]);
    let first = outcomes(&desk.run(&["--json", "grade"]).exits(1));
    for time in 2..=20 {
        assert_eq!(outcomes(&desk.run(&["--json", "grade"]).exits(1)), first, "grading {time}");
    }
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_shell_is_a_terminal() {
    let desk = Desk::new();
    desk.start(&[]);
    desk.run(&["shell"]).exits(2).mentions("error: a shell needs a terminal");
    // `script` gives it a terminal, and `stty` from outside plays the window's frame.
    let breakfix = env!("CARGO_BIN_EXE_breakfix");
    let inner = format!("echo terminal=$(tty)=; stty rows 30 cols 90; exec {breakfix} shell");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--flush", "--command", &inner, "/dev/null"]);
    let environment = desk.command(&[]);
    command.envs(environment.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("SHELL", "/bin/sh");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let mut screen = Screen::watch(child.stdout.take().unwrap());

    let shown = screen.until("=\r\n");
    let terminal = shown.split('=').nth(1).unwrap().to_string();
    // What is typed is echoed as well, so it never holds what it is to print.
    keyboard.write_all(b"echo size=$(stty size)=$((1 + 1))\n").unwrap();
    assert!(screen.until("=2\r\n").contains("size=30 90=2"));
    let resized = Command::new("stty").args(["-F", &terminal, "rows", "41", "cols", "133"]).status().unwrap();
    assert!(resized.success());
    keyboard.write_all(b"until [ \"$(stty size)\" = '41 133' ]; do :; done; echo seen=$((1 + 2))\n").unwrap();
    screen.until("seen=3\r\n");
    keyboard.write_all(b"exit 7\n").unwrap();
    let ended = ran(vec!["shell".into()], await_end(child));
    assert_eq!(ended.code, Some(7), "{}", screen.shown);
    desk.run(&["stop"]).exits(0);
}

/// What a terminal shows, as it comes.
struct Screen {
    chunks: mpsc::Receiver<Vec<u8>>,
    shown: String,
    read: usize,
}

impl Screen {
    fn watch(mut output: impl Read + Send + 'static) -> Self {
        let (sender, chunks) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { chunks, shown: String::new(), read: 0 }
    }

    /// What was shown since the last call, up to `mark`.
    fn until(&mut self, mark: &str) -> String {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            if let Some(at) = self.shown[self.read..].find(mark) {
                let end = self.read + at + mark.len();
                let new = self.shown[self.read..end].to_string();
                self.read = end;
                return new;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let chunk = self.chunks.recv_timeout(left);
            let chunk = chunk.unwrap_or_else(|why| panic!("no {mark:?} on the terminal ({why}): {}", self.shown));
            self.shown.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
