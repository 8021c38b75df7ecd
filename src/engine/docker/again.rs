//! Questions are asked again where their answer was lost: they change nothing.

use std::future::Future;
use std::time::Duration;

use super::{ApiError, Docker};
use crate::engine::{EngineError, Result};

/// Waits before a question is asked again.
pub(super) const WAITS: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(500)];

impl Docker {
    /// [`Docker::call`] for what changes nothing.
    pub(super) async fn ask<T, F>(&self, action: &str, request: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        again(|| self.call(action, request())).await
    }
}

/// Asks until there is an answer, or too many were lost.
pub(super) async fn again<T, F>(question: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for wait in WAITS {
        match question().await {
            Err(error) if was_lost(&error) => tokio::time::sleep(wait).await,
            answer => return answer,
        }
    }
    question().await
}

/// Whether the next answer may be a better one. An engine that does not answer at all has been waited for long enough.
pub(super) fn was_lost(error: &EngineError) -> bool {
    match error {
        EngineError::Unreachable { .. } | EngineError::Nonsense { .. } => true,
        EngineError::Refused { status, .. } => *status >= 500,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often a question is asked whose first answers fail so, and what comes of it.
    fn asked(failures: usize, error: &EngineError) -> (usize, Result<()>) {
        let times = Cell::new(0);
        let question = || {
            times.set(times.get() + 1);
            std::future::ready(if times.get() > failures { Ok(()) } else { Err(error.clone()) })
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = runtime.block_on(again(question));
        (times.get(), answer)
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_a_few_times() {
        let lost = EngineError::Unreachable { address: String::new(), cause: "reset".into() };
        assert_eq!(asked(0, &lost), (1, Ok(())));
        assert_eq!(asked(3, &lost), (4, Ok(())));
        assert_eq!(asked(4, &lost), (4, Err(lost)));
    }

    #[test]
    fn an_answer_is_an_answer() {
        let refused = |status| EngineError::Refused { action: String::new(), status, message: String::new() };
        let nothing = EngineError::NotFound(String::new());
        assert_eq!(asked(1, &nothing), (1, Err(nothing.clone())));
        assert_eq!(asked(1, &refused(400)), (1, Err(refused(400))));
        assert_eq!(asked(1, &refused(503)), (2, Ok(())));
    }
}
