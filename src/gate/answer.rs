//! The answers to the gate's own words: the same operations as the commands', in text.

use super::Options;
use super::word::{Word, help};
use crate::app::App;
use crate::attempt::{Entry, State, Workspace};
use crate::error::Result;
use crate::exit::Exit;
use crate::id::AttemptId;
use crate::lifecycle::{HintRequest, Judged, judge, take_hint};
use crate::report;

/// What is said on standard output, and the exit code.
pub type Answer = (String, Exit);

/// Answers; `ssh` is what a client types to get here.
pub async fn answer(app: &App, options: &Options, id: &AttemptId, word: Word, ssh: &str) -> Result<Answer> {
    match word {
        Word::Help => Ok((help(ssh), Exit::Done)),
        Word::Ticket => Ok((ticket(options, &app.store.known(id)?.workspace(), ssh)?, Exit::Done)),
        Word::Status => Ok((status(app, &app.store.known(id)?)?, Exit::Done)),
        Word::Hint { again } => {
            let request = if again { HintRequest::Taken } else { HintRequest::Next };
            let hints = take_hint(app, options.labs.as_deref(), id, request).await?;
            Ok((format!("{hints}\n"), Exit::Done))
        }
        Word::Grade => {
            let Judged { workspace, lab, grade } = judge(app, options.labs.as_deref(), id).await?;
            let debrief = if grade.solved() { format!("\n{}\n", workspace.debrief(&lab)?) } else { String::new() };
            Ok((format!("{}\n{debrief}", report::text(&grade)), Exit::of_grade(&grade)))
        }
    }
}

fn ticket(options: &Options, workspace: &Workspace, ssh: &str) -> Result<String> {
    let lab = workspace.attempt.library(options.labs.as_deref()).load(&workspace.attempt.lab)?;
    Ok(format!(
        "{}\n\nGitLab   {}   user root, password {}\n\n{}",
        workspace.ticket(&lab)?,
        workspace.environment.url(),
        workspace.environment.root.password.expose(),
        help(ssh)
    ))
}

fn status(app: &App, entry: &Entry) -> Result<String> {
    let Entry { attempt, state, .. } = entry;
    let left = attempt.expires.duration_since(app.now()).as_mins().max(0);
    let time = match state {
        State::Running | State::Failed | State::Resetting => format!("{} h {:02} min left", left / 60, left % 60),
        _ => "over".into(),
    };
    let grade = app.store.latest_grade(&attempt.id)?;
    let score = grade.map_or("not graded yet".into(), |grade| {
        format!("{} points at the last grading{}", grade.score(), if grade.solved() { ", solved" } else { "" })
    });
    Ok(format!("{}: {}, {time}\nHints taken: {}\nScore: {score}\n", attempt.id, state.as_str(), attempt.hints_taken))
}
