//! The contract image: GitLab's image contract without a GitLab, so that an environment is up in a second.
//!
//! It is made by the library's own builder and carries its labels: `breakfix image prune` removes it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use breakfix::engine::docker::Docker;
use breakfix::image::context::Context;
use breakfix::image::{BuildEnv, Known, ensure};

/// One thread builds, the others find what it built.
static BUILDING: Mutex<()> = Mutex::new(());

/// Reference of the image that behaves in this way; see `gitlab-ctl` in `tests/contexts/contract` for the ways.
pub fn image(engine: &Docker, runtime: &tokio::runtime::Runtime, behaviour: Option<&str>) -> String {
    let name = behaviour.map_or("contract".into(), |behaviour| format!("contract-{behaviour}"));
    made(engine, runtime, &name, behaviour)
}

/// Reference of the probe's image, which is no GitLab.
pub fn probe(engine: &Docker, runtime: &tokio::runtime::Runtime) -> String {
    made(engine, runtime, "probe", None)
}

/// Reference of the image with the clients that people have.
pub fn client(engine: &Docker, runtime: &tokio::runtime::Runtime) -> String {
    made(engine, runtime, "client", None)
}

fn made(engine: &Docker, runtime: &tokio::runtime::Runtime, name: &str, behaviour: Option<&str>) -> String {
    let _one = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let state = tempfile::tempdir().unwrap();
    let mut env = BuildEnv::new(state.path().into(), &std::env::vars().collect());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contexts");
    env.known = Known::at(super::known_images());
    env.contexts = env.contexts.overridden_by(&folder).unwrap();
    if let Some(behaviour) = behaviour {
        env.contexts.0.insert(name.into(), variant(behaviour));
    }
    let built = runtime.block_on(ensure(Arc::new(engine.clone()), &[name], &env, &|_| {}));
    built.unwrap_or_else(|error| panic!("{error:?}")).remove(name).unwrap()
}

fn variant(behaviour: &str) -> Context {
    let dockerfile = format!("ARG FROM_CONTRACT\nFROM ${{FROM_CONTRACT}}\nENV CONTRACT={behaviour}\n");
    Context { files: BTreeMap::from([("Dockerfile".to_string(), dockerfile.into_bytes())]) }
}
