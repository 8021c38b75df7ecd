use clap::Args as ClapArgs;
use serde::Serialize;
use serde_json::json;

use super::common::{Ready, Trouble, exit, open_gate, pick, running, troubles};
use super::pages;
use crate::attempt::{Attempt, Workspace};
use crate::class::run::{Task, clear, resume, start};
use crate::cli::ui::table;
use crate::cli::{Environment, Exit, Ui};
use crate::error::{Error, Result};
use crate::lifecycle::Resumed;

/// Bring a class back after a reboot or a crash of the engine: every environment as it was, with its data
///
/// Exit codes: 0 everything runs, 3 something could not be brought back.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which class, where several are under way
    class: Option<String>,
    /// Environments brought back at one time [default: two a processor, at most 8]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    slug: String,
    lab: String,
    attempt: String,
    /// `running`, `back`, `made anew`.
    outcome: &'static str,
    /// What is to be said about it.
    note: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    let members = app.store.members(&course.class.id)?;
    let ready = Ready::new(&app, around, &course, args.jobs).await?;
    let kit = ready.kit(&app, &course);
    open_gate(&app, &course).await?;
    let there = running(&app.store, &course, &members)?;
    let results = resume(&kit, &there).await;
    let (mut rows, mut failed) = (vec![], vec![]);
    for ((task, Workspace { attempt, .. }), result) in there.iter().zip(results) {
        match result.and_then(|resumed| row(task, attempt, resumed)) {
            Ok(row) => rows.push(row),
            Err(error) => failed.push(Trouble::of(task, &error)),
        }
    }
    // What was being made when it all ended was never handed over: it is made anew.
    let task = |attempt: Attempt| {
        let member = members.iter().find(|member| attempt.trainee == member.slug)?.clone();
        Some(Task { member, lab: attempt.lab.to_string() })
    };
    let lost: Vec<Task> = clear(&app, &course).await?.into_iter().filter_map(task).collect();
    for (task, result) in lost.iter().zip(start(&kit, &lost).await) {
        match result {
            Ok(workspace) => rows.push(line(task, &workspace.attempt, "made anew", None)),
            Err(error) => failed.push(Trouble::of(task, &error)),
        }
    }
    if !lost.is_empty() {
        pages::write_all(&app, &course, &ready)?;
    }
    ui.answer(&json!({ "class": course.class.id, "resumed": rows, "failed": failed }), || human(&rows, &failed));
    Ok(exit(&failed))
}

fn row(task: &Task, attempt: &Attempt, resumed: Resumed) -> Result<Row> {
    match resumed {
        Resumed::Running => Ok(line(task, attempt, "running", None)),
        Resumed::Back(note) => Ok(line(task, attempt, "back", note)),
        Resumed::Lost(why) => {
            let mend = format!("`breakfix class reset {}` makes it anew", task.member.slug);
            Err(Error::environment(format!("{why}; {mend}")))
        }
    }
}

fn line(task: &Task, attempt: &Attempt, outcome: &'static str, note: Option<String>) -> Row {
    let (name, slug) = (task.member.person.name.clone(), task.member.slug.clone());
    Row { name, slug, lab: task.lab.clone(), attempt: attempt.id.to_string(), outcome, note }
}

fn human(rows: &[Row], failed: &[Trouble]) -> String {
    let mut lines = table(&["NAME", "LAB", "OUTCOME", "NOTE"]);
    for row in rows {
        lines.add_row([&row.name, &row.lab, row.outcome, row.note.as_deref().unwrap_or("-")]);
    }
    let back = if rows.is_empty() { "Nothing was brought back.".into() } else { lines.to_string() };
    let not = if failed.is_empty() { String::new() } else { format!("\n\nNot brought back:\n{}", troubles(failed)) };
    format!("{back}{not}")
}
