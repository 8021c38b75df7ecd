//! Preparation: checks the engine, and builds or pulls missing images.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;

use super::ImageSet;
use super::machines::contexts;
use crate::engine::{ImageFacts, labels};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::host::Host;
use crate::image::known::unknown;
use crate::image::{self, BaseSource, BuildEnv, ImageEvent, REPOSITORY};
use crate::platform::Platform;

/// Build context of the training image.
const GITLAB: &str = "gitlab";

/// Checks the engine, and builds or pulls images that are missing. `image` selects a GitLab other than ours.
pub async fn prepare(host: &Host, image: Option<&str>, env: &BuildEnv) -> Result<ImageSet> {
    fit(host).await?;
    let Some(reference) = image else {
        let mut ours = build_all(host, env).await?;
        let gitlab = ours.remove(GITLAB).unwrap_or_default();
        return Ok(ImageSet { gitlab, platform: Platform::Light, ours });
    };
    let ours = build(host, &contexts().into_iter().collect::<Vec<_>>(), env).await?;
    let facts = fetch(host, reference).await?;
    if reference.starts_with(REPOSITORY) && !host.known.has(reference, &facts.id) {
        return Err(unknown(reference));
    }
    Ok(ImageSet { gitlab: reference.into(), platform: platform(reference, &facts)?, ours })
}

/// Builds all images that environments start from. Returns their references by build context.
pub async fn build_all(host: &Host, env: &BuildEnv) -> Result<BTreeMap<String, String>> {
    let wanted: Vec<&str> = std::iter::once(GITLAB).chain(contexts()).collect();
    build(host, &wanted, env).await
}

/// Builds images, and reports progress. Returns their references by build context.
pub async fn build(host: &Host, wanted: &[&str], env: &BuildEnv) -> Result<BTreeMap<String, String>> {
    let events = host.events.clone();
    let tell = move |event: ImageEvent| translate(event).into_iter().for_each(|event| events(event));
    let work = image::ensure(Arc::clone(&host.images), wanted, env, &tell);
    host.cancel.run_until_cancelled(work).await.ok_or_else(Error::interrupted)?
}

fn translate(event: ImageEvent) -> Option<Event> {
    let step = Step::Image;
    Some(match event {
        ImageEvent::Unknown { reference } => Event::Note(format!(
            "the engine has {reference}, but this installation did not build it; building it again"
        )),
        ImageEvent::UnreadableRecord { why } => Event::Warning(why),
        ImageEvent::Waiting { image } => {
            Event::Progress(step(image), "another breakfix process is building it; waiting".into())
        }
        ImageEvent::Base { source: BaseSource::Pull, reference } => {
            Event::Progress(step("base".into()), format!("asking the registry for {reference}"))
        }
        ImageEvent::Base { source: BaseSource::Bootstrap, .. } => {
            Event::Progress(step("base".into()), "building it from this machine's Debian mirror".into())
        }
        ImageEvent::Started { image, .. } => Event::Started(step(image)),
        ImageEvent::Step { image, n, of, line } => Event::Progress(step(image), format!("[{n}/{of}] {line}")),
        ImageEvent::Base { source: BaseSource::Present, .. } | ImageEvent::Output { .. } => return None,
        ImageEvent::Finished { image, .. } => Event::Finished(step(image)),
    })
}

async fn fit(host: &Host) -> Result<()> {
    let about = host.engine.about().await.context(|| "the container engine cannot be used".into())?;
    if about.product != "Docker" {
        host.emit(Event::Warning(format!(
            "{} {} is not Docker: breakfix is not tested with it, and networks and limits may behave differently",
            about.product, about.version
        )));
    }
    let needed = Platform::Light.profile().memory / 2;
    if about.memory > 0 && about.memory < needed {
        return Err(Error::environment(format!(
            "the engine has {} MiB of memory; one environment needs {} MiB",
            about.memory >> 20,
            needed >> 20
        ))
        .hint("Give the engine more memory (in Docker Desktop: Settings, Resources)."));
    }
    Ok(())
}

async fn fetch(host: &Host, reference: &str) -> Result<ImageFacts> {
    let find = || host.images.find_image(reference);
    let cannot = || format!("the image {reference} cannot be used");
    if let Some(facts) = find().await.context(cannot)? {
        return Ok(facts);
    }
    let step = Step::Image(reference.into());
    host.step(step.clone(), async {
        let mut lines = host.images.pull_image(reference).await.context(cannot)?;
        while let Some(line) = lines.next().await {
            host.emit(Event::Progress(step.clone(), line.context(cannot)?));
        }
        Ok(())
    })
    .await?;
    find()
        .await
        .context(cannot)?
        .ok_or_else(|| Error::environment(cannot()).because("the engine does not have it after pulling it"))
}

/// Recognises an image by its metadata: ours carries a label, GitLab's declares three volumes.
fn platform(reference: &str, facts: &ImageFacts) -> Result<Platform> {
    if facts.labels.get(labels::IMAGE).is_some_and(|name| name == GITLAB) {
        return Ok(Platform::Light);
    }
    let volumes = ["/etc/gitlab", "/var/log/gitlab", "/var/opt/gitlab"];
    if volumes.iter().all(|volume| facts.volumes.iter().any(|declared| declared == volume)) && !facts.command.is_empty()
    {
        return Ok(Platform::GitlabCe);
    }
    Err(Error::invalid(format!("{reference} is not a GitLab image"))
        .because(format!("it does not declare the volumes {} and a command", volumes.join(", ")))
        .hint("Use gitlab/gitlab-ce:<tag>, or leave --image out for the training image."))
}
