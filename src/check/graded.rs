//! Outcomes of a lab's checks, and the effect of findings on them. Pure.

use std::time::Duration;

use super::integrity::Found;
use crate::engine::EngineError;
use crate::grade::{CheckResult, Finding, Outcome};
use crate::lab::{Check, Lab};
use crate::text::clean_line;

/// Outcomes of a lab's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    /// In the lab's order.
    pub checks: Vec<CheckResult>,
    /// Programs that are not the image's any more.
    pub integrity: Vec<Finding>,
}

/// When checks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before a restart.
    First,
    /// After our restart, which has waited for the services.
    AfterRestart,
}

impl Phase {
    /// Age at which a service counts as steady; also the longest wait for it.
    pub(super) fn steady(self) -> Duration {
        Duration::from_secs(match self {
            Self::First => 10,
            // Every service is young then.
            Self::AfterRestart => 5,
        })
    }
}

impl Graded {
    /// No check can pass.
    pub(super) fn failed(lab: &Lab, why: &str) -> Self {
        let verdict = Verdict::fail(why);
        Self { checks: lab.checks.iter().map(|check| result(check, &verdict, 0)).collect(), integrity: vec![] }
    }

    /// Applies the findings; `None` if a check passes on stale services, which only a restart proves genuine.
    pub(super) fn judged(self, found: Result<Found, EngineError>, phase: Phase) -> Option<Self> {
        let has_passed = self.checks.iter().any(|result| result.outcome == Outcome::Pass);
        match found {
            Ok(found) if phase == Phase::AfterRestart => Some(self.with(Ok([found.findings, found.stale].concat()))),
            Ok(found) if found.findings.is_empty() && !found.stale.is_empty() && has_passed => None,
            found => Some(self.with(found.map(|found| found.findings))),
        }
    }

    /// Turns passes into failures if programs were changed, and into errors if they could not be compared.
    pub(super) fn with(mut self, found: Result<Vec<Finding>, EngineError>) -> Self {
        let (outcome, why) = match found {
            Ok(found) => {
                self.integrity = found;
                let Some(first) = self.integrity.first() else { return self };
                (Outcome::Fail, format!("does not count: {}", first.sentence()))
            }
            Err(error) => (Outcome::Error, format!("its programs could not be compared with the image's: {error}")),
        };
        for passed in self.checks.iter_mut().filter(|result| result.outcome == Outcome::Pass) {
            (passed.outcome, passed.message) = (outcome, clean_line(&why));
        }
        self
    }
}

/// Outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    pub message: String,
    /// Whether GitLab's own answers may be the reason that the check could not be run.
    pub doubtful: bool,
}

impl Verdict {
    fn new(outcome: Outcome, message: impl Into<String>) -> Self {
        Self { outcome, message: message.into(), doubtful: false }
    }

    pub fn pass() -> Self {
        Self::new(Outcome::Pass, "")
    }

    pub fn fail(message: impl Into<String>) -> Self {
        Self::new(Outcome::Fail, message)
    }

    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Outcome::Error, message)
    }

    pub fn doubtful(message: impl Into<String>) -> Self {
        Self { doubtful: true, ..Self::error(message) }
    }
}

pub(super) fn result(check: &Check, verdict: &Verdict, milliseconds: u64) -> CheckResult {
    CheckResult {
        id: check.id.clone(),
        title: check.title.clone(),
        points: check.points,
        outcome: verdict.outcome,
        message: clean_line(&verdict.message),
        milliseconds,
    }
}

pub(super) fn blocked(check: &Check, why: &str) -> CheckResult {
    result(check, &Verdict::new(Outcome::Blocked, why), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALE: &str = "/opt/gitlab/sv/puma/run was changed after the service puma had read it";

    fn graded(outcomes: &[Outcome]) -> Graded {
        let check = |(number, outcome): (usize, &Outcome)| CheckResult {
            id: serde_json::from_value(format!("check-{number}").into()).unwrap(),
            title: String::new(),
            points: 50,
            outcome: *outcome,
            message: String::new(),
            milliseconds: 0,
        };
        Graded { checks: outcomes.iter().enumerate().map(check).collect(), integrity: vec![] }
    }

    fn finding(path: &str, why: &str) -> Finding {
        Finding { path: path.into(), why: why.into() }
    }

    fn stale() -> Vec<Finding> {
        vec![finding("/opt/gitlab/sv/puma/run", "was changed after the service puma had read it")]
    }

    /// Outcomes with their messages, and findings.
    fn told(graded: &Graded) -> (Vec<(Outcome, &str)>, Vec<String>) {
        let checks = graded.checks.iter().map(|check| (check.outcome, check.message.as_str())).collect();
        (checks, graded.integrity.iter().map(Finding::sentence).collect())
    }

    #[test]
    fn a_file_that_is_stale_before_a_restart_asks_for_one_if_something_passes() {
        let found = || Ok(Found { findings: vec![], stale: stale() });
        assert_eq!(graded(&[Outcome::Fail, Outcome::Pass]).judged(found(), Phase::First), None);
        let failed = graded(&[Outcome::Fail, Outcome::Error]);
        assert_eq!(failed.clone().judged(found(), Phase::First), Some(failed));
    }

    #[test]
    fn a_file_that_is_still_stale_after_a_restart_is_a_finding() {
        let found = Ok(Found { findings: vec![], stale: stale() });
        let judged = graded(&[Outcome::Pass, Outcome::Fail]).judged(found, Phase::AfterRestart).unwrap();
        let why = format!("does not count: {STALE}");
        let expected = vec![(Outcome::Fail, why.as_str()), (Outcome::Fail, "")];
        assert_eq!(told(&judged), (expected, vec![STALE.to_string()]));
    }

    #[test]
    fn findings_come_before_what_is_stale() {
        let gone = || vec![finding("/usr/bin/git", "is gone")];
        let found = || Ok(Found { findings: gone(), stale: stale() });
        let first = graded(&[Outcome::Pass]).judged(found(), Phase::First).unwrap();
        let failed = vec![(Outcome::Fail, "does not count: /usr/bin/git is gone")];
        assert_eq!(told(&first), (failed.clone(), vec!["/usr/bin/git is gone".to_string()]));
        let later = graded(&[Outcome::Pass]).judged(found(), Phase::AfterRestart).unwrap();
        assert_eq!(told(&later), (failed, vec!["/usr/bin/git is gone".to_string(), STALE.to_string()]));
    }

    #[test]
    fn what_passes_is_an_error_if_its_programs_cannot_be_compared() {
        let away = Err(EngineError::DiskFull("no space left on device".into()));
        let judged = graded(&[Outcome::Pass, Outcome::Fail]).judged(away, Phase::First).unwrap();
        let why = format!(
            "its programs could not be compared with the image's: {}",
            EngineError::DiskFull("no space left on device".into())
        );
        assert_eq!(told(&judged), (vec![(Outcome::Error, why.as_str()), (Outcome::Fail, "")], vec![]));
    }
}
