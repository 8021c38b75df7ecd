//! Builds missing images: independent ones concurrently, dependent ones in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt, Shared, try_join_all};
use tokio::sync::Semaphore;

use super::log::Log;
use super::plan::{Planned, plan};
use super::{BASE, BuildEnv, Events, ImageEvent, ImageState, base, lock};
use crate::engine::{EngineError, Images};
use crate::error::{Error, Result};

/// Number of concurrent builds. Two of them keep both the processor and the package mirror busy.
const AT_ONCE: usize = 2;

type Building<'a> = Shared<BoxFuture<'a, Result<()>>>;

/// Builds the images of `wanted` that are missing or unknown, and returns all references by name.
///
/// Dropping the future cancels the builds: the engine stops a build when its client disconnects.
pub async fn ensure(
    engine: Arc<dyn Images>,
    wanted: &[&str],
    env: &BuildEnv,
    events: Events<'_>,
) -> Result<BTreeMap<String, String>> {
    if let Some(why) = env.known.read_error() {
        events(ImageEvent::UnreadableRecord { why });
    }
    for base in base::candidates(env) {
        let images = plan(&env.contexts, wanted, &base)?;
        let references = references(&images, wanted, &base);
        if all_present(engine.as_ref(), references.values(), env).await? {
            return Ok(references);
        }
    }
    let base = base::ensure(engine.as_ref(), env, events).await?;
    let images = plan(&env.contexts, wanted, &base)?;
    make_all(engine.as_ref(), &images, env, events).await?;
    Ok(references(&images, wanted, &base))
}

fn references(images: &[Planned], wanted: &[&str], base: &str) -> BTreeMap<String, String> {
    let made = images.iter().map(|image| (image.name.clone(), image.build.reference.clone()));
    let all = made.chain([(BASE.to_string(), base.to_string())]);
    all.filter(|(name, _)| wanted.contains(&name.as_str())).collect()
}

async fn all_present(engine: &dyn Images, references: impl Iterator<Item = &String>, env: &BuildEnv) -> Result<bool> {
    for reference in references {
        if !is_present(engine, reference, env).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn is_present(engine: &dyn Images, reference: &str, env: &BuildEnv) -> Result<bool> {
    Ok(matches!(env.image_state(engine, reference).await?, ImageState::Ours(_)))
}

async fn make_all(engine: &dyn Images, images: &[Planned], env: &BuildEnv, events: Events<'_>) -> Result<()> {
    let slots = Semaphore::new(AT_ONCE);
    let mut started: BTreeMap<&str, Building> = BTreeMap::new();
    for image in images {
        let needed: Vec<Building> = image.needs.iter().filter_map(|need| started.get(need.as_str()).cloned()).collect();
        let slots = &slots;
        let making = async move {
            try_join_all(needed).await?;
            let _slot = slots.acquire().await;
            make(engine, image, env, events).await
        };
        started.insert(&image.name, making.boxed().shared());
    }
    try_join_all(started.into_values()).await.map(|_| ())
}

async fn make(engine: &dyn Images, image: &Planned, env: &BuildEnv, events: Events<'_>) -> Result<()> {
    let reference = &image.build.reference;
    if is_present(engine, reference, env).await? {
        return Ok(());
    }
    let tag = reference.rsplit(':').next().unwrap_or_default();
    let waiting = || events(ImageEvent::Waiting { image: image.name.clone() });
    let _lock = lock::acquire(&env.state, &image.name, tag, waiting).await?;
    match env.image_state(engine, reference).await? {
        ImageState::Ours(_) => return Ok(()),
        ImageState::Unknown => events(ImageEvent::Unknown { reference: reference.clone() }),
        ImageState::Missing => {}
    }
    let started = Instant::now();
    let mut log = Log::create(&env.state, &image.name, tag)?;
    events(ImageEvent::Started { image: image.name.clone(), log: log.path().into() });
    run(engine, image, env, &mut log, events).await.map_err(|cause| log.failure(cause))?;
    let (image, elapsed) = (image.name.clone(), started.elapsed());
    if !env.record(engine, reference).await? {
        return Err(Error::environment(format!("the engine built {reference}, but does not have it"))
            .hint(format!("The whole output is in {}", log.path().display())));
    }
    events(ImageEvent::Finished { image, reference: reference.clone(), elapsed });
    Ok(())
}

async fn run(
    engine: &dyn Images,
    image: &Planned,
    env: &BuildEnv,
    log: &mut Log,
    events: Events<'_>,
) -> Result<(), EngineError> {
    let mut build = image.build.clone();
    // Builders predefine these arguments: they become part of neither the image nor the cache key.
    build.args.extend(env.proxies.clone());
    let mut lines = engine.build_image(&build).await?;
    while let Some(line) = lines.next().await {
        log.line(&line?, events);
    }
    Ok(())
}
