use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args as ClapArgs, Subcommand};
use serde_json::json;

use super::output::create;
use super::{CliContext, Exit, Ui};
use crate::error::{Error, Result};
use crate::lab::scaffold;
use crate::render::{Escape, Values, render};

/// Create a lab of your own, or a CI job that grades submissions
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    other: Option<Other>,
    /// Name of the lab: lower-case letters, digits and dashes
    #[arg(required = true)]
    lab: Option<String>,
    /// Folder in which to create it [default: --labs, or labs]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Other {
    Ci(CiArgs),
}

/// Write a CI job that grades submissions
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("forge").required(true).args(["gitlab", "github", "dockerfile"]))]
struct CiArgs {
    /// For GitLab: .gitlab-ci.yml
    #[arg(long)]
    gitlab: bool,
    /// For GitHub: .github/workflows/breakfix.yml
    #[arg(long)]
    github: bool,
    /// For the image that the jobs run in: Dockerfile
    #[arg(long)]
    dockerfile: bool,
    /// Lab to grade
    #[arg(long, default_value = "nginx-502")]
    lab: String,
    /// Image that the job runs in
    #[arg(long, value_name = "NAME", default_value = "registry.example.com/breakfix:latest")]
    image: String,
    /// Another file to write
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    match (&args.other, &args.lab) {
        (Some(Other::Ci(ci)), _) => new_ci(ci, context, ui),
        (None, Some(lab)) => new_lab(lab, args.into.as_deref(), context, ui),
        (None, None) => {
            Err(Error::usage("what should be created?").hint("`breakfix new LAB`, or `breakfix new ci --gitlab`."))
        }
    }
}

fn new_lab(lab: &str, into: Option<&Path>, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let into = into.map(Path::to_path_buf).or(context.labs_dir()?).unwrap_or_else(|| "labs".into());
    let folder = scaffold::create(&into, lab)?;
    ui.answer(&json!({ "lab": lab, "folder": folder }), || {
        let (folder, into) = (folder.display(), into.display());
        format!("Made {folder}. Edit it, then:\n  breakfix validate {folder}\n  breakfix --labs {into} prove {lab}")
    });
    Ok(Exit::Done)
}

fn new_ci(args: &CiArgs, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let lab = context.library().load(&args.lab)?;
    let (place, template) = if args.dockerfile {
        ("Dockerfile", include_str!("../../templates/ci/Dockerfile"))
    } else if args.github {
        (".github/workflows/breakfix.yml", include_str!("../../templates/ci/github.yml.hbs"))
    } else {
        (".gitlab-ci.yml", include_str!("../../templates/ci/gitlab-ci.yml.hbs"))
    };
    check_image(&args.image)?;
    let values = Values::default().with("lab", lab.id.to_string()).with("image", args.image.clone());
    let values = values.with("version", env!("CARGO_PKG_VERSION"));
    // The Dockerfile has no variables, and its shell code contains braces.
    let text = if args.dockerfile { template.to_string() } else { render(template, place, &values, Escape::None)? };
    let file = args.output.clone().unwrap_or_else(|| place.into());
    create(&file, &text, "Choose another file with --output.")?;
    ui.answer(&json!({ "lab": lab.id, "file": file }), || {
        format!("Wrote {}. Its first lines say what to set.", file.display())
    });
    Ok(Exit::Done)
}

/// Names of images need no quotes in YAML.
fn check_image(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./:@_-".contains(c);
    if !name.is_empty() && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::invalid(format!("{name:?} is not the name of an image"))
        .hint("An example: ghcr.io/example/breakfix:latest"))
}
