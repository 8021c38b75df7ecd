//! Conversion of engine errors into errors with a hint.

use super::EngineError;
use crate::error::{Context, Error, Kind, Result};

impl<T> Context<T> for Result<T, EngineError> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| {
            let hint = hint_for(&cause);
            let error = Error::new(kind(&cause), message()).caused_by(cause);
            hint.into_iter().fold(error, Error::hint)
        })
    }
}

/// Distinguishes a failure of the engine itself from one of the object it worked on.
fn kind(cause: &EngineError) -> Kind {
    match cause {
        EngineError::Unreachable { .. }
        | EngineError::Stalled { .. }
        | EngineError::InvalidResponse { .. }
        | EngineError::Refused { .. } => Kind::Engine,
        _ => Kind::Environment,
    }
}

fn hint_for(cause: &EngineError) -> Option<String> {
    let hint = match cause {
        EngineError::Unreachable { .. } => {
            "Start the engine (`sudo systemctl start docker`, or Docker Desktop), then run `breakfix doctor`."
        }
        EngineError::Stalled { .. } => {
            "The engine may be overloaded: look at `docker info`, then run `breakfix gc` and try again."
        }
        EngineError::InvalidResponse { .. } => {
            "Something other than a container engine may listen there: run `breakfix doctor`."
        }
        EngineError::UnknownImage(_) => {
            "`breakfix image build` builds the current images again; `breakfix image trust` accepts those that the engine has, if you trust everybody who uses it."
        }
        EngineError::PortTaken(_) => "Leave `--port` out to have a free port chosen, or choose another.",
        EngineError::DiskFull(_) => {
            "Make room (`docker system df` shows what uses it; `breakfix image prune` removes our old images), then try again."
        }
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_said_stays_known() {
        let lost = EngineError::Unreachable { address: "unix:///x".into(), cause: "connection refused".into() };
        let error = Err::<(), _>(lost.clone()).context(|| "no list".into()).unwrap_err();
        assert_eq!((error.kind, error.cause::<EngineError>()), (Kind::Engine, Some(&lost)));
        let taken = Err::<(), _>(EngineError::PortTaken(80)).context(|| "no port".into()).unwrap_err();
        assert_eq!((taken.kind, taken.hints.len()), (Kind::Environment, 1));
    }
}
