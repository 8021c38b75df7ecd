//! What is left when an engine call of a start, a reset or a stop fails: nothing, whichever call it is.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::{FutureExt, join_all};

use super::{EnvironmentSource, HintRequest, Launch, OnFailure, reset, start, stop, take_hint};
use crate::app::App;
use crate::attempt::{Faults, State, Workspace, tests};
use crate::engine::fake::Fake;
use crate::engine::{Command, Output};
use crate::environment::{Environment, ImageSet, PortChoice};
use crate::error::{Error, Kind};
use crate::event::Event;
use crate::id::AttemptId;
use crate::image::Known;
use crate::lab::Lab;
use crate::lab::library::Library;
use crate::ops::attempt::extend;
use crate::platform::Platform;
use crate::store::Store;

const LAB: &str = "\
format: 1
id: tiny
title: Nobody answers
level: junior
topics: [nothing]
minutes: 5
runs_on: [light]
faults: [ { id: gone, script: a.sh, breaks: [answers] } ]
hints: [ { cost: 1, text: Look. } ]
checks: [ { id: answers, title: It answers, points: 100, http: { path: /, status: 200 } } ]
solution: a.sh
wrong_fixes: [ { script: b.sh, still_fails: [answers] } ]
ticket: a.md
debrief: a.md
";

/// What an environment consists of: a network, three volumes, three containers.
const OBJECTS: usize = 7;

/// A fake engine, a store, a lab and an attempt at it.
struct Scene {
    engine: Arc<Fake>,
    app: App,
    lab: Lab,
    draft: Workspace,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new(engine: Fake) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lab = lab_in(&folder.path().join("tiny"));
        let engine = Arc::new(engine.running(nothing_answers));
        let known = Known::at(folder.path().join("images.json"));
        // The fake engine's ids are its references.
        known.record(&[("breakfix/gitlab:1".into(), "breakfix/gitlab:1".into())]).unwrap();
        let store = Arc::new(Store::open(&folder.path().join("state")).unwrap());
        let mut app = crate::app::tests::app(engine.clone(), store);
        app.host.known = known;
        let draft = draft(&lab);
        Self { engine, app, lab, draft, folder }
    }

    fn launch(&self) -> Launch<'_> {
        Launch { lab: &self.lab, port: PortChoice::Same, source: EnvironmentSource::Pool, faults: Faults::All }
    }

    async fn start(&self) -> Result<Workspace, Error> {
        start(&self.app, self.draft.clone(), &self.launch(), OnFailure::Remove).await
    }

    async fn reset(&self) -> Result<Workspace, Error> {
        let images = ImageSet {
            gitlab: String::new(),
            platform: Platform::Light,
            ours: [("probe".into(), "probe".into())].into(),
        };
        reset(&self.app, &self.draft.attempt.id, &images, &self.launch()).await
    }

    fn state(&self) -> Option<State> {
        self.app.store.find(&self.draft.attempt.id).unwrap().map(|entry| entry.state)
    }
}

/// A lab with one fault and one check, in this folder.
pub(crate) fn lab_in(folder: &Path) -> Lab {
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in
        [("lab.yaml", LAB), ("a.sh", "#!/bin/bash\ntrue\n"), ("b.sh", "#!/bin/bash\nfalse\n"), ("a.md", "Help!\n")]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
    Library::load_folder(folder).unwrap_or_else(|error| panic!("{error:?}"))
}

/// curl finds the connection refused, everything else succeeds.
pub(crate) fn nothing_answers(container: &str, command: &Command) -> Output {
    let asks = container.ends_with("-probe") && command.argv[0] == "curl";
    let said = if command.argv[0] == "date" { "2026-11-26T10:00:00.5Z\n" } else { "" };
    Output { exit_code: if asks { 7 } else { 0 }, stdout: said.into(), ..Output::default() }
}

fn draft(lab: &Lab) -> Workspace {
    let Workspace { mut attempt, mut environment } = tests::workspace("tiny-ada-abcd");
    (attempt.lab, attempt.lab_digest) = (lab.id.clone(), lab.digest.clone());
    environment.spec.renew(&ImageSet {
        gitlab: String::new(),
        platform: Platform::Light,
        ours: [("probe".into(), "probe".into())].into(),
    });
    Workspace { attempt, environment }
}

