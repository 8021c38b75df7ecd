//! State of a container in the engine.

use serde::Serialize;

use crate::engine::{ContainerFacts, Engine, EngineError};

/// State of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ContainerState {
    /// The container runs.
    Up,
    /// The container is paused.
    Paused,
    /// The container has exited.
    Down,
    /// The engine has no such container.
    Gone,
    /// The engine does not answer.
    Unknown,
}

impl ContainerState {
    /// Asks the engine; [`Self::Unknown`] without one.
    pub async fn of(engine: Option<&dyn Engine>, container: &str) -> Self {
        match engine {
            Some(engine) => engine.inspect(container).await.into(),
            None => Self::Unknown,
        }
    }

    /// The state as one word, as in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Paused => "paused",
            Self::Down => "down",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
        }
    }
}

impl From<Result<ContainerFacts, EngineError>> for ContainerState {
    fn from(facts: Result<ContainerFacts, EngineError>) -> Self {
        match facts {
            Ok(facts) if facts.paused => Self::Paused,
            Ok(facts) if facts.running => Self::Up,
            Ok(_) => Self::Down,
            Err(EngineError::NotFound(_)) => Self::Gone,
            Err(_) => Self::Unknown,
        }
    }
}
