//! Repeats checks whose outcome may be accidental, or may imitate a failure of ours.

use std::time::{Duration, Instant};

use super::bench::Bench;
use crate::engine::{Command, OutputLimit};
use crate::environment::youngest;
use crate::error::{Error, Result};
use crate::grade::{CheckResult, Outcome};
use crate::id::CheckId;
use crate::lab::{Check, Probe};

/// Pause between two rounds.
const BETWEEN: Duration = Duration::from_millis(700);
/// Time in which an idle probe runs a program that does nothing.
const AT_ONCE: Duration = Duration::from_secs(5);

impl Bench<'_> {
    /// Repeats HTTP checks that passed, and goes on as long as a service was started a moment ago: a service that comes and
    /// goes does not pass. At rest this costs one request. Other checks take longer and are repeated only if a service was
    /// started `since` they began. Only if everything has passed, they alone are a reason to wait for steady services.
    pub(super) async fn steady(
        &self,
        checks: &[&Check],
        mut results: Vec<CheckResult>,
        enough: Duration,
        since: Instant,
    ) -> Result<Vec<CheckResult>> {
        let begin = Instant::now();
        loop {
            // The age is read first: a service that ends in between shows in this request or in the next round.
            let youngest = self.youngest().await;
            self.ask_again(checks, &mut results, is_quick).await?;
            let is_steady = youngest.is_none_or(|age| age >= enough) || begin.elapsed() >= enough;
            if is_steady || !worth_waiting(checks, &results) {
                if youngest.is_some_and(|age| started_since(age, since.elapsed())) {
                    self.ask_again(checks, &mut results, |probe| !is_quick(probe)).await?;
                }
                return Ok(results);
            }
            let wait = tokio::time::sleep(BETWEEN);
            self.app.cancel.run_until_cancelled(wait).await.ok_or_else(Error::interrupted)?;
        }
    }

    async fn ask_again(
        &self,
        checks: &[&Check],
        results: &mut [CheckResult],
        of: impl Fn(&Probe) -> bool + Send,
    ) -> Result<()> {
        let asked = checks.iter().filter(|check| has_passed(results, &check.id) && of(&check.probe));
        // Collected before any is awaited: otherwise the compiler cannot prove that the future is `Send`.
        let work: Vec<_> = asked.map(|check| self.once_more(check, results)).collect();
        let answers = futures_util::future::join_all(work);
        let answers = self.app.cancel.run_until_cancelled(answers).await.ok_or_else(Error::interrupted)?;
        for answer in answers.into_iter().filter(|answer| answer.outcome != Outcome::Pass) {
            put(results, answer);
        }
        Ok(())
    }

    async fn youngest(&self) -> Option<Duration> {
        youngest(self.app, &self.workspace.environment).await.ok().flatten()
    }

    async fn once_more(&self, check: &Check, known: &[CheckResult]) -> CheckResult {
        let (mut answer, _) = self.one(check, known, Instant::now() + check.timeout).await;
        if answer.outcome == Outcome::Fail {
            answer.message = format!("it comes and goes: {}", answer.message);
        }
        answer
    }

    /// Repeats doubtful checks, each alone. If the outcome is the same while the probe is idle and healthy, GitLab is
    /// the cause: otherwise a slow or nonsensical answer could never be wrong.
    pub(super) async fn doubted(
        &self,
        checks: &[&Check],
        done: Vec<(CheckResult, bool)>,
        known: &[CheckResult],
        deadline: Instant,
    ) -> Result<Vec<CheckResult>> {
        let mut results = vec![];
        for (first, doubtful) in done {
            let check = checks.iter().find(|check| check.id == first.id).filter(|_| doubtful);
            let Some(check) = check else {
                results.push(first);
                continue;
            };
            let again = self.one(check, known, deadline);
            let (mut second, doubtful) =
                self.app.cancel.run_until_cancelled(again).await.ok_or_else(Error::interrupted)?;
            if doubtful && self.probe_is_well().await {
                second.outcome = Outcome::Fail;
            }
            results.push(second);
        }
        Ok(results)
    }

    async fn probe_is_well(&self) -> bool {
        let nothing = Command::new(["/bin/busybox", "true"], AT_ONCE, OutputLimit::First(64));
        self.app
            .engine
            .exec(&self.workspace.environment.probe(), &nothing)
            .await
            .is_ok_and(|output| output.exit_code == 0)
    }
}

fn is_quick(probe: &Probe) -> bool {
    matches!(probe, Probe::Http(_))
}

fn worth_waiting(checks: &[&Check], results: &[CheckResult]) -> bool {
    let mut passed = checks.iter().map(|check| (is_quick(&check.probe), has_passed(results, &check.id)));
    passed.clone().any(|passed| passed == (true, true)) || passed.all(|(_, passed)| passed)
}

/// Whether something with this age, in whole seconds, was certainly started since then.
fn started_since(age: Duration, since: Duration) -> bool {
    age + Duration::from_secs(1) <= since
}

fn has_passed(results: &[CheckResult], id: &CheckId) -> bool {
    results.iter().any(|result| &result.id == id && result.outcome == Outcome::Pass)
}

fn put(results: &mut [CheckResult], answer: CheckResult) {
    if let Some(place) = results.iter().position(|result| result.id == answer.id) {
        results[place] = answer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_in_whole_seconds_may_be_almost_a_second_more() {
        let millis = Duration::from_millis;
        assert!(started_since(millis(3000), millis(4000)));
        assert!(!started_since(millis(3000), millis(3999)));
    }
}