/// The calls of a command on an engine without trouble, each with how many of its name came before, from 1.
fn numbered(calls: &[String]) -> Vec<(&'static str, usize)> {
    const NAMES: [&str; 10] =
        ["subnets", "find_image", "create", "start", "inspect", "logs", "exec", "processes", "list", "remove"];
    let place = |(index, call): (usize, &String)| {
        let name = NAMES.into_iter().find(|name| name == call).unwrap_or_else(|| panic!("unknown call {call}"));
        (name, calls[..=index].iter().filter(|other| *other == call).count())
    };
    calls.iter().enumerate().map(place).collect()
}

#[tokio::test]
async fn whichever_call_of_a_start_fails_nothing_is_left() {
    let scene = Scene::new(Fake::new());
    scene.start().await.unwrap();
    assert_eq!((scene.engine.names().len(), scene.state()), (OBJECTS, Some(State::Running)));
    let calls = numbered(&scene.engine.calls());
    assert!(calls.len() > 15, "{calls:?}");
    // Side by side, since cleaning up takes its time between two tries.
    let one = |trouble: fn(&Fake, &'static str, usize), call, nth| {
        async move {
            let scene = Scene::new(Fake::new());
            trouble(&scene.engine, call, nth);
            // Whether GitLab answers, and whether its services run, is asked again.
            if call == "exec" && nth <= 2 {
                scene.start().await.unwrap_or_else(|error| panic!("{call} {nth}: {error}"));
                return;
            }
            // A check that cannot be run while the fault is confirmed ends a start as everything else does.
            let error = scene.start().await.expect_err(&format!("{call} {nth} failed"));
            assert!(error.kind.is_retryable(), "{call} {nth}: {error}");
            assert!(error.to_string().contains("connection reset by peer"), "{call} {nth}: {error}");
            assert_eq!((scene.engine.names(), scene.state()), (vec![], None), "{call} {nth}");
        }
        .boxed_local()
    };
    join_all(calls.iter().flat_map(|(call, nth)| vec![one(Fake::fail, *call, *nth), one(Fake::lose, *call, *nth)]))
        .await;
}

#[tokio::test]
async fn whichever_call_of_a_reset_fails_nothing_or_all_is_left() {
    let scene = Scene::new(Fake::new());
    scene.start().await.unwrap();
    let before = scene.engine.calls().len();
    scene.reset().await.unwrap();
    let calls = numbered(&scene.engine.calls());
    let one = |call, nth| async move {
        let scene = Scene::new(Fake::new());
        scene.start().await.unwrap();
        scene.engine.fail(call, nth);
        let outcome = scene.reset().await;
        let (left, state) = (scene.engine.names().len(), scene.state().unwrap());
        match (outcome.is_ok(), left, state) {
            // Removing was tried again; or it was given up, and `gc` will go on.
            (true, OBJECTS, State::Running) | (false, 0, State::Stopped) | (false, _, State::Resetting) => {}
            other => panic!("{call} {nth}: {other:?}"),
        }
    };
    join_all(calls[before..].iter().map(|(call, nth)| one(*call, *nth))).await;
}

/// Takes a hint and gives half an hour, while somebody else still has the record of before.
async fn help_along(scene: &Scene, id: &AttemptId) {
    scene.app.store.update(id, |record| record.due = Some(jiff::Timestamp::UNIX_EPOCH)).unwrap();
    take_hint(&scene.app, Some(scene.folder.path()), id, HintRequest::Next).await.unwrap();
    extend(&scene.app, id, 30).await.unwrap();
}

fn words(scene: &Scene, id: &AttemptId) -> Vec<String> {
    scene.app.store.timeline(id).unwrap().into_iter().map(|event| event.what.to_string()).collect()
}

