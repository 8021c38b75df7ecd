//! Operations of a class on an engine in memory. The board's keys choose by attempts, the commands by names.

use std::sync::{Arc, Mutex};

use super::*;
use crate::attempt::State;
use crate::class::tests::class;
use crate::class::{Class, Course, Person, Work};
use crate::engine::fake::Fake;
use crate::error::Kind;
use crate::event::Event;
use crate::image::{BuildEnv, Known};
use crate::lifecycle::EnvironmentSource;
use crate::lifecycle::tests::{lab_in, nothing_answers};
use crate::ops::{Resumption, Services};
use crate::secret::Secret;
use crate::store::Store;

/// A class on a fake engine, and its events.
struct Scene {
    engine: Arc<Fake>,
    services: Services,
    events: Arc<Mutex<Vec<Event>>>,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        lab_in(&folder.path().join("labs/tiny"));
        let engine = Arc::new(Fake::new().running(nothing_answers));
        let state = folder.path().join("state");
        let known = Known::at(folder.path().join("images.json"));
        let base_image = Some("debian:13".to_string());
        let build_env = BuildEnv { base_image, known: known.clone(), ..BuildEnv::new(state.clone(), &[].into()) };
        let events = Arc::new(Mutex::new(vec![]));
        let sink = Arc::clone(&events);
        let app = crate::app::tests::app(engine.clone(), Arc::new(Store::open(&state).unwrap()));
        let mut app = app.watched_by(Arc::new(move |event| sink.lock().unwrap().push(event)));
        app.host.known = known;
        let services = Services { app, labs: Some(folder.path().join("labs")), build_env };
        Self { engine, services, events, folder }
    }

    fn request(&self, names: &[&str]) -> StartRequest {
        let (work, secret) = (Work::Labs(vec!["tiny".into()]), Some(Secret::new("s")));
        let class = Class { work, secret, minutes: Some(60), ..class() };
        let people = names.iter().map(|name| Person { name: (*name).into(), ..Person::default() }).collect();
        let handouts = Some(self.folder.path().join("handouts"));
        StartRequest { class, people, image: None, address: None, handouts }
    }

    async fn start(&self, names: &[&str]) -> Started {
        let plan = clear_and_plan(&self.services, self.request(names)).await.unwrap();
        start(&self.services, plan, Some(1)).await.unwrap()
    }

    fn states(&self) -> Vec<(String, State)> {
        let entries = self.services.app.store.class_attempts("spring").unwrap();
        entries.into_iter().map(|entry| (entry.attempt.trainee.to_string(), entry.state)).collect()
    }

    /// The next call of that name fails.
    fn fail_next(&self, call: &'static str) {
        let before = self.engine.calls().iter().filter(|made| *made == call).count();
        self.engine.fail(call, before + 1);
    }

    fn handouts(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path().join("handouts")).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn running(names: &[&str]) -> Vec<(String, State)> {
    names.iter().map(|name| ((*name).to_string(), State::Running)).collect()
}

fn attempts<T>(results: &[TaskResult<T>]) -> Vec<&T> {
    results.iter().map(|one| one.result.as_ref().unwrap()).collect()
}

async fn reset_by(scene: &Scene, course: &Course, who: Selection) -> Vec<TaskResult<Workspace>> {
    let request = ResetRequest { who, lab: None, source: EnvironmentSource::Pool };
    reset(&scene.services, course, &request).await.unwrap()
}

#[tokio::test]
async fn a_start_makes_what_is_missing_and_nothing_twice() {
    let scene = Scene::new();
    let Started { results, course } = scene.start(&["Ada", "Bob"]).await;
    assert_eq!((attempts(&results).len(), scene.states()), (2, running(&["ada", "bob"])));
    assert_eq!(scene.handouts(), ["ada.html", "ada.md", "bob.html", "bob.md", "index.html"]);
    assert_eq!(plan(&scene.services, scene.request(&["Ada", "Bob"])).await.unwrap().tasks, []);
    let joined = add(&scene.services, &course, &[Person { name: "Eve".into(), ..Person::default() }]).await.unwrap();
    assert_eq!(attempts(&joined.results)[0].attempt.trainee, "eve");
    assert_eq!(scene.states(), running(&["ada", "bob", "eve"]));
}

#[tokio::test]
async fn a_class_without_a_shell_is_warned_of_once() {
    let scene = Scene::new();
    scene.start(&["Ada", "Bob"]).await;
    let warned = |event: &&Event| matches!(event, Event::Warning(text) if text.contains("has no `ssh`"));
    assert_eq!(scene.events.lock().unwrap().iter().filter(warned).count(), 1);
}

#[tokio::test]
async fn pages_are_written_again_for_paper_and_for_mail() {
    let scene = Scene::new();
    let Started { course, .. } = scene.start(&["Ada", "Bob"]).await;
    let (store, labs) = (&scene.services.app.store, scene.services.labs.as_deref());
    let csv = scene.folder.path().join("mail.csv");
    let request = PagesRequest { print: true, csv: Some(csv.clone()) };
    let written = write_pages(store, &course, labs, &request).unwrap();
    let page = |name: &str| course.handouts.join(name);
    let expected = PagesWritten {
        pages: vec![page("ada.html"), page("bob.html")],
        print: Some(page("print.html")),
        csv: Some(csv.clone()),
        fingerprint: None,
    };
    assert_eq!(written, expected);
    assert_eq!(std::fs::read_to_string(csv).unwrap().lines().count(), 3);
    std::fs::write(page("print.html"), "old credentials").unwrap();
    write_pages(store, &course, labs, &PagesRequest::default()).unwrap();
    assert!(std::fs::read_to_string(page("print.html")).unwrap().contains("For <strong>Bob</strong>"));
}

