//! An engine that goes away, stalls, loses answers or talks nonsense in the middle of each step.

mod support;

use support::desk::{Desk, Ran, finish, text};
use support::proxy::{Cue, Proxy, Trouble};

/// A desk whose commands go through the proxy.
struct Scene {
    desk: Desk,
    proxy: Proxy,
    image: String,
}

impl Scene {
    fn new() -> Self {
        let desk = Desk::new();
        let proxy = Proxy::new(&desk.runtime, &support::here().unwrap().url);
        let image = desk.image();
        Self { desk, proxy, image }
    }

    /// Runs a command while trouble waits for its cue; asserts that it came.
    fn run(&self, args: &[&str], cue: &Cue) -> Ran {
        self.proxy.set(cue.clone());
        // An engine that stalls is waited for so long; a busy one should answer within it.
        let patience = if cue.trouble == Trouble::Stall { "10" } else { "60" };
        let mut command = self.desk.command(args);
        command.env("DOCKER_HOST", self.proxy.address()).env("BREAKFIX_ENGINE_TIMEOUT", patience);
        let ran = finish(command);
        assert_ne!(self.proxy.heal(), [""; 0], "{cue:?} never came: {ran}");
        ran
    }

    fn start(&self, cue: &Cue) -> Ran {
        self.run(&["start", "mini", "--image", &self.image], cue)
    }

    /// Trouble of every kind, once, at one step of a start: it fails, says what, why and what next, and leaves
    /// nothing.
    fn trouble_at(&self, method: &'static str, path: &'static str, nth: usize, step: &str) {
        // Where the engine answers with nothing, or with a log, odd words cannot be told from right ones.
        let telling = !["/start", "/logs"].contains(&path);
        for trouble in Trouble::ALL.into_iter().filter(|trouble| telling || *trouble != Trouble::OddAnswer) {
            let cue = Cue { method, path, nth, lasting: false, trouble };
            let ran = self.start(&cue);
            let message = ran.stderr.find("error: ").map_or("", |from| &ran.stderr[from..]);
            assert!(message.starts_with(&format!("error: {step}\n  because: ")), "{cue:?}, {step:?}: {ran}");
            assert!(message.contains(cause(trouble)), "{cue:?}, {:?}: {ran}", cause(trouble));
            assert!(message.contains("\ntry: "), "{cue:?}: {ran}");
            ran.exits(3).says("");
            self.desk.assert_nothing_left();
        }
    }
}

