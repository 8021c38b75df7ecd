//! The Debian base of all images: one that the engine has, else pulled, else built from the host's mirror.

use std::time::{Duration, Instant};

use futures_util::StreamExt;

use super::bootstrap::{self, Recipe};
use super::log::Log;
use super::{BASE, BaseSource, BuildEnv, Events, ImageEvent, ImageState, lock};
use crate::engine::{EngineError, Images};
use crate::error::{Error, Result};

/// Reference of the base in registries.
const UPSTREAM: &str = "debian:trixie-slim";

/// Time limit for the first answer of a registry: long enough for a slow one, short enough if there is none.
const FIRST_WORD: Duration = Duration::from_secs(8);

/// References that can serve as base, best first. The engine need not have them.
#[must_use]
pub fn candidates(env: &BuildEnv) -> Vec<String> {
    match &env.base_image {
        Some(chosen) => vec![chosen.clone()],
        None => Recipe::of_host(&env.host_root)
            .map(|recipe| recipe.reference)
            .into_iter()
            .chain([UPSTREAM.into()])
            .collect(),
    }
}

/// Provides a base, if the engine has none, and returns its reference.
pub async fn ensure(engine: &dyn Images, env: &BuildEnv, events: Events<'_>) -> Result<String> {
    if let Some(present) = find(engine, env).await? {
        events(ImageEvent::Base { source: BaseSource::Present, reference: present.clone() });
        return Ok(present);
    }
    if let Some(chosen) = &env.base_image {
        return Err(Error::not_found(format!("the engine has no image {chosen}, which was chosen as base"))
            .hint(format!("Get it with `docker pull {chosen}` or `docker load`, or unset BREAKFIX_BASE_IMAGE.")));
    }
    let recipe = Recipe::of_host(&env.host_root);
    let tag = recipe.as_ref().map_or("upstream", |recipe| tag_of(&recipe.reference));
    let waiting = || events(ImageEvent::Waiting { image: BASE.into() });
    let _lock = lock::acquire(&env.state, BASE, tag, waiting).await?;
    if let Some(made_meanwhile) = find(engine, env).await? {
        return Ok(made_meanwhile);
    }
    if let Some(Recipe { reference, .. }) = &recipe
        && env.image_state(engine, reference).await? == ImageState::Unknown
    {
        events(ImageEvent::Unknown { reference: reference.clone() });
    }
    make(engine, env, recipe.as_ref(), tag, events).await
}

