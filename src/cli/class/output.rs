//! Output shared by several class commands.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::attempt::Workspace;
use crate::class::Course;
use crate::class::capacity::Capacity;
use crate::cli::ui::table;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::{Error, Result};
use crate::grade::{CheckResult, Outcome};
use crate::id::{LabId, TraineeId};
use crate::ops;
use crate::ops::class::{Graded, Next, Started, Task, TaskResult, overdue};
use crate::report;
use crate::store::Store;
use crate::text::{clean_line, clock, count};

/// A failed task, with the trainee's name.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    name: String,
    slug: TraineeId,
    lab: LabId,
    why: String,
    #[serde(skip)]
    exit: Exit,
}

impl Failure {
    pub fn of(task: &Task, error: &Error) -> Self {
        let why = std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ");
        let (name, slug) = (task.member.person.name.clone(), task.member.slug.clone());
        Self { name, slug, lab: task.lab.clone(), why: clean_line(&why), exit: Exit::of_one(error) }
    }
}

/// The failed tasks.
pub fn failures<T>(results: &[TaskResult<T>]) -> Vec<Failure> {
    results.iter().filter_map(TaskResult::failure).map(|(task, error)| Failure::of(task, error)).collect()
}

/// The successful tasks.
pub fn successes<T>(results: &[TaskResult<T>]) -> Vec<(&Task, &T)> {
    results.iter().filter_map(TaskResult::success).collect()
}

/// Renders failures as a table; an empty text without failures.
pub fn failure_table(all: &[Failure]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut table = table(&["NAME", "LAB", "WHY"]);
    for one in all {
        table.add_row([&one.name, one.lab.as_str(), &one.why]);
    }
    format!("{table}")
}

/// Exit code of the worst failure.
pub fn exit(all: &[Failure]) -> Exit {
    Exit::worst(all.iter().map(|one| one.exit))
}

/// Renders the machine's capacity as a table.
pub fn capacity(capacity: &Capacity) -> String {
    let mut lines = table(&["NEW ENVIRONMENTS", "NEEDED", "AVAILABLE", "ENOUGH FOR"]);
    for found in &capacity.resources {
        lines.add_row([found.name, &found.needed, &found.available, &found.fits.to_string()]);
    }
    format!("{} new environments\n{lines}\n", capacity.wanted)
}

/// Answers with the started environments and the failures.
pub fn started(Started { course, results }: &Started, ui: &Ui) -> Exit {
    let (started, failed) = (successes(results), failures(results));
    let row = |(task, Workspace { attempt, environment }): &(&Task, &Workspace)| {
        json!({
            "name": task.member.person.name, "slug": task.member.slug, "lab": task.lab, "attempt": attempt.id,
            "url": environment.url(), "due": attempt.due,
        })
    };
    let answer = json!({
        "class": course.class.id, "handouts": course.handouts, "started": started.iter().map(row).collect::<Vec<_>>(),
        "failed": failed,
    });
    ui.answer(&answer, || started_text(course, &started, &failed));
    exit(&failed)
}

fn started_text(course: &Course, started: &[(&Task, &Workspace)], failed: &[Failure]) -> String {
    let mut lines = table(&["NAME", "LAB", "ADDRESS", "TIME UNTIL"]);
    for (task, Workspace { attempt, environment }) in started {
        let due = attempt.due.map_or_else(|| "-".into(), clock);
        lines.add_row([task.member.person.name.clone(), task.lab.to_string(), environment.url(), due]);
    }
    let made = if started.is_empty() { "Nothing was missing.\n".into() } else { format!("{lines}\n") };
    let not = if failed.is_empty() { String::new() } else { format!("\nNot started:\n{}\n", failure_table(failed)) };
    format!("{made}{not}\nHandouts are in {}.", course.handouts.display())
}

/// Grades whoever's time is over, before results are shown; without an engine, says that they are not.
pub async fn settle(context: &CliContext, store: &Store, course: &Course, ui: &Ui) -> Result<()> {
    let overdue = overdue(store, course, Timestamp::now())?;
    if overdue == 0 {
        return Ok(());
    }
    match context.services().await {
        Ok(services) => ops::class::settle(&services, course).await,
        Err(error) => {
            let who = count(overdue, "environment");
            ui.note(&format!("The time of {who} is over, and they are not graded: {error}"));
            Ok(())
        }
    }
}

/// Exit code of a class's grading.
pub fn graded_exit(results: &[TaskResult<Graded>]) -> Exit {
    let grades =
        results.iter().filter_map(TaskResult::success).map(|(_, graded)| Exit::of_grade(&graded.grading.grade));
    Exit::worst(grades.chain([exit(&failures(results))]))
}

/// One trainee's grade, as JSON.
pub fn graded_row((task, graded): &(&Task, &Graded)) -> Value {
    let mut value = report::json(&graded.grading.grade);
    value["name"] = task.member.person.name.clone().into();
    value["late_minutes"] = graded.grading.late_minutes.into();
    value["late_deduction"] = graded.grading.late_deduction.into();
    value["counts"] = graded.results.score().into();
    value["next"] = match &graded.next {
        Next::Nothing | Next::Last => Value::Null,
        Next::Started(next) => {
            json!({ "lab": next.attempt.lab, "attempt": next.attempt.id, "url": next.environment.url() })
        }
        Next::Failed(error) => json!({ "error": error.to_string() }),
    };
    value
}

/// One trainee's result in a line.
pub fn graded_line(one: &TaskResult<Graded>) -> String {
    let label = one.task.label();
    match &one.result {
        Ok(graded) => format!("{label}: {}, {}", points(graded), remark(graded)),
        Err(error) => format!("{label}: could not be graded: {error}"),
    }
}

fn points(graded: &Graded) -> String {
    count(graded.results.score().unwrap_or_default() as usize, "point")
}

/// Everybody's grade, as a table.
pub fn graded_text(graded: &[(&Task, &Graded)], failed: &[Failure]) -> String {
    let mut lines = table(&["NAME", "LAB", "SCORE", "LATE", "WHAT DOES NOT HOLD"]);
    for (task, graded) in graded {
        let score = graded.results.score().unwrap_or_default();
        let late = graded.results.best().map_or((0, 0), |best| (best.late_minutes, best.late_deduction));
        let late = match late {
            (0, _) => "-".into(),
            (minutes, 0) => format!("{minutes} min"),
            (minutes, points) => format!("{minutes} min, {} off", count(points as usize, "point")),
        };
        let (name, lab) = (task.member.person.name.clone(), task.lab.to_string());
        lines.add_row([name, lab, score.to_string(), late, remark(graded)]);
    }
    let table = if graded.is_empty() { "Nothing was graded.".into() } else { lines.to_string() };
    let not = if failed.is_empty() { String::new() } else { format!("\n\nNot graded:\n{}", failure_table(failed)) };
    format!("{table}{not}")
}

fn remark(graded: &Graded) -> String {
    if graded.grading.grade.solved() {
        return match &graded.next {
            Next::Nothing => "solved".into(),
            Next::Last => "solved; it was the last".into(),
            Next::Started(next) => format!("solved; next is {}", next.attempt.lab),
            Next::Failed(error) => format!("solved; the next could not be started: {error}"),
        };
    }
    let open = graded.grading.grade.checks.iter().filter(|check| check.outcome != Outcome::Pass);
    let name = |check: &CheckResult| match check.outcome {
        Outcome::Error => format!("{} (could not be run)", check.id),
        _ => check.id.to_string(),
    };
    open.map(name).collect::<Vec<_>>().join(", ")
}
