use clap::Args as ClapArgs;

use super::{CliContext, Exit, Ui, ui};
use crate::app::App;
use crate::doctor::{DoctorFinding, Health, MachineFacts, examine};
use crate::engine::About;
use crate::environment::reaches_host;
use crate::error::{Context, Result};
use crate::image::inventory;
use crate::lifecycle::abandoned;
use crate::ops::machine::{free, number};

/// Check whether this machine is suitable, and explain each shortcoming
#[derive(Debug, ClapArgs)]
pub struct Args {}

/// Facts that only the engine knows.
#[derive(Default)]
struct EngineFacts {
    reaches_host: Option<bool>,
    current_images: Vec<String>,
    abandoned: usize,
}

pub async fn run(_: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let found = context.engine_address().map(|address| address.source).unwrap_or_default();
    let (about, engine_facts) = match inspect_engine(context).await {
        Ok((about, engine_facts)) => (Ok(about), engine_facts),
        Err(error) => (Err(error.to_string()), EngineFacts::default()),
    };
    let data = about.as_ref().ok().and_then(|about| free(&about.data_root));
    let store = context.store()?;
    let facts = MachineFacts {
        found_by: found,
        free_disk: data.or_else(|| free(&store.folder().display().to_string())),
        inotify_instances: number("/proc/sys/fs/inotify/max_user_instances"),
        bootstrap: which("mmdebstrap"),
        reaches_host: engine_facts.reaches_host,
        current_images: engine_facts.current_images,
        abandoned: engine_facts.abandoned,
        about,
    };
    let findings = examine(&facts);
    ui.answer(&findings, || text(&findings));
    let unfit = findings.iter().any(|finding| finding.health == Health::Bad);
    Ok(if unfit { Exit::Environment } else { Exit::Done })
}

/// Asks the engine for its properties, its current images and the remains of other installations.
async fn inspect_engine(context: &CliContext) -> Result<(About, EngineFacts)> {
    let app = context.app().await?;
    let about = app.engine.about().await.context(|| "the container engine cannot be used".into())?;
    let images = inventory::list(&*app.images, &context.build_env()?).await?;
    let current: Vec<&inventory::InventoryEntry> =
        images.iter().filter(|image| image.status == inventory::ImageStatus::Current).collect();
    let others = abandoned::survey(&*app.engine, app.store.installation(), app.now()).await?;
    let engine_facts = EngineFacts {
        reaches_host: host_access(&app, &current).await?,
        current_images: current.iter().map(|image| image.name.clone()).collect(),
        abandoned: others.iter().map(|one| one.objects).sum(),
    };
    Ok((about, engine_facts))
}

/// Whether containers reach their host; `None` without the probe's image.
async fn host_access(app: &App, images: &[&inventory::InventoryEntry]) -> Result<Option<bool>> {
    match images.iter().find(|image| image.name == "probe") {
        Some(image) => reaches_host(app, &image.reference).await.map(Some),
        None => Ok(None),
    }
}

fn which(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn text(findings: &[DoctorFinding]) -> String {
    let line = |finding: &DoctorFinding| {
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