async fn find(engine: &dyn Images, env: &BuildEnv) -> Result<Option<String>> {
    for reference in candidates(env) {
        if let ImageState::Ours(_) = env.image_state(engine, &reference).await? {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

async fn make(
    engine: &dyn Images,
    env: &BuildEnv,
    recipe: Option<&Recipe>,
    tag: &str,
    events: Events<'_>,
) -> Result<String> {
    let started = Instant::now();
    let mut log = Log::create(&env.state, BASE, tag)?;
    events(ImageEvent::Started { image: BASE.into(), log: log.path().into() });
    let reference = match pull(engine, &mut log, events).await {
        Ok(()) => UPSTREAM.to_string(),
        Err(no_registry) => {
            log.line(&format!("{UPSTREAM} could not be pulled: {no_registry}"), events);
            bootstrap(engine, env, recipe, &mut log, events)
                .await
                .map_err(|error| no_base(error, &no_registry, &log))?
        }
    };
    let elapsed = started.elapsed();
    events(ImageEvent::Finished { image: BASE.into(), reference: reference.clone(), elapsed });
    Ok(reference)
}

async fn pull(engine: &dyn Images, log: &mut Log, events: Events<'_>) -> Result<(), EngineError> {
    events(ImageEvent::Base { source: BaseSource::Pull, reference: UPSTREAM.into() });
    let silent = || EngineError::Image(format!("no registry answered within {} s", FIRST_WORD.as_secs()));
    let begin = async {
        let mut lines = engine.pull_image(UPSTREAM).await?;
        let first = lines.next().await;
        Ok((first, lines))
    };
    let (mut next, mut lines) = tokio::time::timeout(FIRST_WORD, begin).await.unwrap_or_else(|_| Err(silent()))?;
    while let Some(line) = next {
        log.line(&line?, events);
        next = lines.next().await;
    }
    match engine.find_image(UPSTREAM).await? {
        Some(_) => Ok(()),
        None => Err(EngineError::Image("the engine has pulled it but does not have it".into())),
    }
}

async fn bootstrap(
    engine: &dyn Images,
    env: &BuildEnv,
    recipe: Option<&Recipe>,
    log: &mut Log,
    events: Events<'_>,
) -> Result<String> {
    let no_mirror = || Error::environment("this machine's apt sources name no Debian mirror to make a base from");
    let recipe = recipe.ok_or_else(no_mirror)?;
    let reference = &recipe.reference;
    events(ImageEvent::Base { source: BaseSource::Bootstrap, reference: reference.clone() });
    let archive = bootstrap::run(recipe, &env.proxies, &mut |line| log.line(line, events)).await?;
    let imported = engine.import_image(reference, archive).await;
    imported.map_err(|cause| log.failure(cause))?;
    if !env.record(engine, reference).await? {
        return Err(Error::environment(format!("the engine imported {reference} and does not have it")));
    }
    Ok(reference.clone())
}

/// The error if pulling and building both failed: both reasons, and suggestions.
fn no_base(bootstrap: Error, no_registry: &EngineError, log: &Log) -> Error {
    let mut error = Error::environment(format!("there is no {UPSTREAM} to build on, and none could be obtained"));
    error.causes.push(format!("{UPSTREAM} could not be pulled: {no_registry}"));
    error.causes.push(bootstrap.to_string());
    error.hints = bootstrap.hints;
    let log = log.path().display();
    if !error.hints.iter().any(|hint| hint.contains("whole output")) {
        error.hints.push(format!("The whole output is in {log}"));
    }
    error.hint(format!(
        "Or get it by hand: `docker pull {UPSTREAM}`, or `docker load` where another machine has saved it; \
         BREAKFIX_BASE_IMAGE=NAME chooses any other Debian 13 image."
    ))
}

fn tag_of(reference: &str) -> &str {
    reference.rsplit(':').next().unwrap_or(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    use crate::engine::{ByteStream, FileStream, ImageBuild, ImageFacts, LineStream};
    use crate::image::Contexts;

    /// An engine without images on a network without a registry.
    struct Empty;

    #[async_trait::async_trait]
    impl Images for Empty {
        async fn find_image(&self, _: &str) -> Result<Option<ImageFacts>, EngineError> {
            Ok(None)
        }
        async fn list_images(&self) -> Result<Vec<ImageFacts>, EngineError> {
            Ok(vec![])
        }
        async fn images_in_use(&self) -> Result<BTreeSet<String>, EngineError> {
            Ok(BTreeSet::new())
        }
        async fn pull_image(&self, _: &str) -> Result<LineStream, EngineError> {
            Err(EngineError::Image("no such host".into()))
        }
        async fn import_image(&self, _: &str, _: tokio::fs::File) -> Result<(), EngineError> {
            unreachable!("nothing is there to import")
        }
        async fn build_image(&self, _: &ImageBuild) -> Result<LineStream, EngineError> {
            unreachable!("a base is not built")
        }
        async fn save_images(&self, _: &[String]) -> Result<ByteStream, EngineError> {
            unreachable!("nothing is there to save")
        }
        async fn load_images(&self, _: FileStream) -> Result<(), EngineError> {
            unreachable!("a base is not loaded")
        }
        async fn remove_image(&self, _: &str) -> Result<(), EngineError> {
            Ok(())
        }
    }

    async fn refused(base_image: Option<&str>) -> (Error, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let mut env = BuildEnv::new(folder.path().into(), &BTreeMap::new());
        env.contexts = Contexts::default();
        env.host_root = folder.path().join("no-debian");
        env.base_image = base_image.map(Into::into);
        (ensure(&Empty, &env, &|_| {}).await.unwrap_err(), folder.path().into())
    }

    #[tokio::test]
    async fn without_registry_and_mirror_both_ways_are_told_and_what_to_type() {
        let (error, state) = refused(None).await;
        assert_eq!(
            error.to_string(),
            "there is no debian:trixie-slim to build on, and none could be obtained: \
             debian:trixie-slim could not be pulled: no such host: \
             this machine's apt sources name no Debian mirror to make a base from"
        );
        let log = format!("The whole output is in {}/logs/build-base-upstream.log", state.display());
        let by_hand = "Or get it by hand: `docker pull debian:trixie-slim`, or `docker load` where another machine has saved it; \
                       BREAKFIX_BASE_IMAGE=NAME chooses any other Debian 13 image.";
        assert_eq!(error.hints, [log, by_hand.to_string()]);
    }

    #[tokio::test]
    async fn a_chosen_base_that_is_not_there_is_not_replaced_by_another() {
        let (error, _) = refused(Some("mine:1")).await;
        assert_eq!(error.to_string(), "the engine has no image mine:1, which was chosen as base");
        let hint = "Get it with `docker pull mine:1` or `docker load`, or unset BREAKFIX_BASE_IMAGE.";
        assert_eq!(error.hints, [hint]);
    }
}
