//! Checks that are asked again: what came out may have been chance, or may be meant to look like trouble of ours.

use std::time::{Duration, Instant};

use super::run::Bench;
use super::{CheckResult, Outcome};
use crate::attempt::youngest;
use crate::engine::{Command, Keep};
use crate::error::{Error, Result};
use crate::lab::{Check, CheckId, Probe};

/// A service that has run for so long is there to stay. It is looked at for no longer than that.
pub(super) const STEADY: Duration = Duration::from_secs(10);
/// The same after a restart of ours, when every service is young.
pub(super) const STEADY_AGAIN: Duration = Duration::from_secs(5);
/// Between two questions.
const BETWEEN: Duration = Duration::from_millis(700);
/// How soon a probe that has nothing else to do runs a program that does nothing.
const AT_ONCE: Duration = Duration::from_secs(5);

impl Bench<'_> {
    /// Asks once more, after all others, what has passed with one answer of the box; and again and again as long as a
    /// service was started a moment ago. What comes and goes does not pass. A box at rest costs one question more.
    pub(super) async fn steady(
        &self,
        checks: &[&Check],
        mut results: Vec<CheckResult>,
        enough: Duration,
    ) -> Result<Vec<CheckResult>> {
        let begin = Instant::now();
        loop {
            let passed = |check: &&Check| has_passed(&results, &check.id) && matches!(check.probe, Probe::Http(_));
            let asked: Vec<&Check> = checks.iter().copied().filter(passed).collect();
            if asked.is_empty() {
                return Ok(results);
            }
            // Known before it is asked: what ends in between is asked for, or seen in the next round.
            let young = self.youngest().await.is_some_and(|age| age < enough);
            let answers = futures_util::future::join_all(asked.iter().map(|check| self.once_more(check, &results)));
            let answers = self.app.cancel.run_until_cancelled(answers).await.ok_or_else(Error::interrupted)?;
            for answer in answers.into_iter().filter(|answer| answer.outcome != Outcome::Pass) {
                put(&mut results, answer);
            }
            if !young || begin.elapsed() >= enough {
                return Ok(results);
            }
            let wait = tokio::time::sleep(BETWEEN);
            self.app.cancel.run_until_cancelled(wait).await.ok_or_else(Error::interrupted)?;
        }
    }

    async fn youngest(&self) -> Option<Duration> {
        youngest(self.app, self.attempt).await.ok().flatten()
    }

    async fn once_more(&self, check: &Check, known: &[CheckResult]) -> CheckResult {
        let (mut answer, _) = self.one(check, known, Instant::now() + check.timeout).await;
        if answer.outcome == Outcome::Fail {
            answer.message = format!("it comes and goes: {}", answer.message);
        }
        answer
    }

    /// Runs doubtful checks once more, each alone. One that comes out the same, while the probe is free and well, is
    /// the box's doing: otherwise whoever answers slowly or with nonsense is never told to be wrong.
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
        let nothing = Command {
            argv: ["/bin/busybox", "true"].map(String::from).to_vec(),
            env: std::collections::BTreeMap::new(),
            stdin: vec![],
            user: None,
            deadline: AT_ONCE,
            keep: Keep::First(64),
        };
        self.app.engine.exec(&self.attempt.probe(), &nothing).await.is_ok_and(|output| output.exit_code == 0)
    }
}

fn has_passed(results: &[CheckResult], id: &CheckId) -> bool {
    results.iter().any(|result| &result.id == id && result.outcome == Outcome::Pass)
}

fn put(results: &mut [CheckResult], answer: CheckResult) {
    if let Some(place) = results.iter().position(|result| result.id == answer.id) {
        results[place] = answer;
    }
}
