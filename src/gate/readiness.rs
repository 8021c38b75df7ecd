//! Readiness of an attempt's container for a program.

use std::time::Duration;

use crate::app::App;
use crate::attempt::{Entry, State, Workspace};
use crate::engine::{ContainerFacts, EngineError};
use crate::id::AttemptId;

/// How long a program waits for a restart or reset of the container, or a restart of the engine.
pub const TIMEOUT: Duration = Duration::from_mins(3);
/// Time between two polls.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// State of a container, from the view of a program that is to run in it.
pub enum Readiness {
    /// Programs can run.
    Ready(Box<(Workspace, ContainerFacts)>),
    /// Programs cannot run now; the reason, for the trainee.
    NotReady(&'static str),
    /// The container will not come back; a message for the trainee.
    Gone(String),
}

/// Asks the store and the engine for the container's state.
pub async fn poll(app: &App, id: &AttemptId) -> Readiness {
    let entry = match app.store.find(id) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Readiness::Gone(format!("There is no attempt {id}.")),
        Err(_) => return Readiness::NotReady("The store cannot be read"),
    };
    if is_over(entry.state) {
        return Readiness::Gone(format!("Attempt {id} is over and its container is gone. Its grades are kept."));
    }
    match app.engine.inspect(&entry.environment.gitlab()).await {
        Ok(facts) if facts.running && !facts.paused => Readiness::Ready(Box::new((entry.workspace(), facts))),
        Err(EngineError::NotFound(_)) if !entry.state.under_way() => {
            Readiness::Gone("Your container is gone. Ask your trainer.".into())
        }
        other => Readiness::NotReady(reason(&entry, &other)),
    }
}

fn is_over(state: State) -> bool {
    matches!(state, State::Stopping | State::Stopped)
}

fn reason(entry: &Entry, inspected: &Result<ContainerFacts, EngineError>) -> &'static str {
    match (entry.state, inspected) {
        (State::Starting | State::Resetting, _) => "Your container is being made",
        (_, Ok(facts)) if facts.paused => "Your container is paused",
        (_, Ok(_)) => "Your container is not running",
        (_, Err(_)) => "The container engine does not answer",
    }
}
