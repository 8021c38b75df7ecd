//! What is left when the program is killed or asked to end: nothing, after at most one `gc`.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use support::desk::{Desk, OBJECTS, await_end, ran, text};
use support::proxy::{Cue, Proxy, Trouble};
use support::random::Random;

/// How long cleaning up after a signal may take. Generous: the machine may be busy with other tests.
const BOUND: Duration = Duration::from_mins(1);

/// Times the program is killed, unless `BREAKFIX_CRASHES` says otherwise.
const KILLS: usize = 20;

/// Random numbers whose seed is printed; `BREAKFIX_CRASH_SEED` repeats them.
fn random() -> Random {
    let given = std::env::var("BREAKFIX_CRASH_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| breakfix::random::number().unwrap());
    eprintln!("BREAKFIX_CRASH_SEED={seed}");
    Random(seed)
}

/// A part of `whole`, up to a little more than all of it.
fn part(random: &mut Random, whole: Duration) -> Duration {
    whole * u32::try_from(random.below(1050)).unwrap() / 1000
}

/// Runs a command and kills it after a while; how it ended.
fn killed(desk: &Desk, args: &[&str], after: Duration) -> Output {
    let child = desk.command(args).spawn().unwrap();
    let id = Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    if let Ok(output) = ended.recv_timeout(after) {
        return output;
    }
    kill_process(id, Signal::KILL).ok();
    ended.recv().unwrap()
}

/// Attempts that the store believes to be running.
fn running(desk: &Desk) -> Vec<String> {
    let rows = desk.run(&["--json", "status"]).exits(0).json();
    let rows = rows.as_array().unwrap().iter().filter(|row| row["state"] == "running");
    rows.map(|row| text(&row["attempt"]).to_string()).collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let done = work();
    (begin.elapsed(), done)
}

#[test]
#[ignore = "needs a container engine"]
fn one_gc_removes_what_killed_commands_left() {
    let desk = Desk::new();
    let kills = std::env::var("BREAKFIX_CRASHES").map_or(KILLS, |text| text.parse().unwrap());
    let mut random = random();
    let image = desk.image();
    let start = ["start", "mini", "--image", &image];
    let (making, id) = timed(|| text(&desk.start(&[])["attempt"]).to_string());
    let (grading, _) = timed(|| desk.run(&["grade"]).exits(1));
    let (stopping, _) = timed(|| desk.run(&["stop", &id]).exits(0));
    for round in 0..kills.div_ceil(5) {
        let alive = text(&desk.start(&[])["attempt"]).to_string();
        let mut told = vec![];
        for (args, whole) in [
            (&start[..], making),
            (&["grade", &alive], grading),
            (&start, making),
            (&["reset", &alive], making + stopping),
            (&["stop", &alive], stopping),
        ] {
            let after = part(&mut random, whole);
            told.push(format!("{} after {} ms", args[0], after.as_millis()));
            killed(&desk, args, after);
        }
        desk.run(&["gc"]).exits(0);
        let kept = running(&desk);
        let left: Vec<_> = desk
            .objects()
            .into_iter()
            .map(|object| (object.owner.unwrap().environment.to_string(), object.reference.name))
            .collect();
        let lost: Vec<_> = left.iter().filter(|(attempt, _)| !kept.contains(attempt)).collect();
        assert!(lost.is_empty(), "round {round}, {told:?}: left {lost:?}");
        assert_eq!(left.len(), OBJECTS * kept.len(), "round {round}, {told:?}: {kept:?} are not whole: {left:?}");
        desk.run(&["stop", "--all"]).exits(0);
        desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine"]
fn what_a_killed_autograde_left_running_is_gone_after_gc() {
    let desk = Desk::new();
    let script = desk.lab_file("hang.sh");
    std::fs::write(&script, "#!/bin/sh\nsleep 600\n").unwrap();
    let image = desk.image();
    let path = script.to_str().unwrap();
    let mut command = desk.command(&["autograde", "mini", "--image", &image, "--submission", path]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    support::eventually(BOUND, "an attempt runs", || !running(&desk).is_empty());
    assert_eq!(desk.run(&["--json", "gc"]).exits(0).json(), json!([]));
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    let removed = desk.run(&["--json", "gc"]).exits(0).json();
    assert_eq!((&removed[0]["reason"], &removed[0]["objects"]), (&json!("interrupted"), &json!(OBJECTS)));
    desk.assert_nothing_left();
    assert_eq!(std::fs::read_dir(desk.state().join("locks")).unwrap().count(), 0);
}

#[test]
#[ignore = "needs a container engine"]
fn an_interrupted_reset_says_what_became_of_the_attempt() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_string();
    let mut child = desk.command(&["reset"]).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("Waiting for GitLab ...\n") {
        assert_ne!(said.read_line(&mut seen).unwrap(), 0, "no start in {seen}");
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    said.read_to_string(&mut seen).unwrap();
    let ended = ran(vec!["reset".into()], await_end(child)).exits(130);
    assert_eq!(ended.stdout, "");
    let expected = format!(
        "error: interrupted\n  because: attempt {id} has no environment now; its grades and hints are kept\n\
         try: `breakfix reset {id}` recreates it, `breakfix stop {id}` ends it.\n"
    );
    assert!(seen.ends_with(&expected), "{seen}");
    desk.assert_nothing_left();
    let expected = format!(
        "error: attempt {id} has no environment: its reset was interrupted\ntry: `breakfix reset {id}` recreates it.\n"
    );
    desk.run(&["grade"]).exits(2).complains(&expected);
    desk.run(&["reset"]).exits(0);
    desk.run(&["grade"]).exits(1);
    desk.run(&["stop"]).exits(0);
}

/// Starts the lab, sends a signal as soon as a step begins, and gives how it ended and how long that took.
fn interrupted_at(desk: &Desk, step: &str, signal: Signal, times: u32) -> (support::desk::Ran, Duration) {
    let image = desk.image();
    let mut child = desk.command(&["start", "mini", "--image", &image]).spawn().unwrap();
    let id = Pid::from_child(&child);
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen.ends_with(&format!("{step} ...\n")) {
        assert_ne!(said.read_line(&mut seen).unwrap(), 0, "no {step:?} in {seen}");
    }
    let begin = Instant::now();
    for _ in 0..times {
        kill_process(id, signal).unwrap();
        if times > 1 {
            // Two signals at once are one.
            while !seen.contains("interrupted: cleaning up") {
                assert_ne!(said.read_line(&mut seen).unwrap(), 0, "no answer to a signal in {seen}");
            }
        }
    }
    let rest = std::thread::spawn(move || {
        said.read_to_string(&mut seen).unwrap();
        seen
    });
    let output = await_end(child);
    let took = begin.elapsed();
    let mut ended = ran(vec![format!("start, {signal:?} at {step}")], output);
    ended.stderr = rest.join().unwrap();
    (ended, took)
}

#[test]
#[ignore = "needs a container engine"]
fn a_signal_at_any_step_of_a_start_leaves_nothing() {
    let desk = Desk::new();
    let steps = [
        ("Creating the environment", Signal::INT),
        ("Waiting for GitLab", Signal::TERM),
        ("Preparing the data", Signal::INT),
        ("Applying the fault", Signal::TERM),
        ("Confirming the fault", Signal::HUP),
    ];
    for (step, signal) in steps {
        let (ended, took) = interrupted_at(&desk, step, signal, 1);
        ended.exits(130).says("").complains("error: interrupted\n");
        assert!(took < BOUND, "{signal:?} at {step} took {took:?}");
        desk.assert_nothing_left();
    }
    assert_eq!(desk.run(&["--json", "status", "--all"]).exits(0).json(), json!([]));
}

#[test]
#[ignore = "needs a container engine"]
fn a_second_signal_ends_at_once_and_gc_does_the_rest() {
    let desk = Desk::new();
    let (ended, _) = interrupted_at(&desk, "Waiting for GitLab", Signal::INT, 2);
    ended.exits(130).says("").mentions("warning: ended at once; `breakfix gc` removes what may be left");
    desk.run(&["gc"]).exits(0);
    desk.assert_nothing_left();
}

#[test]
#[ignore = "needs a container engine"]
fn what_the_engine_makes_after_its_caller_was_killed_is_removed_as_well() {
    let desk = Desk::new();
    let proxy = Proxy::new(&desk.runtime, &support::here().unwrap().url);
    let image = desk.image();
    for path in ["/networks/create", "/volumes/create", "/containers/create"] {
        let trouble = Trouble::Late(Duration::from_secs(6));
        proxy.set(Cue { method: "POST", path, nth: 1, lasting: false, trouble });
        let mut command = desk.command(&["start", "mini", "--image", &image]);
        let child = command.env("DOCKER_HOST", proxy.address()).spawn().unwrap();
        support::eventually(BOUND, "a call that is late", || proxy.progress().0 == 1);
        kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
        await_end(child);
        desk.run(&["gc"]).exits(0);
        support::eventually(BOUND, "an answer to nobody", || proxy.progress() == (1, 1));
        desk.assert_nothing_left();
    }
}