#[tokio::test]
async fn one_that_fails_is_tried_again_and_keeps_nobody_else_from_a_start() {
    let scene = Scene::new();
    scene.fail_next("logs");
    let Started { results, .. } = scene.start(&["Ada", "Bob"]).await;
    assert_eq!(attempts(&results).iter().map(|one| one.attempt.trainee.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
    let events = scene.events.lock().unwrap();
    assert!(events.contains(&Event::Note("1 could not be started and are retried".into())), "{events:?}");
}

#[tokio::test]
async fn a_reset_starts_what_it_cannot_make_anew_whoever_asks_for_it() {
    for by_attempt in [false, true] {
        let scene = Scene::new();
        let Started { results, course } = scene.start(&["Ada", "Bob"]).await;
        let old = attempts(&results)[0].attempt.id.clone();
        scene.fail_next("create");
        let who = if by_attempt { Selection::Attempts(vec![old.clone()]) } else { Selection::of(&["Ada".into()]) };
        let results = reset_by(&scene, &course, who.clone()).await;
        let anew = attempts(&results);
        assert_eq!((anew.len(), anew[0].attempt.trainee.as_str(), anew[0].attempt.id == old), (1, "ada", false));
        let states = [vec![("ada".to_string(), State::Stopped)], running(&["bob", "ada"])].concat();
        assert_eq!(scene.states(), states);
        // What is gone is started by the next reset as well, and nobody else is touched.
        crate::lifecycle::stop(&scene.services.app, &anew[0].attempt.id).await.unwrap();
        assert_eq!(attempts(&reset_by(&scene, &course, who).await)[0].attempt.trainee, "ada");
        assert_eq!(
            scene.states()[1..],
            [running(&["bob"]), vec![("ada".into(), State::Stopped)], running(&["ada"])].concat()
        );
    }
}

#[tokio::test]
async fn a_reset_of_nobody_is_refused() {
    let scene = Scene::new();
    let Started { course, .. } = scene.start(&["Ada"]).await;
    let nobody = ResetRequest { who: Selection::Everybody, lab: Some("other".into()), source: EnvironmentSource::Pool };
    assert_eq!(reset(&scene.services, &course, &nobody).await.unwrap_err().kind, Kind::NotFound);
    let gone = Selection::Attempts(vec!["tiny-eve-abcd".into()]);
    assert_eq!(extend(&scene.services, &course, &gone, 5).await.unwrap_err().kind, Kind::NotFound);
    let stranger = Selection::of(&["Eve".into()]);
    assert_eq!(extend(&scene.services, &course, &stranger, 5).await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn time_is_given_to_those_who_are_chosen() {
    let scene = Scene::new();
    let Started { results, course } = scene.start(&["Ada", "Bob"]).await;
    let before = attempts(&results)[1].attempt.due.unwrap();
    let results = extend(&scene.services, &course, &Selection::of(&["bob".into()]), 15).await.unwrap();
    let extended = attempts(&results);
    assert_eq!((extended.len(), extended[0].attempt.trainee.as_str()), (1, "bob"));
    assert_eq!(extended[0].attempt.due.unwrap().duration_since(before).as_mins(), 15);
}

#[tokio::test]
async fn what_runs_is_left_alone_by_a_resume() {
    let scene = Scene::new();
    let Started { course, .. } = scene.start(&["Ada"]).await;
    let results = resume(&scene.services, &course, None).await.unwrap();
    assert_eq!(attempts(&results)[0].how, Resumption::Running);
}

#[tokio::test]
async fn a_grading_warns_of_a_lab_that_has_changed() {
    let scene = Scene::new();
    let Started { results, course } = scene.start(&["Ada"]).await;
    std::fs::write(scene.folder.path().join("labs/tiny/a.md"), "Help us!\n").unwrap();
    let who = Selection::Attempts(vec![attempts(&results)[0].attempt.id.clone()]);
    // What the checks would say, only a real engine knows.
    grade(&scene.services, &course, &who, None, |_| {}).await.unwrap();
    let events = scene.events.lock().unwrap();
    let warned = |event: &Event| matches!(event, Event::Warning(text) if text.contains("lab tiny has changed"));
    assert!(events.iter().any(warned), "{events:?}");
}

#[tokio::test]
async fn a_class_that_was_stopped_leaves_nothing_and_is_not_started_again() {
    let scene = Scene::new();
    let Started { course, .. } = scene.start(&["Ada", "Bob"]).await;
    let request = StopRequest { grading: LastGrading::Skip, jobs: None };
    let Stopped { graded, removed, kept } = stop(&scene.services, &course, request).await.unwrap();
    assert_eq!((graded.len(), removed.len(), kept.len()), (0, 2, 0));
    assert!(removed.iter().all(|one| one.result.is_ok()) && scene.engine.names().is_empty());
    let again = clear_and_plan(&scene.services, scene.request(&["Ada"])).await;
    assert_eq!(again.unwrap_err().kind, Kind::Conflict);
}
