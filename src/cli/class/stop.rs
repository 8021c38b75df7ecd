use clap::Args as ClapArgs;
use serde_json::json;

use super::common::{Ready, Trouble, alive, close_gate, exit, pick, running, troubles};
use super::grade::{human, row};
use super::stock;
use crate::app::App;
use crate::attempt::{Attempt, State};
use crate::class::run::{Graded, Task, grade_all, stop};
use crate::class::{Course, Member};
use crate::cli::prove::side_by_side;
use crate::cli::{Environment, Exit, Ui};
use crate::error::{Error, Result};

/// End a class: grade everybody once more, keep the results, remove everything
///
/// What could not be graded stays, to be brought back with `class resume` and graded, until --discard removes it.
///
/// Exit codes: 0 everything is removed, 3 something could not be graded or removed, 4 a check could not be run.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which class, where several are under way
    class: Option<String>,
    /// Remove without a last grading
    #[arg(long)]
    no_grade: bool,
    /// Remove also what could not be graded
    #[arg(long, conflicts_with = "no_grade")]
    discard: bool,
    /// Environments graded and removed at one time [default: two a processor, at most 8]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    let members = app.store.members(&course.class.id)?;
    // From here on nobody is started any more.
    app.store.close_class(&course.class.id)?;
    let last = if args.no_grade { vec![] } else { last_grades(args, around, &app, &course, &members).await? };
    if app.cancel.is_cancelled() {
        return Err(Error::interrupted().hint(format!("{} removes what is left.", again(&course))));
    }
    let failed: Vec<Trouble> =
        last.iter().filter_map(|((task, _), result)| Some(Trouble::of(task, result.as_ref().err()?))).collect();
    let kept =
        |attempt: &Attempt| !args.discard && last.iter().any(|((_, of), result)| of.id == attempt.id && !whole(result));
    let (kept, doomed): (Vec<_>, Vec<_>) = alive(&app.store, &course, &members, |state| state != State::Stopped)?
        .into_iter()
        .partition(|(_, attempt)| kept(attempt));
    let removed = stop(&app, &course, &doomed, args.jobs.map_or_else(side_by_side, usize::from)).await;
    stock::drain(&app, &course).await?;
    close_gate(&app, &course).await?;
    let stuck: Vec<Trouble> = doomed
        .iter()
        .zip(&removed)
        .filter_map(|((task, _), result)| Some(Trouble::of(task, result.as_ref().err()?)))
        .collect();
    tell(&course, &last, (&failed, &stuck), (&doomed, &kept), ui);
    let incomplete = last.iter().any(|(_, result)| result.as_ref().is_ok_and(|graded| graded.grade.incomplete()));
    let exits = [exit(&failed), exit(&stuck), if incomplete { Exit::CheckError } else { Exit::Done }];
    Ok(Exit::worst(exits))
}

/// What was graded last, and what came of it.
type Last = ((Task, Attempt), Result<Graded>);

async fn last_grades(
    args: &Args,
    around: &Environment,
    app: &App,
    course: &Course,
    members: &[Member],
) -> Result<Vec<Last>> {
    let tasks = running(&app.store, course, members)?;
    if tasks.is_empty() {
        return Ok(vec![]);
    }
    let ready = Ready::new(app, around, course, args.jobs).await?;
    let results = grade_all(&ready.kit(app, course), &tasks, false).await;
    Ok(tasks.into_iter().zip(results).collect())
}

/// Whether an attempt was graded, and every check could be run.
fn whole(result: &Result<Graded>) -> bool {
    result.as_ref().is_ok_and(|graded| !graded.grade.incomplete())
}

/// A stopped class is meant only by its id.
fn again(course: &Course) -> String {
    format!("`breakfix class stop {}`", course.class.id)
}

type Attempts<'a> = (&'a [(Task, Attempt)], &'a [(Task, Attempt)]);

fn tell(
    course: &Course,
    last: &[Last],
    (failed, stuck): (&[Trouble], &[Trouble]),
    (doomed, kept): Attempts<'_>,
    ui: &Ui,
) {
    let graded: Vec<(&Task, &Graded)> =
        last.iter().filter_map(|((task, _), result)| Some((task, result.as_ref().ok()?))).collect();
    let ids = |all: &[(Task, Attempt)]| all.iter().map(|(_, attempt)| attempt.id.clone()).collect::<Vec<_>>();
    let answer = json!({
        "class": course.class.id, "graded": graded.iter().map(row).collect::<Vec<_>>(), "failed": failed,
        "stopped": ids(doomed), "kept": ids(kept), "not_removed": stuck,
    });
    ui.answer(&answer, || {
        let table = if last.is_empty() { String::new() } else { format!("{}\n\n", human(&graded, failed)) };
        let not = format!("\n\nNot removed ({} tries again):\n{}", again(course), troubles(stuck));
        let not = if stuck.is_empty() { String::new() } else { not };
        let kept = if kept.is_empty() {
            String::new()
        } else {
            format!(
                "\nKept, since they could not be graded: {}. `breakfix class resume {}` brings them back, then {} grades \
                 them; with --discard it removes them.",
                ids(kept).join(", "),
                course.class.id,
                again(course)
            )
        };
        let count = doomed.len() - stuck.len();
        format!("{table}{} is over: {count} environments removed, results kept.{kept}{not}", course.class.title)
    });
}
