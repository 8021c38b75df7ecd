use clap::Args as ClapArgs;

use super::{Environment, Exit, Ui, ui};
use crate::app::App;
use crate::doctor::{Facts, Finding, Health, examine};
use crate::engine::About;
use crate::environment::reaches_host;
use crate::error::{Context, Result};
use crate::image::inventory;
use crate::lifecycle::abandoned;
use crate::ops::machine::{free, number};

/// Say whether this machine is fit, and what each shortcoming costs
#[derive(Debug, ClapArgs)]
pub struct Args {}

/// What only the engine can say.
#[derive(Default)]
struct Seen {
    reaches_host: Option<bool>,
    current_images: Vec<String>,
    abandoned: usize,
}

pub async fn run(_: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let found = around.engine_address().map(|address| address.source).unwrap_or_default();
    let (about, seen) = match look(around).await {
        Ok((about, seen)) => (Ok(about), seen),
        Err(error) => (Err(error.to_string()), Seen::default()),
    };
    let data = about.as_ref().ok().and_then(|about| free(&about.data_root));
    let store = around.store()?;
    let facts = Facts {
        found_by: found,
        free_disk: data.or_else(|| free(&store.folder().display().to_string())),
        inotify_instances: number("/proc/sys/fs/inotify/max_user_instances"),
        bootstrap: which("mmdebstrap"),
        reaches_host: seen.reaches_host,
        current_images: seen.current_images,
        abandoned: seen.abandoned,
        about,
    };
    let findings = examine(&facts);
    ui.answer(&findings, || human(&findings));
    let unfit = findings.iter().any(|finding| finding.health == Health::Bad);
    Ok(if unfit { Exit::Environment } else { Exit::Done })
}

/// The engine, whether containers reach its host, our images in it that are current, and what others left.
async fn look(around: &Environment) -> Result<(About, Seen)> {
    let app = around.app().await?;
    let about = app.engine.about().await.context(|| "the container engine cannot be used".into())?;
    let images = inventory::list(&*app.images, &around.build_env()?).await?;
    let current: Vec<&inventory::InventoryEntry> =
        images.iter().filter(|image| image.status == inventory::Status::Current).collect();
    let others = abandoned::survey(&*app.engine, app.store.installation(), app.now()).await?;
    let seen = Seen {
        reaches_host: tried(&app, &current).await?,
        current_images: current.iter().map(|image| image.name.clone()).collect(),
        abandoned: others.iter().map(|one| one.objects).sum(),
    };
    Ok((about, seen))
}

/// Needs the probe's image.
async fn tried(app: &App, images: &[&inventory::InventoryEntry]) -> Result<Option<bool>> {
    match images.iter().find(|image| image.name == "probe") {
        Some(image) => reaches_host(app, &image.reference).await.map(Some),
        None => Ok(None),
    }
}

fn which(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn human(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let mark = match finding.health {
            Health::Good => ui::good("ok"),
            Health::Doubtful => ui::doubtful("note"),
            Health::Bad => ui::bad("BAD"),
        };
        let advice = if finding.advice.is_empty() { String::new() } else { format!("\n        {}", finding.advice) };
        format!("{mark:>4}  {}: {}{advice}\n", finding.name, finding.found)
    };
    findings.iter().map(line).collect()
}
