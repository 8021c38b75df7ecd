//! Images on a real engine. Each test uses names of its own and removes every image it made.

mod support;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use breakfix::engine::docker::Docker;
use breakfix::engine::{Images, labels};
use breakfix::image::context::Context;
use breakfix::image::stock::{self, Facts, Status, Stocked};
use breakfix::image::{BuildEnv, Contexts, DIGEST, ImageEvent, ensure};
use futures_util::FutureExt;
use tokio::sync::{Notify, OnceCell};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// One base for all tests of this file.
static BASE: OnceCell<String> = OnceCell::const_new();

/// A state folder and contexts of its own on the shared engine.
struct Scene {
    engine: Arc<Docker>,
    env: BuildEnv,
    _state: tempfile::TempDir,
    events: Mutex<Vec<ImageEvent>>,
    names: Vec<String>,
}

impl Scene {
    async fn new(engine: Arc<Docker>) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut env = BuildEnv::new(state.path().into(), &std::env::vars().collect());
        env.base_image = Some(BASE.get_or_init(|| base(engine.clone())).await.clone());
        env.contexts = Contexts::default();
        Self { engine, env, _state: state, events: Mutex::default(), names: vec![] }
    }

    /// Adds a context on the base whose image does `run`; gives its name.
    fn add(&mut self, run: &str) -> String {
        self.add_on("base", run)
    }

    fn add_on(&mut self, need: &str, run: &str) -> String {
        let name = format!("test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let from = breakfix::image::dockerfile::argument(need);
        let dockerfile = format!("ARG {from}\nFROM ${{{from}}}\nRUN : {name} && {run}\n");
        let files = BTreeMap::from([("Dockerfile".to_string(), dockerfile.into_bytes())]);
        self.env.contexts.0.insert(name.clone(), Context { files });
        self.names.push(name.clone());
        name
    }

    async fn ensure(&self, wanted: &[&str]) -> breakfix::error::Result<BTreeMap<String, String>> {
        let keep = |event| self.events.lock().unwrap().push(event);
        ensure(self.engine.clone(), wanted, &self.env, &keep).await
    }

    /// What was told since the last call, without output and times.
    fn told(&self) -> Vec<String> {
        let tell = |event| match event {
            ImageEvent::Waiting { image } => Some(format!("waiting {image}")),
            ImageEvent::Started { image, .. } => Some(format!("started {image}")),
            ImageEvent::Finished { image, .. } => Some(format!("finished {image}")),
            ImageEvent::Base { .. } | ImageEvent::Step { .. } | ImageEvent::Output { .. } => None,
        };
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        events.into_iter().filter_map(tell).filter(|line| !line.ends_with(" base")).collect()
    }

    /// What there is to prune, among the images of this test only.
    async fn facts(&self) -> Facts {
        let mut facts = stock::facts(self.engine.as_ref(), &self.env).await.unwrap();
        facts.images.retain(|image| self.names.contains(&image.name));
        facts
    }

    async fn stock(&self) -> Vec<Stocked> {
        self.facts().await.images
    }

    async fn remove_all(&self) {
        let plan = stock::prune_plan(&self.facts().await, true);
        stock::prune(self.engine.as_ref(), plan).await.unwrap();
        assert_eq!(self.stock().await, [], "images are left");
    }
}

async fn base(engine: Arc<Docker>) -> String {
    let env = BuildEnv::new(env!("CARGO_TARGET_TMPDIR").into(), &std::env::vars().collect());
    let mut made = ensure(engine, &["base"], &env, &|event| println!("{event:?}")).await.unwrap();
    made.remove("base").unwrap()
}