#[tokio::test]
async fn a_reset_keeps_what_happened_while_it_was_prepared() {
    let scene = Scene::new(Fake::new());
    let held = scene.start().await.unwrap().attempt;
    help_along(&scene, &held.id).await;
    let before = scene.app.store.known(&held.id).unwrap().attempt;
    let anew = scene.reset().await.unwrap();
    let Workspace { attempt, .. } = &anew;
    assert_eq!((attempt.hints_taken, attempt.due, attempt.expires), (1, before.due, before.expires));
    assert!(attempt.expires > held.expires && before.due > Some(held.expires));
    assert_eq!(scene.app.store.known(&held.id).unwrap().workspace(), anew);
    let expected = ["starting", "running", "hint 1 taken", "30 minutes more", "resetting", "running"];
    assert_eq!(words(&scene, &held.id), expected);
}

#[tokio::test]
async fn a_reset_keeps_it_as_well_where_what_the_pool_gives_does_not_wake() {
    let scene = Scene::new(Fake::new());
    let Workspace { attempt: held, environment } = scene.start().await.unwrap();
    help_along(&scene, &held.id).await;
    let expires = scene.app.now().checked_add(std::time::Duration::from_hours(1)).unwrap();
    let gone = Environment { id: "pool-gone".into(), port: 1, expires, ..environment.clone() };
    scene.app.store.pool_insert(&gone).unwrap();
    scene.app.store.pool_ready(&gone).unwrap();
    let anew = scene.reset().await.unwrap();
    let own = (&anew.environment.id, &anew.environment.root);
    assert_eq!((anew.attempt.hints_taken, own), (1, (&environment.id, &environment.root)));
    assert!(anew.attempt.expires > held.expires && anew.environment.port > 1);
    assert_eq!(scene.app.store.known(&held.id).unwrap().workspace(), anew);
    assert!(words(&scene, &held.id).contains(&"from the pool".into()));
}

#[tokio::test]
async fn what_others_record_during_a_start_and_a_reset_is_not_lost() {
    let scene = Scene::new(Fake::new());
    let id = scene.draft.attempt.id.clone();
    let other = Store::open(&scene.folder.path().join("state")).unwrap();
    let events = Arc::new(move |event: Event| {
        if let Event::Finished(_) = event {
            other.update(&id, |record| record.hints_taken += 1).unwrap();
        }
    });
    let scene = Scene { app: scene.app.watched_by(events), ..scene };
    // Create, boot, seed, break, confirm; the reset removes before.
    assert_eq!(scene.start().await.unwrap().attempt.hints_taken, 5);
    assert_eq!(scene.reset().await.unwrap().attempt.hints_taken, 5 + 6);
}

#[tokio::test]
async fn a_removal_that_fails_is_tried_again() {
    let one = |trouble: fn(&Fake, &'static str, usize), nth| {
        async move {
            let scene = Scene::new(Fake::new());
            let attempt = scene.start().await.unwrap().attempt;
            trouble(&scene.engine, "remove", nth);
            stop(&scene.app, &attempt.id).await.unwrap();
            assert_eq!((scene.engine.names(), scene.state()), (vec![], Some(State::Stopped)), "{nth}");
        }
        .boxed_local()
    };
    join_all((1..=OBJECTS).flat_map(|nth| vec![one(Fake::fail, nth), one(Fake::lose, nth)])).await;
}

#[tokio::test]
async fn what_is_kept_is_all_there() {
    let scene = Scene::new(Fake::new());
    scene.engine.fail("logs", 1);
    let error = start(&scene.app, scene.draft.clone(), &scene.launch(), OnFailure::Keep).await.unwrap_err();
    assert!(error.hints.last().unwrap().starts_with("It was kept: "), "{error:?}");
    assert_eq!((scene.engine.names().len(), scene.state()), (OBJECTS, Some(State::Failed)));
}

#[tokio::test]
async fn running_out_of_memory_is_told() {
    let scene = Scene::new(Fake::new().out_of_memory("Configuring GitLab...\n"));
    let error = scene.start().await.unwrap_err();
    assert_eq!(error.message, "GitLab did not come up while configuring GitLab: it ran out of memory");
    assert_eq!((scene.engine.names(), scene.state()), (vec![], None));
}

#[tokio::test]
async fn a_start_that_was_cancelled_makes_nothing() {
    let scene = Scene::new(Fake::new());
    scene.app.cancel.cancel();
    assert_eq!(scene.start().await.unwrap_err().kind, Kind::Interrupted);
    assert_eq!((scene.engine.names(), scene.state()), (vec![], None));
}
