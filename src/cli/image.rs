use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::{Args as ClapArgs, Subcommand};
use jiff::Unit;
use serde_json::json;

use super::{CliContext, Exit, Ui, ui};
use crate::app::App;
use crate::environment::images::{build, build_all};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::image::BuildEnv;
use crate::image::archive::{self, Key, Names, Progress};
use crate::image::inventory::{self, ImageStatus, PruneScope};

/// Build, list and remove the images that environments are made from
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Build missing images; `start` does so by itself
    Build {
        /// Names of images [default: all]
        images: Vec<String>,
    },
    /// Build missing images and write all that environments start from to a file. It is sealed with
    /// `BREAKFIX_CACHE_KEY`
    Save {
        /// File to write
        file: PathBuf,
    },
    /// Load images that `image save` has written into the engine. Without a valid seal nothing is loaded
    Load {
        /// File to read
        file: PathBuf,
    },
    /// List the images and whether they are current
    List,
    /// Trust the images that the engine has under our names as if they had been built here. Use this after moving the state
    /// folder or on a shared engine, and only if you trust everybody who uses that engine
    Trust,
    /// Remove images that are no longer current, and leftovers of interrupted builds
    Prune {
        /// Also remove current images
        #[arg(long)]
        all: bool,
        /// Only show what would be removed
        #[arg(long)]
        dry_run: bool,
    },
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let app = context.app().await?;
    let env = context.build_env()?;
    match &args.action {
        Action::Build { images } => {
            let all: Vec<String> = env.contexts.0.keys().cloned().collect();
            let wanted: Vec<&str> = if images.is_empty() { &all } else { images }.iter().map(String::as_str).collect();
            let built = build(&app, &wanted, &env).await?;
            ui.answer(&built, || built.iter().map(|(name, reference)| format!("{name}  {reference}\n")).collect());
        }
        Action::List => {
            let images = inventory::list(app.images.as_ref(), &env).await?;
            ui.answer(&images, || table(&images));
        }
        Action::Save { file } => {
            let key = archive::Key::new(context.cache_key())?;
            let names = save(&app, &env, key, file).await?;
            ui.answer(&json!({ "file": file, "images": names }), || file_text("Saved", &names));
        }
        Action::Load { file } => {
            let key = archive::Key::new(context.cache_key())?;
            let names = load(&app, &env, key, file).await?;
            ui.answer(&json!({ "file": file, "images": names }), || file_text("Loaded", &names));
        }
        Action::Trust => {
            let images = inventory::trust(app.images.as_ref(), &env).await?;
            ui.answer(&images, || trusted(&images));
        }
        Action::Prune { all, dry_run } => {
            let scope = if *all { PruneScope::All } else { PruneScope::Obsolete };
            let plan = inventory::prune_plan(&inventory::prune_input(app.images.as_ref(), &env).await?, scope);
            let done = if *dry_run { plan } else { inventory::prune(app.images.as_ref(), plan).await? };
            ui.answer(&done, || pruned(&done, *dry_run));
        }
    }
    Ok(Exit::Done)
}

async fn save(app: &App, env: &BuildEnv, key: Key, file: &Path) -> Result<Names> {
    let references: Vec<String> = build_all(app, env).await?.into_values().collect();
    let progress = progress(app, Step::SaveImages);
    app.step(Step::SaveImages, archive::save(app.images.as_ref(), env, &references, &key, file, &progress)).await
}

async fn load(app: &App, env: &BuildEnv, key: Key, file: &Path) -> Result<Names> {
    let (path, check_progress) = (file.to_path_buf(), progress(app, Step::CheckSeal));
    let opening = tokio::task::spawn_blocking(move || archive::open(&path, &key, &check_progress));
    let opened = app
        .step(Step::CheckSeal, async {
            opening.await.map_err(|why| Error::bug("the seal could not be checked").because(why))?
        })
        .await?;
    app.step(Step::LoadImages, opened.load(app.images.as_ref(), env, &progress(app, Step::LoadImages))).await
}

/// Reports progress at most once for each MiB.
fn progress(app: &App, step: Step) -> Progress {
    let (events, last) = (app.events.clone(), AtomicU64::new(0));
    Arc::new(move |done, of| {
        let mib = done >> 20;
        if last.swap(mib, Ordering::Relaxed) != mib {
            let of = of.map(|of| format!(" of {}", of >> 20)).unwrap_or_default();
            events(Event::Progress(step.clone(), format!("{mib}{of} MiB")));
        }
    })
}

fn file_text(verb: &str, names: &Names) -> String {
    names.keys().map(|reference| format!("{verb} {reference}\n")).collect()
}

fn table(images: &[inventory::InventoryEntry]) -> String {
    let mut table = ui::table(&["IMAGE", "REFERENCE", "MIB", "MADE", ""]);
    for image in images {
        let made = image.created.map_or_else(String::new, |time| time.round(Unit::Second).unwrap_or(time).to_string());
        let status = match image.status {
            ImageStatus::Current => "current",
            ImageStatus::Unknown => "unknown: not built here",
            ImageStatus::Stale => "stale",
            ImageStatus::Leftover => "left over",
        };
        table.add_row([
            image.name.clone(),
            image.reference.clone(),
            (image.size >> 20).to_string(),
            made,
            status.into(),
        ]);
    }
    table.to_string()
}

fn trusted(images: &[inventory::InventoryEntry]) -> String {
    let line = |image: &inventory::InventoryEntry| format!("Trusted {}\n", image.reference);
    if images.is_empty() { "Nothing new to trust.".into() } else { images.iter().map(line).collect() }
}

fn pruned(decisions: &[inventory::PruneDecision], dry_run: bool) -> String {
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let line = |decision: &inventory::PruneDecision| match &decision.kept {
        Some(why) => format!("Kept {}: {why}\n", decision.image.reference),
        None => format!("{verb} {}\n", decision.image.reference),
    };
    if decisions.is_empty() { "Nothing to remove.".into() } else { decisions.iter().map(line).collect() }
}
