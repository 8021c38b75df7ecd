use clap::Args as ClapArgs;
use serde::Serialize;
use serde_json::json;

use super::output::{Failure, exit, failure_table, failures, successes};
use crate::cli::args::{ClassArg, Jobs};
use crate::cli::ui::table;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::id::{AttemptId, LabId, TraineeId};
use crate::ops::Resumption;
use crate::ops::class::{Resumed, Task, pick, resume};

/// Bring a class back after a reboot or a crash of the engine: every environment as it was, with its data
///
/// Exit codes: 0 everything runs, 3 something could not be brought back.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    #[command(flatten)]
    jobs: Jobs,
}

#[derive(Serialize)]
struct ResumeRow {
    name: String,
    slug: TraineeId,
    lab: LabId,
    attempt: AttemptId,
    /// `running`, `back`, `recreated`.
    outcome: &'static str,
    /// A remark for the trainer.
    note: Option<String>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let results = resume(&services, &course, args.jobs.number()).await?;
    let (rows, failed) = (successes(&results).into_iter().map(row).collect::<Vec<_>>(), failures(&results));
    ui.answer(&json!({ "class": course.class.id, "resumed": rows, "failed": failed }), || text(&rows, &failed));
    Ok(exit(&failed))
}

fn row((task, resumed): (&Task, &Resumed)) -> ResumeRow {
    let (outcome, note) = match &resumed.how {
        Resumption::Running => ("running", None),
        Resumption::Back(note) => ("back", note.clone()),
        Resumption::Anew => ("recreated", None),
    };
    let (name, slug) = (task.member.person.name.clone(), task.member.slug.clone());
    ResumeRow { name, slug, lab: task.lab.clone(), attempt: resumed.workspace.attempt.id.clone(), outcome, note }
}

fn text(rows: &[ResumeRow], failed: &[Failure]) -> String {
    let mut lines = table(&["NAME", "LAB", "OUTCOME", "NOTE"]);
    for row in rows {
        lines.add_row([&row.name, row.lab.as_str(), row.outcome, row.note.as_deref().unwrap_or("-")]);
    }
    let back = if rows.is_empty() { "Nothing was brought back.".into() } else { lines.to_string() };
    let not =
        if failed.is_empty() { String::new() } else { format!("\n\nNot brought back:\n{}", failure_table(failed)) };
    format!("{back}{not}")
}
