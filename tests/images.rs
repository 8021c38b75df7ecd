//! Images on a real engine. Each test uses names of its own and removes every image it made.

mod support;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use breakfix::engine::docker::Docker;
use breakfix::engine::labels::DIGEST;
use breakfix::engine::{Images, labels};
use breakfix::image::archive::{self, Key, Names, Progress};
use breakfix::image::context::Context;
use breakfix::image::inventory::{self, ImageStatus, InventoryEntry, PruneInput, PruneScope};
use breakfix::image::{BuildEnv, Contexts, ImageEvent, Known, ensure};
use futures_util::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use support::desk::{Desk, finish, text};
use tokio::runtime::Handle;
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
        env.known = Known::at(state.path().join("images.json"));
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
            ImageEvent::Unknown { reference } => Some(format!("unknown {reference}")),
            ImageEvent::UnreadableRecord { why } => Some(why),
            ImageEvent::Base { .. } | ImageEvent::Step { .. } | ImageEvent::Output { .. } => None,
        };
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        events.into_iter().filter_map(tell).filter(|line| !line.ends_with(" base")).collect()
    }

    /// What there is to prune, among the images of this test only.
    async fn facts(&self) -> PruneInput {
        let mut facts = inventory::prune_input(self.engine.as_ref(), &self.env).await.unwrap();
        facts.images.retain(|image| self.names.contains(&image.name));
        facts
    }

    async fn inventory(&self) -> Vec<InventoryEntry> {
        self.facts().await.images
    }

    async fn id(&self, reference: &str) -> String {
        self.engine.find_image(reference).await.unwrap().unwrap().id
    }

    async fn remove_all(&self) {
        let plan = inventory::prune_plan(&self.facts().await, PruneScope::All);
        inventory::prune(self.engine.as_ref(), plan).await.unwrap();
        assert_eq!(self.inventory().await, [], "images are left");
    }
}

async fn base(engine: Arc<Docker>) -> String {
    let mut env = BuildEnv::new(env!("CARGO_TARGET_TMPDIR").into(), &std::env::vars().collect());
    env.known = Known::at(support::known_images());
    let mut made = ensure(engine, &["base"], &env, &|event| println!("{event:?}")).await.unwrap();
    made.remove("base").unwrap()
}

