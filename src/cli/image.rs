use clap::{Args as ClapArgs, Subcommand};
use jiff::Unit;

use super::{Environment, Exit, Ui, ui};
use crate::attempt::prepare::build;
use crate::error::Result;
use crate::image::stock::{self, Status};

/// Build, list and remove the images that environments are made from
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Build what is missing; `start` does so by itself
    Build {
        /// Which ones [default: all]
        images: Vec<String>,
    },
    /// List the images and whether they are current
    List,
    /// Remove images that are no longer current, and what interrupted builds left
    Prune {
        /// The current ones as well
        #[arg(long)]
        all: bool,
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let env = around.build_env()?;
    match &args.action {
        Action::Build { images } => {
            let all: Vec<String> = env.contexts.0.keys().cloned().collect();
            let wanted: Vec<&str> = if images.is_empty() { &all } else { images }.iter().map(String::as_str).collect();
            let built = build(&app, &wanted, &env).await?;
            ui.answer(&built, || built.iter().map(|(name, reference)| format!("{name}  {reference}\n")).collect());
        }
        Action::List => {
            let images = stock::list(app.images.as_ref(), &env).await?;
            ui.answer(&images, || table(&images));
        }
        Action::Prune { all, dry_run } => {
            let plan = stock::prune_plan(&stock::facts(app.images.as_ref(), &env).await?, *all);
            let done = if *dry_run { plan } else { stock::prune(app.images.as_ref(), plan).await? };
            ui.answer(&done, || pruned(&done, *dry_run));
        }
    }
    Ok(Exit::Done)
}

fn table(images: &[stock::Stocked]) -> String {
    let mut table = ui::table(&["IMAGE", "REFERENCE", "MIB", "MADE", ""]);
    for image in images {
        let made = image.created.map_or_else(String::new, |time| time.round(Unit::Second).unwrap_or(time).to_string());
        let status = match image.status {
            Status::Current => "current",
            Status::Stale => "stale",
            Status::Leftover => "left over",
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

fn pruned(verdicts: &[stock::Verdict], dry_run: bool) -> String {
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let line = |verdict: &stock::Verdict| match &verdict.kept {
        Some(why) => format!("Kept {}: {why}\n", verdict.image.reference),
        None => format!("{verb} {}\n", verdict.image.reference),
    };
    if verdicts.is_empty() { "Nothing to remove.".into() } else { verdicts.iter().map(line).collect() }
}