/// What is said of it.
fn cause(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Close | Trouble::LoseAnswer => "cannot be reached: ",
        Trouble::Stall => "did not answer within 10 s",
        Trouble::Garbage | Trouble::OddAnswer => "gave an invalid response",
        Trouble::DiskFull => "disk is full: ",
        Trouble::Late(_) => unreachable!("what comes late fails nothing"),
    }
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_the_network_is_made() {
    let scene = Scene::new();
    scene.trouble_at("POST", "/networks/create", 1, "the environment's network could not be created");
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_volumes_are_made() {
    let scene = Scene::new();
    scene.trouble_at("POST", "/volumes/create", 2, "the environment could not be created");
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_containers_are_made() {
    let scene = Scene::new();
    scene.trouble_at("POST", "/containers/create", 2, "the environment could not be created");
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_containers_are_started() {
    let scene = Scene::new();
    scene.trouble_at("POST", "/start", 1, "the environment could not be created");
}

#[test]
#[ignore = "needs a container engine"]
fn questions_are_asked_again() {
    let scene = Scene::new();
    // A program is two requests: the first two ask whether GitLab answers.
    for (method, path, nth, trouble) in [
        ("GET", "/version", 1, Trouble::Close),
        ("GET", "/info", 1, Trouble::Garbage),
        ("GET", "/json", 1, Trouble::LoseAnswer),
        ("GET", "/json", 2, Trouble::Close),
        ("GET", "/networks", 1, Trouble::Close),
        ("GET", "/logs", 1, Trouble::LoseAnswer),
        ("GET", "/exec/", 1, Trouble::Garbage),
        ("GET", "/archive", 1, Trouble::OddAnswer),
        ("POST", "/exec", 1, Trouble::Garbage),
        ("POST", "/exec", 2, Trouble::LoseAnswer),
    ] {
        let cue = Cue { method, path, nth, lasting: false, trouble };
        scene.start(&cue).exits(0);
        scene.desk.run(&["stop"]).exits(0);
    }
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_that_lasts_while_the_log_is_watched() {
    let scene = Scene::new();
    for trouble in [Trouble::Close, Trouble::Garbage] {
        let cue = Cue { method: "GET", path: "/logs", nth: 1, lasting: true, trouble };
        scene
            .start(&cue)
            .exits(3)
            .says("")
            .mentions("error: the environment cannot be watched")
            .mentions(cause(trouble));
        scene.desk.run(&["gc"]).exits(0);
        scene.desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_a_fault_is_confirmed_is_not_laid_to_the_lab() {
    let scene = Scene::new();
    // Six programs come before the one that runs the checks: two questions, the token, the seed, a question, the fault.
    for nth in 13..=14 {
        let cue = Cue { method: "POST", path: "/exec", nth, lasting: false, trouble: Trouble::LoseAnswer };
        let ran = scene.start(&cue).exits(3).says("").mentions("error: a check could not be run");
        assert!(!ran.stderr.contains("is not broken in the way it says"), "{ran}");
        scene.desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine"]
fn trouble_while_a_script_of_the_lab_runs() {
    let scene = Scene::new();
    // A program is two requests. Two ask whether GitLab answers and whether its services run; the third makes the
    // token.
    let console = "GitLab's console could not make an access token for root";
    scene.trouble_at("POST", "/exec", 5, console);
    scene.trouble_at("POST", "/exec", 6, console);
}

#[test]
#[ignore = "needs a container engine"]
fn an_engine_that_stays_away_is_cleaned_up_after_by_gc() {
    let scene = Scene::new();
    for (method, path, trouble) in [
        ("POST", "/containers/create", Trouble::Close),
        ("POST", "/containers/create", Trouble::LoseAnswer),
        ("GET", "/logs", Trouble::Garbage),
        ("POST", "/exec", Trouble::DiskFull),
    ] {
        let cue = Cue { method, path, nth: 1, lasting: true, trouble };
        let ran = scene.start(&cue).exits(3).says("");
        ran.mentions(cause(trouble)).mentions("try: `breakfix gc` removes what is left, once the engine answers.");
        scene.desk.run(&["gc"]).exits(0);
        scene.desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine"]
fn removing_survives_trouble_that_passes() {
    let scene = Scene::new();
    for (path, trouble) in [
        ("/containers/", Trouble::Close),
        ("/containers/", Trouble::LoseAnswer),
        ("/networks/", Trouble::DiskFull),
        ("/volumes/", Trouble::Garbage),
    ] {
        scene.desk.start(&[]);
        let cue = Cue { method: "DELETE", path, nth: 1, lasting: false, trouble };
        scene.run(&["stop"], &cue).exits(0);
        scene.desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine"]
fn an_engine_that_is_away_is_told_and_changes_nothing() {
    let scene = Scene::new();
    scene.desk.start(&[]);
    for trouble in [Trouble::Close, Trouble::Garbage, Trouble::Stall] {
        let cue = Cue { method: "GET", path: "/", nth: 1, lasting: true, trouble };
        for args in [["stop"], ["grade"], ["reset"], ["gc"]] {
            let ran = scene.run(&args, &cue).exits(3).says("");
            ran.mentions("error: the container engine cannot be used").mentions(cause(trouble)).mentions("\ntry: ");
        }
    }
    assert_eq!(scene.desk.run(&["--json", "status"]).exits(0).json()[0]["container"], "up");
    scene.desk.run(&["stop"]).exits(0);
}

/// Outcomes of a grading's checks.
fn outcomes(graded: &Ran) -> Vec<String> {
    graded.json()["checks"].as_array().unwrap().iter().map(|check| text(&check["outcome"]).to_string()).collect()
}

#[test]
#[ignore = "needs a container engine"]
fn grading_through_trouble_never_finds_a_wrong_answer() {
    let scene = Scene::new();
    let id = text(&scene.desk.start(&[])["attempt"]).to_string();
    scene.desk.repair(&id);
    for (method, path, nth) in [("POST", "/containers/create", 1), ("POST", "/restart", 1)] {
        for trouble in Trouble::ALL {
            // An answer without content is not read. Not so harmless if the engine did nothing of what it says it did.
            if trouble == Trouble::OddAnswer && path == "/restart" {
                continue;
            }
            let cue = Cue { method, path, nth, lasting: false, trouble };
            let graded = scene.run(&["--json", "grade"], &cue);
            let found = outcomes(&graded);
            assert!(!found.contains(&"fail".into()), "{cue:?}: {graded}");
            assert!(found.contains(&"error".into()), "{cue:?}: {graded}");
            graded.exits(4);
        }
    }
    // A program is two requests, here those of the one that runs the checks; the first asks whether GitLab is ready.
    for nth in 3..=4 {
        for trouble in [Trouble::Close, Trouble::LoseAnswer] {
            let cue = Cue { method: "POST", path: "/exec", nth, lasting: false, trouble };
            scene.run(&["grade"], &cue).exits(0);
        }
    }
    for trouble in [Trouble::Close, Trouble::Garbage, Trouble::DiskFull] {
        let cue = Cue { method: "POST", path: "/exec", nth: 1, lasting: true, trouble };
        let graded = scene.run(&["--json", "grade"], &cue);
        assert!(!outcomes(&graded).contains(&"fail".into()), "{cue:?}: {graded}");
        graded.exits(4);
    }
    for path in ["/archive", "/logs", "/json"] {
        for trouble in [Trouble::Close, Trouble::LoseAnswer, Trouble::Garbage] {
            let cue = Cue { method: "GET", path, nth: 1, lasting: false, trouble };
            scene.run(&["grade"], &cue).exits(0);
        }
    }
    scene.desk.run(&["stop"]).exits(0);
}
