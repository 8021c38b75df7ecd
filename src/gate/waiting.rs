//! A container that cannot be entered just now is waited for, for a while.

use std::time::Duration;

use crate::app::App;
use crate::attempt::{Entry, State, Workspace};
use crate::engine::{ContainerFacts, EngineError};
use crate::id::AttemptId;

/// How long a container may be away: a restart, a reset, an engine that is restarted.
pub const PATIENCE: Duration = Duration::from_mins(3);
/// Between two looks.
pub const POLL: Duration = Duration::from_millis(250);

/// What a look at a container may show.
pub enum Look {
    /// It can be entered.
    Open(Box<(Workspace, ContainerFacts)>),
    /// Not now; why.
    Later(&'static str),
    /// Not any more; a line for the trainee.
    Over(String),
}

/// Looks whether the container can be entered.
pub async fn look(app: &App, id: &AttemptId) -> Look {
    let entry = match app.store.find(id) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Look::Over(format!("There is no attempt {id}.")),
        Err(_) => return Look::Later("The store cannot be read"),
    };
    if over(entry.state) {
        return Look::Over(format!("Attempt {id} is over and its container is gone. Its grades are kept."));
    }
    match app.engine.inspect(&entry.environment.gitlab()).await {
        Ok(facts) if facts.running && !facts.paused => Look::Open(Box::new((entry.workspace(), facts))),
        Err(EngineError::NotFound(_)) if !entry.state.under_way() => {
            Look::Over("Your container is gone. Ask your trainer.".into())
        }
        other => Look::Later(trouble(&entry, &other)),
    }
}

fn over(state: State) -> bool {
    matches!(state, State::Stopping | State::Stopped)
}

fn trouble(entry: &Entry, looked: &Result<ContainerFacts, EngineError>) -> &'static str {
    match (entry.state, looked) {
        (State::Starting | State::Resetting, _) => "Your container is being made",
        (_, Ok(facts)) if facts.paused => "Your container is paused",
        (_, Ok(_)) => "Your container is not running",
        (_, Err(_)) => "The container engine does not answer",
    }
}