/// Runs a test, then cleans up whatever its outcome.
async fn on_an_engine(test: impl AsyncFnOnce(&mut Scene)) {
    if let Some(engine) = support::engine().await {
        let mut scene = Scene::new(Arc::new(engine)).await;
        let outcome = AssertUnwindSafe(test(&mut scene)).catch_unwind().await;
        scene.remove_all().await;
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_context_is_never_built_again_an_edited_one_is() {
    on_an_engine(async |scene| {
        let name = scene.add("echo hello > /hello");
        let first = scene.ensure(&[&name]).await.unwrap();
        assert_eq!(scene.told(), [format!("started {name}"), format!("finished {name}")]);
        let facts = scene.engine.find_image(&first[&name]).await.unwrap().unwrap();
        assert_eq!(facts.labels[labels::IMAGE], name);
        assert_eq!(first[&name], format!("breakfix/{name}:{}", &facts.labels[DIGEST][..12]));

        assert_eq!(scene.ensure(&[&name]).await.unwrap(), first);
        assert_eq!(scene.told(), Vec::<String>::new());

        let context = scene.env.contexts.0.get_mut(&name).unwrap();
        context.files.insert("motd".into(), b"edited".to_vec());
        let second = scene.ensure(&[&name]).await.unwrap();
        assert_ne!(second, first);
        assert_eq!(scene.told(), [format!("started {name}"), format!("finished {name}")]);

        let stock: Vec<_> = scene.stock().await.into_iter().map(|image| (image.reference, image.status)).collect();
        let expected = [(second[&name].clone(), Status::Current), (first[&name].clone(), Status::Stale)];
        assert_eq!(stock, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dependant_is_built_on_the_image_it_names() {
    on_an_engine(async |scene| {
        let first = scene.add("echo one > /chain");
        let second = scene.add_on(&first, "grep one /chain && echo two >> /chain");
        scene.ensure(&[&second]).await.unwrap();
        let expected = [&first, &second].map(|name| [format!("started {name}"), format!("finished {name}")]).concat();
        assert_eq!(scene.told(), expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_step_is_told_with_its_last_lines_and_the_log() {
    on_an_engine(async |scene| {
        let name = scene.add("echo about to fail && exit 7");
        let error = scene.ensure(&[&name]).await.unwrap_err();
        assert_eq!(error.message, format!("the image {name} could not be made"));
        let words =
            format!("The command '/bin/sh -c : {name} && echo about to fail && exit 7' returned a non-zero code: 7");
        assert_eq!(error.causes[0], words);
        let stable = |line: &&str| !line.starts_with("  |  --->") && !line.contains("intermediate container");
        // Builders differ in how they count the labels that come with the request.
        let uncounted = |line: &str| line.replace("/6 :", " :").replace("/5 :", " :");
        let ending: Vec<_> = error.causes[1].lines().filter(stable).map(uncounted).collect();
        let from = "${FROM_BASE}";
        let expected = [
            "the output ended with".to_string(),
            "  | Step 1 : ARG FROM_BASE".into(),
            format!("  | Step 2 : FROM {from}"),
            format!("  | Step 3 : LABEL dev.breakfix.image={name}"),
            format!("  | Step 4 : RUN : {name} && echo about to fail && exit 7"),
            "  | about to fail".into(),
        ];
        assert_eq!(ending, expected);
        let path = error.hints[0].strip_prefix("The whole output is in ").unwrap();
        let log = std::fs::read_to_string(path).unwrap();
        assert!(log.contains("\nabout to fail\n") && log.ends_with(&format!("\n{words}\n")), "{log}");
        assert!(Path::new(path).starts_with(scene.env.state.join("logs")));
        let statuses: Vec<_> = scene.stock().await.into_iter().map(|image| image.status).collect();
        assert!(statuses.iter().all(|status| *status == Status::Leftover), "{statuses:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_build_once() {
    on_an_engine(async |scene| {
        let name = scene.add("sleep 2");
        let wanted = [name.as_str()];
        let (one, two) = tokio::join!(scene.ensure(&wanted), scene.ensure(&wanted));
        assert_eq!(one.unwrap(), two.unwrap());
        let mut told = scene.told();
        told.sort();
        assert_eq!(told, [format!("finished {name}"), format!("started {name}"), format!("waiting {name}")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_build_ends_at_the_engine_and_leaves_no_tag() {
    on_an_engine(async |scene| {
        let name = scene.add("echo under way && sleep 600");
        let under_way = Notify::new();
        let watch = |event| {
            if matches!(&event, ImageEvent::Output { line, .. } if line == "under way") {
                under_way.notify_one();
            }
        };
        let wanted = [name.as_str()];
        tokio::select! {
            done = ensure(scene.engine.clone(), &wanted, &scene.env, &watch) => panic!("it ended: {done:?}"),
            () = under_way.notified() => {}
        }
        support::eventually(Duration::from_secs(30), "the step's container is gone", || {
            let label = format!("{}={name}", labels::IMAGE);
            async move { support::containers_with(&label).await.is_empty() }
        })
        .await;
        let stock: Vec<_> = scene.stock().await.into_iter().map(|image| image.status).collect();
        assert_eq!(stock, [Status::Leftover]);
    })
    .await;
}
