//! `exec` on a real engine: bytes, names, ends; and what those who write labs try.

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use breakfix::engine::{Command as InContainer, Engine, EngineError, OutputLimit};
use serde_json::json;
use support::desk::{Desk, finish, ran, text};
use support::random::Random;

const MIB: usize = 1 << 20;

/// Every byte there is, again and again, in no order that a pipe's size would divide.
fn noise(size: usize) -> Vec<u8> {
    let mut random = Random(1);
    std::iter::repeat_with(|| random.number().to_le_bytes()).flatten().take(size).collect()
}

#[test]
#[ignore = "needs a container engine"]
fn exec_passes_bytes_on_in_both_directions() {
    let desk = Desk::new();
    desk.start(&[]);
    let bytes = noise(100 * MIB);
    let mut command = desk.command(&["exec", "--", "cat"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        let bytes = &bytes;
        scope.spawn(move || input.write_all(bytes).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout.len(), bytes.len());
    assert!(output.stdout == bytes, "what came back is something else");
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn exec_has_the_programs_streams_and_exit_code() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    let told = desk.run(&["exec", "--", "sh", "-c", "echo out; echo err >&2; exit 7"]).exits(7).says("out\n");
    assert_eq!(told.stderr, "err\n");
    for words in [&["exec", "mini", "--", "echo", "x"][..], &["exec", &id, "--", "echo", "x"], &["exec", "echo", "x"]] {
        desk.run(words).exits(0).says("x\n");
    }
    desk.run(&["exec", "--", "echo", "--", "-n"]).exits(0).says("-- -n\n");
    desk.run(&["exec", "-i", "mini", "--", "cat"]).exits(0).says("");
    desk.run(&["exec", "-it", "mini", "--", "cat"]).exits(2).mentions("needs a terminal");
    let missing = desk.run(&["exec", "--", "nosuch", "program"]).exits(127).says("");
    missing.mentions(&format!("error: there is no program `nosuch` in the container of {id}\n"));
    desk.run(&["exec", "--", "/etc/passwd"]).exits(126).says("").mentions("cannot be run");
    desk.run(&["exec", "mini"]).exits(2).mentions("no program is named");
    desk.run(&["--json", "exec", "--", "true"]).exits(2).mentions("`exec` does not answer in JSON");
    // What closes its output goes on.
    desk.run(&["exec", "--", "sh", "-c", "exec >/dev/null 2>&1; sleep 2; exit 5"]).exits(5);
    desk.run(&["stop"]).exits(0);
}

/// Whether a program with these arguments runs in the container.
fn runs(desk: &Desk, id: &str, arguments: &str) -> bool {
    let search = "for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$each; echo; done 2>/dev/null";
    desk.in_container(id, search).lines().any(|line| line.trim_end() == arguments)
}

#[test]
#[ignore = "needs a container engine"]
fn what_exec_started_ends_with_it() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    let late = desk.run(&["exec", "--timeout", "1", "--", "sh", "-c", "setsid sleep 4711 & trap '' TERM; sleep 4712"]);
    late.exits(124).mentions("sh did not end within 1 s, and was ended");
    assert!(!runs(&desk, &id, "sleep 4711") && !runs(&desk, &id, "sleep 4712"));
    // Its reader goes away.
    let mut child = desk.command(&["exec", "--", "yes", "4713"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = ran(vec!["exec yes".into()], support::desk::await_end(child));
    assert_eq!(ended.code, Some(141), "{ended}");
    assert!(!runs(&desk, &id, "yes 4713"));
    // What is left on purpose is said.
    let left = desk.run(&["exec", "--", "sh", "-c", "sleep 4714 & echo begun"]).exits(0).says("begun\n");
    left.mentions("keeps the output open");
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn output_that_cannot_be_written_is_an_error() {
    let desk = Desk::new();
    desk.start(&[]);
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    for args in [&["exec", "--", "echo", "x"][..], &["logs"], &["status"]] {
        let mut command = desk.command(args);
        command.stdout(full());
        finish(command).exits(3).mentions("cannot be written");
    }
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn those_who_write_labs_try_parts_of_them() {
    let desk = Desk::new();
    let started = desk.start(&["--healthy"]);
    assert_eq!(started["ticket"], "This is the healthy environment of mini: it has no fault.");
    assert_eq!(desk.run(&["--json", "status"]).exits(0).json()[0]["healthy"], true);
    desk.run(&["grade"]).exits(0);
    desk.run(&["exec", "--script", "fault.sh", "mini"]).exits(0);
    let grades = || desk.run(&["--json", "status", text(&started["attempt"])]).json()[0]["timeline"].clone();
    let before = grades();
    let one = desk.run(&["--json", "grade", "mini", "--check", "nothing-lost", "--check", "sign-in"]).exits(1).json();
    let found: Vec<_> = one["checks"].as_array().unwrap().iter().map(|check| &check["id"]).collect();
    assert_eq!(found, [&json!("sign-in"), &json!("nothing-lost")]);
    assert_eq!(one["checks"][0]["outcome"], "fail");
    assert_eq!(grades(), before);
    desk.run(&["grade", "--check", "nosuch"]).exits(2).mentions("error: lab mini has no check nosuch");
    let own = desk.lab_file("own.sh");
    std::fs::write(&own, "#!/bin/bash\nprintf 'word=%s\\n' {{word}}\n").unwrap();
    let word = desk.run(&["exec", "--script", own.to_str().unwrap()]).exits(0).stdout;
    assert!(word.len() == "word=\n".len() + 8 && !word.contains('\''), "{word:?}");
    desk.run(&["exec", "--script", "nosuch.sh"]).exits(2).mentions("error: the script nosuch.sh cannot be read");
    desk.run(&["reset"]).exits(0);
    desk.run(&["grade"]).exits(0);
    let again = desk.run(&["start", "mini", "--image", &desk.image()]).exits(0);
    again.mentions(&format!("note: {} already exists", text(&started["attempt"])));
    let silent = desk.run(&["start", "mini", "--image", &desk.image(), "--new"]).exits(0);
    assert!(!silent.stderr.contains("already exists"), "{silent}");
    desk.run(&["stop", "--all"]).exits(0);
    let image = desk.image();
    let args = ["--json", "prove", "mini", "--image", &image, "--seeds", "1", "--claim", "wrong/delete.sh"];
    let claims = desk.run(&args).exits(0).json();
    let claims: Vec<_> = claims.as_array().unwrap().iter().map(|claim| text(&claim["claim"]).to_string()).collect();
    assert_eq!(claims, ["wrong/delete.sh does not pass"]);
    desk.run(&["prove", "mini", "--claim", "nosuch"]).exits(2).mentions("claims nothing with `nosuch` in its title");
}

#[test]
#[ignore = "needs a container engine"]
fn errors_have_a_shape_in_json() {
    let desk = Desk::new();
    let hint = "`breakfix status` lists the attempts; `breakfix start LAB` starts one.";
    let expected = json!({ "error": {
        "kind": "not_found", "message": "no attempt is running", "causes": [], "hints": [hint], "exit": 2,
    } });
    assert_eq!(desk.run(&["--json", "grade"]).exits(2).json(), expected);
    let wrong = desk.run(&["--json", "start"]).exits(2).json();
    assert_eq!((&wrong["error"]["kind"], &wrong["error"]["exit"]), (&json!("usage"), &json!(2)));
    let away = |args: &[&str]| {
        let mut command = desk.command(args);
        command.env("DOCKER_HOST", "unix:///nonexistent/socket");
        finish(command)
    };
    let found = away(&["--json", "gc"]).exits(3).json();
    assert_eq!(
        (&found["error"]["kind"], &found["error"]["message"]),
        (&json!("engine"), &json!("the container engine cannot be used"),)
    );
    desk.start(&[]);
    let rows = away(&["--json", "status"]).exits(3).mentions("error: the container engine cannot be used").json();
    assert_eq!(rows[0]["container"], "unknown");
    let findings = away(&["--json", "doctor"]).exits(3).json();
    assert_eq!((&findings[0]["name"], &findings[0]["health"]), (&json!("engine"), &json!("bad")));
    let names: Vec<&str> = findings.as_array().unwrap().iter().map(|finding| text(&finding["name"])).collect();
    // What a first start needs depends on the machine.
    assert!(names.starts_with(&["engine", "disk", "inotify"]), "{names:?}");
    let usage = desk.run(&["class", "reset", "--nosuch"]).exits(2);
    assert!(!usage.stderr.contains("--state <DIR>"), "{usage}");
    desk.run(&["stop"]).exits(0);
}

fn in_probe(user: &str, argv: &[&str], stdin: &[u8], keep: usize) -> InContainer {
    InContainer {
        argv: argv.iter().map(ToString::to_string).collect(),
        env: BTreeMap::new(),
        stdin: stdin.to_vec(),
        user: Some(user.into()),
        deadline: Duration::from_secs(20),
        output_limit: OutputLimit::First(keep),
    }
}

/// Many programs through one of ours end as they do where the engine runs each.
#[test]
#[ignore = "needs a container engine"]
fn a_runner_runs_programs_as_the_engine_does() {
    let desk = Desk::new();
    let probe = format!("breakfix-{}-probe", text(&desk.start(&[])["attempt"]));
    let identity = "id; grep -E 'Cap|NoNew|Groups' /proc/self/status; pwd; env | sort";
    let large = vec![b'x'; 300_000];
    let commands = [
        in_probe("probe", &["bash", "-c", identity], b"", 4096),
        in_probe("0", &["bash", "-c", identity], b"", 4096),
        in_probe("0", &["cat"], &large, 1 << 20),
        in_probe("0", &["cat"], &large, 1000),
        in_probe("0", &["true"], &large, 1000),
        in_probe("probe", &["bash", "-c", "echo out; printf 'no\\xffbytes' >&2; exit 7"], b"", 100),
        in_probe("probe", &["bash", "-c", "kill -KILL $$"], b"", 100),
        in_probe("0", &["bash", "-c", "sleep 5 & echo first"], b"", 100),
        in_probe("0", &["printf", "%s|", "a b", "", "ü\n"], b"", 100),
        in_probe("0", &["bash", "-c", "sleep 1; echo last"], b"", 100),
    ];
    desk.runtime.block_on(async {
        let runner = desk.engine.runner(&probe).await.unwrap();
        let all = futures_util::future::join_all(commands.iter().map(|command| runner.run(command))).await;
        for (command, output) in commands.iter().zip(all) {
            assert_eq!(output, desk.engine.exec(&probe, command).await, "{:?}", command.argv);
        }
        let slow = InContainer { deadline: Duration::from_millis(300), ..in_probe("0", &["sleep", "3"], b"", 10) };
        assert!(matches!(runner.run(&slow).await, Err(EngineError::DeadlineExceeded { .. })));
        assert_eq!(runner.run(&in_probe("0", &["echo", "on"], b"", 10)).await.unwrap().stdout, b"on\n");
        let killed = in_probe("0", &["bash", "-c", "kill -KILL $PPID"], b"", 10);
        assert!(matches!(runner.run(&killed).await, Err(EngineError::InvalidResponse { .. })));
        assert!(matches!(
            runner.run(&in_probe("0", &["true"], b"", 10)).await,
            Err(EngineError::InvalidResponse { .. })
        ));
    });
    desk.run(&["stop"]).exits(0);
}
