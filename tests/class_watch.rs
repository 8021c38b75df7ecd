//! A class on its live board, and its report afterwards, on a real engine.

mod support;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::desk::{Desk, await_end, redacted, text};

/// No key takes so long to show unless the board hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// A class of two, started; gives the attempts in roster order.
fn start(desk: &Desk) -> Vec<String> {
    let folder = desk.state().parent().unwrap().to_path_buf();
    let class = "format: 1\nid: spring\ntitle: Spring training\nlabs: [mini]\nminutes: 60\nlimits: { memory_mib: 512 }\n\
                 trainees: [ { name: Ada Lovelace, email: ada@example.org }, { name: Kim Lee, id: 7 } ]\n";
    std::fs::write(folder.join("class.yaml"), class.replace("id: 7", "id: \"7\"")).unwrap();
    let image = desk.image();
    desk.run(&["class", "start", "class.yaml", "--image", &image]).exits(0);
    let rows = look(desk)["rows"].as_array().unwrap().clone();
    rows.iter().map(|row| text(&row["attempt"]).to_owned()).collect()
}

fn look(desk: &Desk) -> Value {
    desk.run(&["--json", "class", "watch", "--once"]).exits(0).json()
}

fn stop(desk: &Desk) {
    desk.run(&["class", "stop", "--no-grade"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn what_is_seen_of_a_class_is_what_is_so() {
    let desk = Desk::new();
    let attempts = start(&desk);
    let expected = json!({
        "name": "Ada Lovelace", "slug": "ada-lovelace", "lab": "mini", "attempt": attempts[0], "state": "running",
        "due": "…", "hints_taken": 0, "checks": null, "score": null, "solved": false, "memory": "…",
        "processor": null, "problem": null,
    });
    assert_eq!(redacted(&look(&desk)["rows"][0], &["due", "memory"]), expected);

    desk.run(&["hint", &attempts[0]]).exits(0);
    desk.repair(&attempts[0]);
    desk.run(&["class", "grade"]).exits(1);
    kill(&desk, &attempts[1]);
    let rows = look(&desk)["rows"].clone();
    assert_eq!(rows[0]["checks"], json!({ "passed": 5, "of": 5 }));
    assert_eq!((&rows[0]["solved"], &rows[0]["hints_taken"], &rows[0]["score"]), (&json!(true), &json!(1), &json!(95)));
    assert_eq!(
        (&rows[1]["problem"], &rows[1]["memory"]),
        (&json!("its container is down: the engine was asked to end it"), &Value::Null)
    );
    desk.run(&["class", "watch", "--once"]).exits(0).mentions("1 of 2 solved, 1 at work, 1 problem");

    stop(&desk);
    report(&desk);
}

fn kill(desk: &Desk, attempt: &str) {
    desk.runtime.block_on(support::kill(&format!("breakfix-{attempt}-gitlab")));
}

/// A class that was stopped is reported in every format.
fn report(desk: &Desk) {
    let page = PathBuf::from("spring-report.html");
    desk.run(&["class", "report", "spring"]).exits(0).mentions("1 solved, 1 not solved");
    let page = std::fs::read_to_string(desk.state().parent().unwrap().join(page)).unwrap();
    assert!(page.contains("Spring training") && page.contains("Kim Lee"), "{page}");
    let results = desk.run(&["--json", "class", "report", "spring"]).exits(0).json();
    let counted: Vec<&Value> =
        results["trainees"].as_array().unwrap().iter().map(|trainee| &trainee["counted"][0]).collect();
    assert_eq!((&counted[0]["standing"], &counted[0]["score"]), (&json!("solved"), &json!(95)));
    assert_eq!((&counted[1]["standing"], &counted[1]["score"]), (&json!("not-solved"), &json!(0)));
    let files = ["--canvas", "c.csv", "--moodle", "m.csv", "--xapi", "x.json", "--junit", "j.xml", "--gradescope", "g"];
    let args = [&["class", "report", "spring", "--json", "r.json"], files.as_slice()].concat();
    desk.run(&args).exits(0);
    for file in ["c.csv", "m.csv", "x.json", "j.xml", "r.json", "g/ada-lovelace/results.json"] {
        let size = std::fs::metadata(desk.state().parent().unwrap().join(file)).unwrap().len();
        assert!(size > 50, "{file} has {size} bytes");
    }
}

/// The board on a terminal of its own.
struct Board {
    child: Child,
    shown: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// All that was written, as it was written.
    raw: String,
}

fn size(number: u16) -> std::num::NonZero<u16> {
    number.try_into().unwrap()
}

impl Board {
    /// The terminal's settings are written down before and afterwards, and the program's number as well.
    fn open(desk: &Desk) -> Self {
        let whole = "stty rows 24 cols 100; stty -a >before; \
                     sh -c 'echo $$ >number; exec \"$0\" class watch --every 1s' \"$PROGRAM\"; \
                     echo \"ended with $?\"; stty -a >after";
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command", whole, "/dev/null"]);
        let plain = desk.command(&[]);
        command.current_dir(plain.get_current_dir().unwrap()).env_clear();
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("TERM", "xterm-256color").env("PROGRAM", plain.get_program());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, shown) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                sender.send(buffer[..count].to_vec()).ok();
            }
        });
        Self { child, shown, screen: vt100::Parser::new(size(24), size(100), 0), raw: String::new() }
    }

    /// Waits until something stands on the screen.
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen.screen().contents().contains(text) {
            match self.shown.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw += &String::from_utf8_lossy(&bytes);
                }
                Err(why) => panic!("no {text:?}, {why}:\n{}", self.screen.screen().contents()),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Asserts that the board has ended in this way and has left the terminal as it was.
    fn ended(mut self, desk: &Desk, code: i32) {
        self.wait_for(&format!("ended with {code}"));
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor(), "{:?}", self.raw);
        await_end(self.child);
        let settings =
            ["before", "after"].map(|file| std::fs::read_to_string(desk.state().parent().unwrap().join(file)).unwrap());
        assert_eq!(settings[0], settings[1]);
    }
}

#[test]
#[ignore = "needs a container engine"]
fn the_board_does_what_keys_say_and_leaves_the_terminal_as_it_was() {
    let desk = Desk::new();
    let attempts = start(&desk);
    let mut board = Board::open(&desk);
    board.wait_for("Kim Lee");
    board.press("g");
    board.wait_for("Ada Lovelace has 0 points");
    board.press("jmgood luck\r");
    board.wait_for("nobody has read it");
    board.press("s");
    board.wait_for("# ");
    board.press("exit\r");
    board.wait_for("q quit");
    board.press("q");
    board.ended(&desk, 0);
    let timeline = desk.run(&["--json", "status", &attempts[1]]).exits(0).json()[0]["timeline"].to_string();
    assert!(timeline.contains("message: good luck"), "{timeline}");

    let mut board = Board::open(&desk);
    board.wait_for("Kim Lee");
    let number = std::fs::read_to_string(desk.state().parent().unwrap().join("number")).unwrap();
    kill_process(Pid::from_raw(number.trim().parse().unwrap()).unwrap(), Signal::TERM).unwrap();
    board.ended(&desk, 130);
    stop(&desk);
}