/// Runs a test, then cleans up whatever its outcome.
async fn on_an_engine(test: impl AsyncFnOnce(&mut Scene)) {
    let mut scene = Scene::new(Arc::new(support::engine().await)).await;
    let outcome = AssertUnwindSafe(test(&mut scene)).catch_unwind().await;
    scene.remove_all().await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a container engine"]
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

        let images: Vec<_> = scene.inventory().await.into_iter().map(|image| (image.reference, image.status)).collect();
        let expected = [(second[&name].clone(), ImageStatus::Current), (first[&name].clone(), ImageStatus::Stale)];
        assert_eq!(images, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a container engine"]
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
#[ignore = "needs a container engine"]
async fn a_failing_step_is_reported_with_its_last_lines_and_the_log() {
    on_an_engine(async |scene| {
        let name = scene.add("echo about to fail && exit 7");
        let error = scene.ensure(&[&name]).await.unwrap_err();
        assert_eq!(error.message, format!("the image {name} could not be created"));
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
        let statuses: Vec<_> = scene.inventory().await.into_iter().map(|image| image.status).collect();
        assert!(statuses.iter().all(|status| *status == ImageStatus::Leftover), "{statuses:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a container engine"]
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
#[ignore = "needs a container engine"]
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
        let label = format!("{}={name}", labels::IMAGE);
        let containers = || Handle::current().block_on(support::containers_with(&label));
        tokio::task::block_in_place(|| {
            let gone = || containers().is_empty();
            support::eventually(Duration::from_secs(30), "the step's container is gone", gone);
        });
        let images: Vec<_> = scene.inventory().await.into_iter().map(|image| image.status).collect();
        assert_eq!(images, [ImageStatus::Leftover]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a container engine"]
async fn another_image_under_our_name_is_not_ours() {
    on_an_engine(async |scene| {
        let name = scene.add("echo genuine > /hello");
        let reference = scene.ensure(&[&name]).await.unwrap().remove(&name).unwrap();
        let genuine = scene.id(&reference).await;
        scene.told();

        let other = scene.env.base_image.clone().unwrap();
        support::tag(&other, &reference).await;
        assert_ne!(scene.id(&reference).await, genuine);
        scene.ensure(&[&name]).await.unwrap();
        let expected = [format!("unknown {reference}"), format!("started {name}"), format!("finished {name}")];
        assert_eq!(scene.told(), expected);
        assert_eq!((scene.id(&reference).await, statuses(scene).await), (genuine.clone(), vec![ImageStatus::Current]));

        // To somebody with another state folder the genuine one is as unknown, until they trust it.
        scene.env.known = Known::at(scene.env.state.join("nobody.json"));
        assert_eq!(statuses(scene).await, [ImageStatus::Unknown]);
        assert!(!scene.env.known.has(&reference, &genuine));
        let facts = scene.facts().await;
        let kept = |scope| inventory::prune_plan(&facts, scope).remove(0).kept;
        assert_eq!((kept(PruneScope::Obsolete).as_deref(), kept(PruneScope::All)), (Some("another installation may have built it"), None));
        scene.env.known.record(&[(reference.clone(), genuine.clone())]).unwrap();
        assert_eq!(statuses(scene).await, [ImageStatus::Current]);

        std::fs::write(scene.env.state.join("nobody.json"), "[]").unwrap();
        scene.ensure(&[&name]).await.unwrap();
        let trouble = scene.told().remove(0);
        let expected = "nobody.json cannot be read, so no image counts as made here, and what is needed is built again: \
                        invalid type: sequence, expected a map at line 1 column 0";
        assert!(trouble.ends_with(expected), "{trouble}");
        assert!(scene.env.known.has(&reference, &genuine));
    })
    .await;
}

async fn statuses(scene: &Scene) -> Vec<ImageStatus> {
    scene.inventory().await.into_iter().map(|image| image.status).collect()
}

async fn load(scene: &Scene, file: &Path) -> breakfix::error::Result<Names> {
    let opened = archive::open(file, &Key::new(Some(SECRET))?, &nobody())?;
    opened.load(scene.engine.as_ref(), &scene.env, &nobody()).await
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn nobody() -> Progress {
    Arc::new(|_, _| {})
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a container engine"]
async fn a_sealed_archive_brings_its_images_back_as_known() {
    on_an_engine(async |scene| {
        let name = scene.add("echo hello > /hello");
        let reference = scene.ensure(&[&name]).await.unwrap().remove(&name).unwrap();
        let names = Names::from([(reference.clone(), scene.id(&reference).await)]);
        let (file, key) = (scene.env.state.join("archive"), Key::new(Some(SECRET)).unwrap());
        let one = [reference.clone()];
        let saved = archive::save(scene.engine.as_ref(), &scene.env, &one, &key, &file, &nobody()).await.unwrap();
        assert_eq!(saved, names);
        scene.engine.remove_image(&reference).await.unwrap();
        assert_eq!(scene.engine.find_image(&reference).await.unwrap(), None);

        scene.env.known = Known::at(scene.env.state.join("other.json"));
        // Whoever has the key and seals another image under that id is found out when the engine has unpacked it.
        let lie = Names::from([(reference.clone(), format!("sha256:{}", "0".repeat(64)))]);
        let forged = scene.env.state.join("forged");
        std::fs::write(&forged, sealed_as(&std::fs::read(&file).unwrap(), &names, &lie)).unwrap();
        let error = load(scene, &forged).await.unwrap_err();
        let expected = format!(
            "the engine did not keep {reference} as it was saved: \
             it may store images in another way than the engine that they come from"
        );
        assert_eq!(error.to_string(), expected);
        assert!(!scene.env.known.has(&reference, &lie[&reference]));
        scene.engine.remove_image(&reference).await.unwrap();

        assert_eq!(load(scene, &file).await.unwrap(), names);
        assert_eq!(scene.id(&reference).await, names[&reference]);
        assert!(scene.env.known.has(&reference, &names[&reference]));
        scene.told();
        scene.ensure(&[&name]).await.unwrap();
        assert_eq!(scene.told(), Vec::<String>::new());

        // Nothing is given to the engine where it is not what this version uses.
        scene.engine.remove_image(&reference).await.unwrap();
        let context = scene.env.contexts.0.remove(&name).unwrap();
        let error = load(scene, &file).await.unwrap_err();
        let told = format!("{} holds {reference}, which this version does not start from", file.display());
        assert_eq!(error.to_string(), told);
        assert_eq!(scene.engine.find_image(&reference).await.unwrap(), None);
        scene.env.contexts.0.insert(name, context);
    })
    .await;
}

/// The archive with other names, sealed with the right key.
fn sealed_as(archive: &[u8], names: &Names, other: &Names) -> Vec<u8> {
    let head = |names| [b"breakfix images 1\n", serde_json::to_vec(names).unwrap().as_slice(), b"\n"].concat();
    let rest = &archive[head(names).len()..archive.len() - 32];
    let mut sealed = [&head(other), rest].concat();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&sealed);
    sealed.extend(mac.finalize().into_bytes());
    sealed
}

#[test]
#[ignore = "needs a container engine"]
fn archives_are_refused_in_words() {
    let desk = Desk::new();
    let file = desk.state().parent().unwrap().join("archive");
    let path = file.to_str().unwrap();
    let run = |args: &[&str], key: &str| {
        let mut command = desk.command(&[&["image"], args, &[path]].concat());
        command.env("BREAKFIX_CACHE_KEY", key);
        finish(command)
    };
    let made = "\ntry: Set it to a secret of at least 32 characters, the same one where images are saved and where they are \
                loaded. `openssl rand -hex 32` makes one.\n";
    run(&["save"], "").exits(2).complains(&format!("error: BREAKFIX_CACHE_KEY is not set{made}"));
    run(&["load"], "too short")
        .exits(2)
        .complains(&format!("error: BREAKFIX_CACHE_KEY is too short: 9 characters{made}"));
    assert!(!file.exists());
    let missing = format!("error: {path} cannot be read\n  because: No such file or directory (os error 2)\n");
    run(&["load"], SECRET).exits(2).complains(&missing);
    std::fs::write(&file, "an image, says whoever committed it").unwrap();
    let other = format!("error: {path} was not made by `breakfix image save`\n");
    run(&["load"], SECRET).exits(2).complains(&other);
    std::fs::write(
        &file,
        "breakfix images 1\n{\"breakfix/gitlab:0\":\"sha256:0\"}\nthe seal was left out, or was cut off",
    )
    .unwrap();
    let wrong = format!(
        "error: the seal of {path} is wrong\n  because: it was cut off or changed, or sealed with another \
         BREAKFIX_CACHE_KEY\ntry: `breakfix image build` builds the images, `breakfix image save` saves them again.\n"
    );
    run(&["load"], SECRET).exits(2).complains(&wrong);
}

/// The images of this test have names of their own, since their base has.
#[test]
#[ignore = "needs a container engine"]
fn a_start_replaces_a_forged_probe_and_runs_the_one_that_it_verified() {
    let desk = Desk::new();
    let base = format!("breakfix-test-{}:1", std::process::id());
    let made = desk.runtime.block_on(base_of(&desk));
    let known = desk.state().parent().unwrap().join("images.json");
    let contract = desk.image();
    std::fs::copy(support::known_images(), &known).unwrap();
    let other = format!("breakfix/test-{}:1", std::process::id());
    for (image, name) in [(&made, &base), (&contract, &other)] {
        desk.runtime.block_on(support::tag(image, name));
    }
    let run = |args: &[&str]| {
        let mut command = desk.command(args);
        command.env("BREAKFIX_BASE_IMAGE", &base).env("BREAKFIX_KNOWN_IMAGES", &known);
        finish(command)
    };
    let built = run(&["--json", "image", "build", "probe"]).exits(0).json();
    let probe = text(&built["probe"]).to_string();
    let id = || desk.runtime.block_on(desk.engine.find_image(&probe)).unwrap().unwrap().id;
    let genuine = id();
    let forge = || desk.runtime.block_on(support::tag(&contract, &probe));
    let status = || {
        let images = run(&["--json", "image", "list"]).exits(0).json();
        let of = images.as_array().unwrap().iter().find(|image| image["reference"] == probe.as_str());
        of.map_or(Value::Null, |image| image["status"].clone())
    };
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| {
        forge();
        assert_ne!(id(), genuine);
        assert_eq!(status(), "unknown");
        let note = format!("the engine has {probe}, but this installation did not build it; building it again\n");
        let started = run(&["--json", "start", "mini", "--image", &contract, "--seed", "s"]).exits(0).mentions(&note);
        assert_eq!((id(), status()), (genuine.clone(), json!("current")));
        let attempt = text(&started.json()["attempt"]).to_string();
        let probe_container = format!("breakfix-{attempt}-probe");
        assert_eq!(desk.runtime.block_on(support::image_of(&probe_container)), genuine);

        // A reset goes by the names that are known at that moment.
        forge();
        run(&["reset"]).exits(0).mentions(&note);
        assert_eq!(desk.runtime.block_on(support::image_of(&probe_container)), genuine);
        run(&["stop"]).exits(0);

        // Whoever chooses an image of that name gets what was made here or nothing.
        let chosen = run(&["start", "mini", "--image", &other]).exits(3);
        let complaint = format!(
            "error: the image {other} cannot be used\n  because: the engine has {other}, but this installation did not \
             build it\ntry: `breakfix image build` builds the current images again; `breakfix image trust` accepts those that \
             the engine has, if you trust everybody who uses it.\n"
        );
        chosen.complains(&complaint);
    }));
    for reference in [&probe, &other, &base] {
        desk.runtime.block_on(desk.engine.remove_image(reference)).unwrap();
    }
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

async fn base_of(desk: &Desk) -> String {
    base(Arc::new(desk.engine.clone())).await
}
