//! Before anything is created: is the engine fit, and are the images there?

use std::sync::Arc;

use futures_util::StreamExt;

use crate::app::App;
use crate::engine::{ImageFacts, labels};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::image::known::unknown;
use crate::image::{self, BaseSource, BuildEnv, ImageEvent, REPOSITORY};
use crate::lab::{Lab, Platform};
use crate::plan;

/// The images of an environment.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Reference of GitLab's image.
    pub image: String,
    /// What it is.
    pub platform: Platform,
    /// Reference of the probe's image.
    pub probe_image: String,
}

/// Looks at the engine and makes the images that are missing. `image` chooses another GitLab than ours.
pub async fn prepare(app: &App, image: Option<&str>, env: &BuildEnv) -> Result<Prepared> {
    fit(app).await?;
    let wanted: &[&str] = if image.is_some() { &["probe"] } else { &["gitlab", "probe"] };
    let mut built = build(app, wanted, env).await?;
    let probe_image = built.remove("probe").unwrap_or_default();
    let Some(reference) = image else {
        let image = built.remove("gitlab").unwrap_or_default();
        return Ok(Prepared { image, platform: Platform::Light, probe_image });
    };
    let facts = fetch(app, reference).await?;
    if reference.starts_with(REPOSITORY) && !app.known.has(reference, &facts.id) {
        return Err(unknown(reference));
    }
    Ok(Prepared { image: reference.into(), platform: platform(reference, &facts)?, probe_image })
}

/// Makes our own images, telling how far they are.
pub async fn build(app: &App, wanted: &[&str], env: &BuildEnv) -> Result<std::collections::BTreeMap<String, String>> {
    let events = app.events.clone();
    let tell = move |event: ImageEvent| translate(event).into_iter().for_each(|event| events(event));
    let work = image::ensure(Arc::clone(&app.images), wanted, env, &tell);
    app.cancel.run_until_cancelled(work).await.ok_or_else(Error::interrupted)?
}

fn translate(event: ImageEvent) -> Option<Event> {
    let step = Step::Image;
    Some(match event {
        ImageEvent::Unknown { reference } => {
            Event::Note(format!("the engine has {reference}, but this installation did not make it; building it again"))
        }
        ImageEvent::Trouble { why } => Event::Warning(why),
        ImageEvent::Waiting { image } => Event::Progress(step(image), "another breakfix builds it; waiting".into()),
        ImageEvent::Base { source: BaseSource::Pull, reference } => {
            Event::Progress(step("base".into()), format!("asking the registry for {reference}"))
        }
        ImageEvent::Base { source: BaseSource::Bootstrap, .. } => {
            Event::Progress(step("base".into()), "putting it together from this machine's Debian mirror".into())
        }
        ImageEvent::Started { image, .. } => Event::Started(step(image)),
        ImageEvent::Step { image, n, of, line } => Event::Progress(step(image), format!("[{n}/{of}] {line}")),
        ImageEvent::Base { source: BaseSource::Present, .. } | ImageEvent::Output { .. } => return None,
        ImageEvent::Finished { image, .. } => Event::Finished(step(image)),
    })
}

async fn fit(app: &App) -> Result<()> {
    let about = app.engine.about().await.context(|| "the container engine cannot be used".into())?;
    if about.product != "Docker" {
        app.tell(Event::Warning(format!(
            "{} {} is not Docker: breakfix is not tested with it, and networks and limits may behave differently",
            about.product, about.version
        )));
    }
    let needed = plan::box_memory(Platform::Light) / 2;
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

async fn fetch(app: &App, reference: &str) -> Result<ImageFacts> {
    let find = || app.images.find_image(reference);
    let cannot = || format!("the image {reference} cannot be used");
    if let Some(facts) = find().await.context(cannot)? {
        return Ok(facts);
    }
    let step = Step::Image(reference.into());
    app.step(step.clone(), async {
        let mut lines = app.images.pull_image(reference).await.context(cannot)?;
        while let Some(line) = lines.next().await {
            app.tell(Event::Progress(step.clone(), line.context(cannot)?));
        }
        Ok(())
    })
    .await?;
    find()
        .await
        .context(cannot)?
        .ok_or_else(|| Error::environment(cannot()).because("it is not there after it was fetched"))
}

/// What an image says of itself decides: ours carries a label, GitLab's declares the contract's volumes.
fn platform(reference: &str, facts: &ImageFacts) -> Result<Platform> {
    if facts.labels.get(labels::IMAGE).is_some_and(|name| name == "gitlab") {
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

/// A lab runs only on images it is made for.
pub fn suits(lab: &Lab, platform: Platform) -> Result<()> {
    if lab.runs_on.contains(&platform) {
        return Ok(());
    }
    Err(Error::invalid(format!("lab {} is not made for this image", lab.id))
        .hint(format!("It runs on: {}.", lab.runs_on.iter().map(|p| platform_name(*p)).collect::<Vec<_>>().join(", "))))
}

/// As in a lab file.
#[must_use]
pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Light => "light",
        Platform::GitlabCe => "gitlab-ce",
    }
}
