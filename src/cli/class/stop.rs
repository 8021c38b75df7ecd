use clap::Args as ClapArgs;
use serde_json::json;

use super::output::{Failure, exit, failure_table, failures, graded_row, graded_text, successes};
use crate::class::Course;
use crate::cli::args::{ClassArg, Jobs};
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{LastGrading, Removal, StopRequest, Stopped, pick, stop};

/// End a class: grade everybody once more, keep the results, remove everything
///
/// What could not be graded stays, to be brought back with `class resume` and graded, until --discard removes it.
///
/// Exit codes: 0 everything is removed, 3 something could not be graded or removed, 4 a check could not be run.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    /// Remove without a last grading
    #[arg(long)]
    no_grade: bool,
    /// Remove also what could not be graded
    #[arg(long, conflicts_with = "no_grade")]
    discard: bool,
    #[command(flatten)]
    jobs: Jobs,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let grading = match (args.no_grade, args.discard) {
        (true, _) => LastGrading::Skip,
        (_, true) => LastGrading::Discard,
        _ => LastGrading::Keep,
    };
    let stopped = stop(&services, &course, StopRequest { grading, jobs: args.jobs.number() }).await?;
    let (failed, stuck) = (failures(&stopped.graded), stuck(&stopped));
    let graded = successes(&stopped.graded);
    let ids: Vec<&str> = stopped.removed.iter().map(|one| one.assignment.workspace.attempt.id.as_str()).collect();
    let answer = json!({
        "class": course.class.id, "graded": graded.iter().map(graded_row).collect::<Vec<_>>(), "failed": failed,
        "stopped": ids, "kept": kept(&stopped), "not_removed": stuck,
    });
    ui.answer(&answer, || text(&course, &stopped, &stuck));
    let incomplete = graded.iter().any(|(_, graded)| graded.grading.grade.incomplete());
    Ok(Exit::worst([exit(&failed), exit(&stuck), if incomplete { Exit::CheckError } else { Exit::Done }]))
}

fn stuck(stopped: &Stopped) -> Vec<Failure> {
    let failure = |one: &Removal| Some(Failure::of(&one.assignment.task, one.result.as_ref().err()?));
    stopped.removed.iter().filter_map(failure).collect()
}

fn kept(stopped: &Stopped) -> Vec<&str> {
    stopped.kept.iter().map(|one| one.workspace.attempt.id.as_str()).collect()
}

fn text(course: &Course, stopped: &Stopped, stuck: &[Failure]) -> String {
    let (graded, failed) = (successes(&stopped.graded), failures(&stopped.graded));
    // A stopped class can be selected only by its id.
    let again = format!("`breakfix class stop {}`", course.class.id);
    let table =
        if stopped.graded.is_empty() { String::new() } else { format!("{}\n\n", graded_text(&graded, &failed)) };
    let not = format!("\n\nNot removed ({again} tries again):\n{}", failure_table(stuck));
    let not = if stuck.is_empty() { String::new() } else { not };
    let kept = if stopped.kept.is_empty() {
        String::new()
    } else {
        format!(
            "\nKept, since they could not be graded: {}. `breakfix class resume {}` brings them back, then {again} grades \
             them; with --discard it removes them.",
            kept(stopped).join(", "),
            course.class.id,
        )
    };
    let count = stopped.removed.len() - stuck.len();
    format!("{table}{} is over: {count} environments removed, results kept.{kept}{not}", course.class.title)
}
