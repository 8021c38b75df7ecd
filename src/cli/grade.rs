use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::pick::pick_ready;
use super::{Environment, Exit, Ui};
use crate::error::{Context, Result};
use crate::grade::Grade;
use crate::lifecycle::{Judged, grade_some, judge};
use crate::report;

/// Grade the repair; it can be repeated as often as you like
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which workspace, where several are running
    attempt: Option<String>,
    /// For those who write labs: only this check, whatever it needs, and not kept as a grade; may be given several times
    #[arg(long, value_name = "CHECK")]
    check: Vec<String>,
    /// Write the grade as JUnit as well
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the grade as Markdown as well
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let id = pick_ready(&app, args.attempt.as_deref()).await?.attempt.id;
    if !args.check.is_empty() {
        let grade = grade_some(&app, around.labs(), &id, &args.check).await?;
        return answer(args, &grade, ui);
    }
    let Judged { workspace, lab, grade } = judge(&app, around.labs(), &id).await?;
    let exit = answer(args, &grade, ui)?;
    if grade.solved() {
        ui.note(&format!("\n{}", workspace.debrief(&lab)?));
    }
    Ok(exit)
}

fn answer(args: &Args, grade: &Grade, ui: &Ui) -> Result<Exit> {
    write(args.junit.as_deref(), || report::junit(grade))?;
    write(args.markdown.as_deref(), || report::markdown(grade))?;
    ui.answer(&report::json(grade), || report::text(grade));
    Ok(Exit::of_grade(grade))
}

/// Writes a report beside its place and moves it there, so that nobody reads half of it.
pub(super) fn write(path: Option<&Path>, content: impl FnOnce() -> String) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let unwritable = || format!("the report {} cannot be written", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).context(unwritable)?;
    std::io::Write::write_all(&mut file, content().as_bytes()).context(unwritable)?;
    file.persist(path).map_err(|error| error.error).context(unwritable)?;
    Ok(())
}
