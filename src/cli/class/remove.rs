use clap::Args as ClapArgs;
use serde_json::json;

use super::output::{Failure, exit, failure_table};
use crate::cli::args::ClassOption;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{Removal, Selection, pick, remove};
use crate::text::count;

/// Remove people from a class, with their environments, pages and results
///
/// Also remove them from the roster: the next `class start` enrols whoever is on it.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whom, by trainee name, id, e-mail address or full name
    #[arg(required = true)]
    names: Vec<String>,
    #[command(flatten)]
    class: ClassOption,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let removed = remove(&services, &course, &Selection::of(&args.names)).await?;
    let failure = |one: &Removal| Some(Failure::of(&one.assignment.task, one.result.as_ref().err()?));
    let failed: Vec<Failure> = removed.iter().filter_map(failure).collect();
    let gone = removed.iter().filter(|one| one.result.is_ok());
    let ids: Vec<&str> = gone.map(|one| one.assignment.workspace.attempt.id.as_str()).collect();
    ui.answer(&json!({ "class": course.class.id, "stopped": ids, "not_removed": failed }), || {
        let stuck =
            if failed.is_empty() { String::new() } else { format!("\n\nNot removed:\n{}", failure_table(&failed)) };
        format!("Removed with {}.{stuck}", count(ids.len(), "environment"))
    });
    Ok(exit(&failed))
}
