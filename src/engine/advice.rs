//! What to do about an engine that did not do what it was asked to.

use super::EngineError;
use crate::error::{Context, Error, Result};

impl<T> Context<T> for Result<T, EngineError> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| {
            let mut error = Error::environment(message()).because(&cause);
            error.hints.extend(next_step(&cause));
            error
        })
    }
}

fn next_step(cause: &EngineError) -> Option<String> {
    let hint = match cause {
        EngineError::Unreachable { .. } => {
            "Start the engine (`sudo systemctl start docker`, or Docker Desktop), then run `breakfix doctor`."
        }
        EngineError::Stalled { .. } => {
            "The engine may be overloaded: look at `docker info`, then run `breakfix gc` and try again."
        }
        EngineError::Nonsense { .. } => {
            "Something other than a container engine may listen there: run `breakfix doctor`."
        }
        EngineError::UnknownImage(_) => {
            "`breakfix image build` makes what is current again; `breakfix image trust` takes what the engine has, if you trust all who use it."
        }
        EngineError::PortTaken(_) => "Leave `--port` out to have a free port chosen, or choose another.",
        EngineError::DiskFull(_) => {
            "Make room (`docker system df` shows what uses it; `breakfix image prune` removes our old images), then try again."
        }
        _ => return None,
    };
    Some(hint.into())
}
