use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::common::{Ready, Trouble, chosen, exit, pick, running, troubles};
use super::pages;
use crate::attempt::Attempt;
use crate::class::Work;
use crate::class::run::{Graded, Task, grade_all};
use crate::cli::ui::table;
use crate::cli::{Environment, Exit, Ui};
use crate::error::Result;
use crate::grade::{CheckResult, Outcome};
use crate::report;

/// Grade everybody, or those who are named; on a path, who has solved a lab gets the next
///
/// Exit codes: 0 all that was graded is solved, 1 something is not, 3 something could not be graded, 4 a check could
/// not be run.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whom, by trainee name, id, e-mail address or full name [default: everybody]
    names: Vec<String>,
    /// Which class, where several are under way
    #[arg(long, short, value_name = "CLASS")]
    class: Option<String>,
    /// Gradings at one time [default: two a processor, at most 8]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    let members = chosen(&app.store.members(&course.class.id)?, &args.names)?;
    let tasks = running(&app.store, &course, &members)?;
    let ready = Ready::new(&app, around, &course, args.jobs).await?;
    let results = grade_all(&ready.kit(&app, &course), &tasks, true).await;
    if matches!(course.class.work, Work::Path(_)) {
        pages::write_all(&app, &course, &ready)?;
    }
    Ok(tell(&tasks, &results, ui))
}

/// Gives the answer.
fn tell(tasks: &[(Task, Attempt)], results: &[Result<Graded>], ui: &Ui) -> Exit {
    let pairs = || tasks.iter().map(|(task, _)| task).zip(results);
    let failed: Vec<Trouble> =
        pairs().filter_map(|(task, result)| Some(Trouble::of(task, result.as_ref().err()?))).collect();
    let graded: Vec<(&Task, &Graded)> =
        pairs().filter_map(|(task, result)| Some((task, result.as_ref().ok()?))).collect();
    let answer = json!({ "graded": graded.iter().map(row).collect::<Vec<_>>(), "failed": failed });
    ui.answer(&answer, || human(&graded, &failed));
    let exits = graded.iter().map(|(_, graded)| Exit::of_grade(&graded.grade));
    Exit::worst(exits.chain([exit(&failed)]))
}

/// One trainee's grade, as JSON.
pub fn row((task, graded): &(&Task, &Graded)) -> Value {
    let mut value = report::json(&graded.grade);
    value["name"] = task.member.person.name.clone().into();
    value["late_minutes"] = graded.lateness.minutes.into();
    value["late_deduction"] = graded.lateness.deduction(graded.grade.score()).into();
    value["next"] = match &graded.next {
        None => Value::Null,
        Some(next) => match &**next {
            Ok(attempt) => json!({ "lab": attempt.lab, "attempt": attempt.id, "url": attempt.url() }),
            Err(error) => json!({ "error": error.to_string() }),
        },
    };
    value
}

/// Everybody's grade, as a table.
pub fn human(graded: &[(&Task, &Graded)], failed: &[Trouble]) -> String {
    let mut lines = table(&["NAME", "LAB", "SCORE", "LATE", "WHAT DOES NOT HOLD"]);
    for (task, graded) in graded {
        let score = graded.grade.score();
        let late = match (graded.lateness.minutes, graded.lateness.deduction(score)) {
            (0, _) => "-".into(),
            (minutes, 0) => format!("{minutes} min"),
            (minutes, points) => format!("{minutes} min, {points} points off"),
        };
        let (name, lab) = (task.member.person.name.clone(), task.lab.clone());
        lines.add_row([name, lab, score.to_string(), late, remark(graded)]);
    }
    let table = if graded.is_empty() { "Nothing was graded.".into() } else { lines.to_string() };
    let not = if failed.is_empty() { String::new() } else { format!("\n\nNot graded:\n{}", troubles(failed)) };
    format!("{table}{not}")
}

fn remark(graded: &Graded) -> String {
    if graded.grade.solved() {
        return match graded.next.as_deref() {
            None => "solved".into(),
            Some(Ok(attempt)) => format!("solved; next is {}", attempt.lab),
            Some(Err(error)) => format!("solved; the next could not be started: {error}"),
        };
    }
    let open = graded.grade.checks.iter().filter(|check| check.outcome != Outcome::Pass);
    let name = |check: &CheckResult| match check.outcome {
        Outcome::Error => format!("{} (could not be run)", check.id),
        _ => check.id.to_string(),
    };
    open.map(name).collect::<Vec<_>>().join(", ")
}
