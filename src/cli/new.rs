use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Environment, Exit, Ui};
use crate::error::Result;
use crate::lab::scaffold;

/// Begin a lab of your own
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Its name: lower-case letters, digits and dashes
    lab: String,
    /// Folder in which to make it [default: --labs, or labs]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

pub fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let into = args.into.clone().or(around.labs_dir()?).unwrap_or_else(|| "labs".into());
    let folder = scaffold::create(&into, &args.lab)?;
    ui.answer(&json!({ "lab": args.lab, "folder": folder }), || {
        let (folder, into) = (folder.display(), into.display());
        format!(
            "Made {folder}. Edit it, then:\n  breakfix validate {folder}\n  breakfix --labs {into} prove {}",
            args.lab
        )
    });
    Ok(Exit::Done)
}
