//! Retries of requests that change nothing.

use std::future::Future;
use std::time::Duration;

use super::{ApiError, Docker};
use crate::engine::{EngineError, Result};

/// Delays before the retries.
pub(super) const WAITS: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(500)];

impl Docker {
    /// [`Docker::call`] with retries, for requests that change nothing.
    pub(super) async fn query<T, F>(&self, action: &str, request: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        with_retries(|| self.call(action, request())).await
    }
}

/// Repeats a request until it succeeds, fails for good, or the retries are used up.
pub(super) async fn with_retries<T, F>(request: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for wait in WAITS {
        match request().await {
            Err(error) if is_retryable(&error) => tokio::time::sleep(wait).await,
            answer => return answer,
        }
    }
    request().await
}

/// Whether a retry may succeed. A stalled request has used up its time already.
pub(super) fn is_retryable(error: &EngineError) -> bool {
    match error {
        EngineError::Unreachable { .. } | EngineError::InvalidResponse { .. } => true,
        EngineError::Refused { status, .. } => *status >= 500,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Number of requests, and the result, if the first `failures` requests fail with `error`.
    fn asked(failures: usize, error: &EngineError) -> (usize, Result<()>) {
        let times = Cell::new(0);
        let request = || {
            times.set(times.get() + 1);
            std::future::ready(if times.get() > failures { Ok(()) } else { Err(error.clone()) })
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = runtime.block_on(with_retries(request));
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
