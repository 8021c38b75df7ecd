//! Readiness of an attempt's container for a program.

use std::sync::Arc;
use std::time::Duration;

use super::account::Account;
use super::state::Gate;
use crate::app::App;
use crate::attempt::{State, Workspace};
use crate::engine::{ContainerFacts, EngineError};
use crate::error::Kind;
use crate::id::AttemptId;
use crate::ops::class::Current;

/// How long a program waits for a restart of the container or of the engine.
const RESTART: Duration = Duration::from_mins(3);
/// How long a program waits for a container that is being made.
const CREATION: Duration = Duration::from_mins(30);
/// Time between two polls.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A reason to wait.
pub struct Wait {
    /// The reason, for the trainee.
    pub why: &'static str,
    /// How long it is worth waiting.
    pub at_most: Duration,
}

impl Wait {
    const fn restart(why: &'static str) -> Readiness {
        Readiness::NotReady(Self { why, at_most: RESTART })
    }

    const fn creation(why: &'static str) -> Readiness {
        Readiness::NotReady(Self { why, at_most: CREATION })
    }
}

/// What trainees are told who have no lab any more.
pub const FINISHED: &str = "You have solved every lab of this class. Your grades are kept.";
pub const OVER: &str = "The class is over and its containers are gone. Your grades are kept.";

/// State of a container, from the view of a program that is to run in it.
pub enum Readiness {
    /// Programs can run.
    Ready(Box<(Workspace, ContainerFacts)>),
    /// Programs cannot run now.
    NotReady(Wait),
    /// The container will not come back; a message for the trainee.
    Gone(String),
}

/// Asks the store and the engine for the state of the container that an account leads to now. Starts a lab that is missing.
pub async fn poll(gate: &Arc<Gate>, account: &Account) -> Readiness {
    let membership = match account {
        Account::Attempt(id) => return of_attempt(&gate.app, id).await,
        Account::Member(membership) => membership,
    };
    match membership.current(&gate.app.store) {
        Ok(Current::Attempt(entry)) => of_attempt(&gate.app, &entry.attempt.id).await,
        Ok(Current::Missing) => {
            gate.start_missing(membership);
            Wait::creation("Your next lab is being started")
        }
        Ok(Current::Finished) => Readiness::Gone(FINISHED.into()),
        Ok(Current::Over) => Readiness::Gone(OVER.into()),
        Err(error) if error.kind == Kind::NotFound => Readiness::Gone(error.message),
        Err(_) => Wait::restart("The store cannot be read"),
    }
}

async fn of_attempt(app: &App, id: &AttemptId) -> Readiness {
    let entry = match app.store.find(id) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Readiness::Gone(format!("There is no attempt {id}.")),
        Err(_) => return Wait::restart("The store cannot be read"),
    };
    // Nobody looks while it is seeded and broken.
    if matches!(entry.state, State::Starting | State::Resetting) {
        return Wait::creation("Your container is being made");
    }
    if is_over(entry.state) {
        return Readiness::Gone(format!("Attempt {id} is over and its container is gone. Its grades are kept."));
    }
    match app.engine.inspect(&entry.environment.gitlab()).await {
        Ok(facts) if facts.running && !facts.paused => Readiness::Ready(Box::new((entry.workspace(), facts))),
        Err(EngineError::NotFound(_)) => Readiness::Gone("Your container is gone. Ask your trainer.".into()),
        other => Wait::restart(reason(&other)),
    }
}

fn is_over(state: State) -> bool {
    matches!(state, State::Stopping | State::Stopped)
}

fn reason(inspected: &Result<ContainerFacts, EngineError>) -> &'static str {
    match inspected {
        Ok(facts) if facts.paused => "Your container is paused",
        Ok(_) => "Your container is not running",
        Err(_) => "The container engine does not answer",
    }
}
