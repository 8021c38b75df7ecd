//! Runs built-in commands: the operations of the breakfix commands with the same names, with text output.

use super::Options;
use super::builtin::{Builtin, help};
use crate::app::App;
use crate::attempt::State;
use crate::error::Result;
use crate::exit::Exit;
use crate::id::AttemptId;
use crate::ops::attempt::{Graded, Status, Ticket, grade, hint, status, ticket};
use crate::report;
use crate::text::time_left;

/// Standard output and exit code of a built-in command.
pub type Output = (String, Exit);

/// Runs a built-in command; `ssh` is the command line that reaches the gate.
pub async fn run(app: &App, options: &Options, id: &AttemptId, builtin: Builtin, ssh: &str) -> Result<Output> {
    let labs = options.labs.as_deref();
    match builtin {
        Builtin::Help => Ok((help(ssh), Exit::Done)),
        Builtin::Ticket => Ok((ticket_text(&ticket(&app.store, labs, id)?, ssh), Exit::Done)),
        Builtin::Status => Ok((status_text(app, &status(&app.store, id)?), Exit::Done)),
        Builtin::Hint(request) => Ok((format!("{}\n", hint(app, labs, id, request).await?), Exit::Done)),
        Builtin::Grade => {
            let Graded { grade, debrief, .. } = grade(app, labs, id).await?;
            let debrief = debrief.map_or(String::new(), |debrief| format!("\n{debrief}\n"));
            Ok((format!("{}\n{debrief}", report::text(&grade)), Exit::of_grade(&grade)))
        }
    }
}

fn ticket_text(ticket: &Ticket, ssh: &str) -> String {
    let Ticket { workspace, text, .. } = ticket;
    let (url, password) = (workspace.environment.url(), workspace.environment.root.password.expose());
    format!("{text}\n\nGitLab   {url}   user root, password {password}\n\n{}", help(ssh))
}

fn status_text(app: &App, status: &Status) -> String {
    let Status { attempt, state, grade } = status;
    let is_active = state.is_handed_over() || *state == State::Resetting;
    let time = match time_left(attempt.expires, app.now()) {
        left if is_active && left != "over" => format!("{left} left"),
        _ => "over".into(),
    };
    let score = grade.as_ref().map_or("not graded yet".into(), |grade| {
        format!("{} points at the last grading{}", grade.score(), if grade.solved() { ", solved" } else { "" })
    });
    format!("{}: {}, {time}\nHints taken: {}\nScore: {score}\n", attempt.id, state.as_str(), attempt.hints_taken)
}
