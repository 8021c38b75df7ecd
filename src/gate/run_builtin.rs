//! Runs built-in commands: the operations of the breakfix commands with the same names, with text output.

use std::path::Path;
use std::sync::Arc;

use super::account::{Account, Membership};
use super::builtin::{Builtin, help};
use super::is_public_key;
use super::readiness::{FINISHED, OVER};
use super::state::Gate;
use crate::app::App;
use crate::attempt::{State, Workspace};
use crate::class::results::{LabFacts, TraineeResults};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::id::AttemptId;
use crate::ops::Services;
use crate::ops::attempt::{Graded, Status, Ticket, ask, grade, hint, status, ticket};
use crate::ops::class::{self, Current, Next};
use crate::report;
use crate::store::Store;
use crate::text::{clean_line, count, time_left};

/// What a built-in command came to.
pub struct Output {
    /// Standard output.
    pub text: String,
    pub exit: Exit,
    /// A lab that was solved: in a class, the next may follow.
    pub solved: Option<Workspace>,
}

impl Output {
    fn done(text: String) -> Self {
        Self { text, exit: Exit::Done, solved: None }
    }
}

/// Runs a built-in command; `app` is cancelled when the client hangs up, and `ssh` is the command line that reaches the gate.
pub async fn run(gate: &Arc<Gate>, app: &App, account: &Account, builtin: Builtin, ssh: &str) -> Result<Output> {
    let labs = gate.options.labs.as_deref();
    let attempt = || attempt(gate, account);
    match builtin {
        Builtin::Help => Ok(Output::done(help(ssh))),
        Builtin::Status => status_text(app, labs, account).map(Output::done),
        Builtin::Ticket => Ok(Output::done(ticket_text(&ticket(&app.store, labs, &attempt()?)?, ssh))),
        Builtin::Hint(request) => Ok(Output::done(format!("{}\n", hint(app, labs, &attempt()?, request).await?))),
        Builtin::Key(line) => add_key(gate, account, &line).map(Output::done),
        Builtin::Ask(text) => {
            ask(app, &attempt()?, &text)?;
            Ok(Output::done("Your trainer sees it on the board.\n".into()))
        }
        Builtin::Grade => {
            let Graded { workspace, grade, results, debrief } = grade(app, labs, &attempt()?).await?;
            let counting = report::counting(&results).map_or(String::new(), |counting| format!("{counting}\n"));
            let debrief = debrief.map_or(String::new(), |debrief| format!("\n{debrief}\n"));
            let text = format!("{}\n{counting}{debrief}", report::text(&grade));
            Ok(Output { text, exit: Exit::of_grade(&grade), solved: grade.solved().then_some(workspace) })
        }
    }
}

fn add_key(gate: &Arc<Gate>, account: &Account, line: &str) -> Result<String> {
    if !is_public_key(line) {
        let how = "`ssh-keygen -t ed25519` makes one; the file that ends with .pub has the line";
        return Err(Error::usage(format!("this is no Ed25519 or ECDSA public key; RSA is not taken. {how}")));
    }
    let store = &gate.app.store;
    match account {
        Account::Attempt(id) => drop(store.update(id, |record| record.access.add_key(line))?),
        Account::Member(membership) => membership.add_key(store, line)?,
    }
    Ok("From now on, this key opens your login as well.\n".into())
}

/// Starts the lab of a path that follows a solved one, and returns its ticket; empty if nothing follows.
pub async fn advance(services: &Services, solved: &Workspace, ssh: &str) -> String {
    let (store, labs) = (&services.app.store, services.labs.as_deref());
    match class::advance(services, solved).await {
        Ok(Next::Nothing) => String::new(),
        Ok(Next::Last) => format!("\n{FINISHED}\n"),
        Ok(Next::Started(next)) => ticket(store, labs, &next.attempt.id).map_or_else(
            |error| format!("\nYour next lab is ready, but its ticket cannot be read: {error}\n"),
            |ticket| format!("\nYour next lab: {}\n\n{}", ticket.title, ticket_text(&ticket, ssh)),
        ),
        Ok(Next::Failed(error)) | Err(error) => {
            format!(
                "\nYour next lab could not be started: {error}. Log in again to try once more, or ask your trainer.\n"
            )
        }
    }
}

/// The attempt that an account leads to now.
fn attempt(gate: &Arc<Gate>, account: &Account) -> Result<AttemptId> {
    let membership = match account {
        Account::Attempt(id) => return Ok(id.clone()),
        Account::Member(membership) => membership,
    };
    match membership.current(&gate.app.store)? {
        Current::Attempt(entry) => Ok(entry.attempt.id),
        Current::Missing => {
            gate.start_missing(membership);
            Err(Error::busy("your next lab is being started: try again in a minute"))
        }
        Current::Finished => Err(Error::not_found(FINISHED)),
        Current::Over => Err(Error::not_found(OVER)),
    }
}

fn ticket_text(ticket: &Ticket, ssh: &str) -> String {
    let Ticket { workspace, text, .. } = ticket;
    let (url, password) = (workspace.environment.url(), workspace.environment.root.password.expose());
    format!("{text}\n\nGitLab   {url}   user root, password {password}\n\n{}", help(ssh))
}

fn status_text(app: &App, labs: Option<&Path>, account: &Account) -> Result<String> {
    match account {
        Account::Attempt(id) => Ok(attempt_text(app, &status(&app.store, id)?)),
        Account::Member(membership) => member_text(app, labs, membership),
    }
}

fn member_text(app: &App, labs: Option<&Path>, membership: &Membership) -> Result<String> {
    let store: &Store = &app.store;
    let now = match membership.current(store)? {
        Current::Attempt(entry) => attempt_text(app, &status(store, &entry.attempt.id)?),
        Current::Missing => "Your next lab is being started.\n".into(),
        Current::Finished => format!("{FINISHED}\n"),
        Current::Over => format!("{OVER}\n"),
    };
    let (course, member) = membership.load(store)?;
    let (labs, results) = class::results_of(store, &course, &member, labs)?;
    let lines = labs.iter().map(|lab| lab_line(lab, &results)).collect::<String>();
    Ok(if labs.len() > 1 { format!("{now}\n{lines}") } else { now })
}

fn lab_line(lab: &LabFacts, results: &TraineeResults) -> String {
    let points =
        results.points(&lab.id).map_or(String::new(), |points| format!(", {points} of {} points", lab.points()));
    format!("{}: {}{points}\n", clean_line(&lab.title), results.standing(&lab.id).as_str())
}

fn attempt_text(app: &App, status: &Status) -> String {
    let Status { attempt, state, achieved } = status;
    let is_active = state.is_handed_over() || *state == State::Resetting;
    let time = match time_left(attempt.ends(), app.now()) {
        left if is_active && left != "over" => format!("{left} left"),
        _ => "over".into(),
    };
    let score = achieved.map_or("not graded yet".into(), |achieved| {
        let solved = if achieved.solved { ", solved" } else { "" };
        format!("{}{solved}", count(achieved.score as usize, "point"))
    });
    format!("{}: {}, {time}\nHints taken: {}\nScore: {score}\n", attempt.id, state.as_str(), attempt.hints_taken)
}
