//! Explains containers that cannot be entered, and containers that stopped during a program.

use super::Ui;
use crate::app::App;
use crate::attempt::{Attempt, State, Workspace};
use crate::engine::{ContainerFacts, EngineError};
use crate::environment::went_down;
use crate::error::{Context, Error, Result};

/// Adds the cause and a suggestion to the error of a container that cannot be entered.
pub async fn entered<T>(app: &App, workspace: &Workspace, opened: Result<T, EngineError>) -> Result<T> {
    let id = &workspace.attempt.id;
    let down = match &opened {
        Err(EngineError::Conflict(_) | EngineError::NotFound(_)) => {
            app.engine.inspect(&workspace.environment.gitlab()).await
        }
        _ => return opened.context(|| format!("the container of {id} cannot be entered")),
    };
    let error = Error::environment(format!("the container of {id} cannot be entered"));
    Err(match down {
        Ok(facts) if facts.paused => error.because("it is paused"),
        Ok(facts) if !facts.running => error.because("its container is not running").hint(advice(&workspace.attempt)),
        Err(EngineError::NotFound(_)) => {
            error.because("the engine has lost its container").hint(lost(&workspace.attempt))
        }
        _ => return opened.context(|| error.message),
    })
}

/// Suggestion for a container that is down.
pub fn advice(attempt: &Attempt) -> String {
    let id = &attempt.id;
    format!("`breakfix resume {id}` starts it again with its data; `breakfix reset {id}` recreates it, freshly broken.")
}

/// Suggestion for a container that the engine has lost.
pub fn lost(attempt: &Attempt) -> String {
    format!("`breakfix reset {}` recreates it, freshly broken.", attempt.id)
}

/// Notes if a program with this exit code ended because its container stopped.
pub async fn note_if_gone(
    app: &App,
    workspace: &Workspace,
    before: Option<&ContainerFacts>,
    code: Option<u32>,
    ui: &Ui,
) {
    let Some(before) = before else { return };
    if code == Some(0) || !went_down(app.engine.as_ref(), &workspace.environment, before, code).await {
        return;
    }
    let id = &workspace.attempt.id;
    let state = app.store.find(id).ok().flatten().map(|entry| entry.state);
    ui.note(&match state {
        Some(State::Resetting) => format!("The container of {id} is being reset; enter it again once that is done."),
        Some(State::Stopping | State::Stopped) | None => {
            format!("Attempt {id} was stopped, and its container is gone.")
        }
        _ => format!("The container of {id} was stopped or restarted meanwhile. {}", advice(&workspace.attempt)),
    });
}
