//! The answers to the gate's own words: the same operations as the commands', in text.

use super::Options;
use super::word::{Word, help};
use crate::app::App;
use crate::attempt::State;
use crate::error::Result;
use crate::exit::Exit;
use crate::id::AttemptId;
use crate::ops::attempt::{Graded, HintRequest, Standing, Ticket, grade, hint, standing, ticket};
use crate::report;
use crate::text::time_left;

/// What is said on standard output, and the exit code.
pub type Answer = (String, Exit);

/// Answers; `ssh` is what a client types to get here.
pub async fn answer(app: &App, options: &Options, id: &AttemptId, word: Word, ssh: &str) -> Result<Answer> {
    let labs = options.labs.as_deref();
    match word {
        Word::Help => Ok((help(ssh), Exit::Done)),
        Word::Ticket => Ok((ticket_text(&ticket(&app.store, labs, id)?, ssh), Exit::Done)),
        Word::Status => Ok((status_text(app, &standing(&app.store, id)?), Exit::Done)),
        Word::Hint { again } => {
            let request = if again { HintRequest::Taken } else { HintRequest::Next };
            Ok((format!("{}\n", hint(app, labs, id, request).await?), Exit::Done))
        }
        Word::Grade => {
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

fn status_text(app: &App, standing: &Standing) -> String {
    let Standing { attempt, state, grade } = standing;
    let there = state.is_handed_over() || *state == State::Resetting;
    let time = match time_left(attempt.expires, app.now()) {
        left if there && left != "over" => format!("{left} left"),
        _ => "over".into(),
    };
    let score = grade.as_ref().map_or("not graded yet".into(), |grade| {
        format!("{} points at the last grading{}", grade.score(), if grade.solved() { ", solved" } else { "" })
    });
    format!("{}: {}, {time}\nHints taken: {}\nScore: {score}\n", attempt.id, state.as_str(), attempt.hints_taken)
}
