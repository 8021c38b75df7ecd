use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use crate::cli::output::create;
use crate::cli::{Exit, Ui};
use crate::error::{Error, Result};
use crate::render::{Escape, Values, render};
use crate::yaml::text::name;

const CLASS: &str = include_str!("../../../templates/new-class/class.yaml.hbs");
const ROSTER: &str = include_str!("../../../templates/new-class/roster.csv");

/// Write a class file with comments, and a roster to fill in
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Name of the class: a lower-case letter, then lower-case letters, digits and dashes
    #[arg(value_parser = class_id)]
    id: String,
    /// Folder in which to write them
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
}

fn class_id(text: &str) -> Result<String, String> {
    name(text).map_err(|(message, help)| format!("it {message}: {help}"))
}

pub fn run(args: &Args, ui: &Ui) -> Result<Exit> {
    let class = render(CLASS, "class.yaml", &Values::default().with("id", args.id.clone()), Escape::None)?;
    let files = [("class.yaml", class.as_str()), ("roster.csv", ROSTER)];
    let paths = files.map(|(name, _)| args.into.join(name));
    let elsewhere = "Choose another folder with --into.";
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        return Err(Error::conflict(format!("{} exists already", path.display())).hint(elsewhere));
    }
    for (path, (_, text)) in paths.iter().zip(files) {
        create(path, text, elsewhere)?;
    }
    ui.answer(&json!({ "class": args.id, "files": paths }), || {
        let [class, roster] = paths.each_ref().map(|path| path.display());
        format!("Wrote {class} and {roster}. Edit them, then:\n  breakfix class check {roster}\n  breakfix class start {class} --dry-run")
    });
    Ok(Exit::Done)
}
