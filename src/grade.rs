//! Grades: what holds in an environment and what does not. Pure.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::id::{AttemptId, CheckId, LabId, TraineeId};
use crate::lab::{Hint, Lab};

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not hold: a wrong answer.
    Fail,
    /// It could not be run: never a wrong answer.
    Error,
    /// A check that it needs did not pass.
    Blocked,
}

/// One check's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which check.
    pub id: CheckId,
    /// Its title.
    pub title: String,
    /// Its points.
    pub points: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// One line for the trainee; empty for a pass that has nothing to say. Free of control characters.
    pub message: String,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// A program, or what makes a program load other code, that is not the image's any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The file, or the service that runs it.
    pub path: String,
    /// What is wrong with it, completing a sentence that the path begins.
    pub why: String,
}

impl Finding {
    /// A finding about a file or service.
    #[must_use]
    pub fn new(path: &str, why: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into() }
    }

    /// As a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} {}", self.path, self.why)
    }
}

/// On whose behalf a grading takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GradedBy {
    /// The trainee asked for it.
    #[default]
    Trainee,
    /// The trainer asked for it: it counts, but is no attempt of the trainee's.
    Trainer,
    /// The time was over.
    Deadline,
}

/// All outcomes of one grading. `--json` prints it as it stands here, with `score` and `solved` added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// The attempt.
    pub attempt: AttemptId,
    /// The lab.
    pub lab: LabId,
    /// SHA-256 of the lab's content.
    pub lab_digest: String,
    /// The trainee.
    pub trainee: TraineeId,
    /// What the trainee's variables were drawn from.
    pub seed: String,
    /// Reference of the image that was graded.
    pub image: String,
    /// When it began.
    pub at: Timestamp,
    /// On whose behalf.
    #[serde(default)]
    pub by: GradedBy,
    /// Wall-clock time of the whole grading, in milliseconds.
    pub milliseconds: u64,
    /// Points taken off for hints.
    pub hints_cost: u32,
    /// In the lab's order.
    pub checks: Vec<CheckResult>,
    /// Programs that are not the image's any more: with one of them, no check passes.
    #[serde(default)]
    pub integrity: Vec<Finding>,
}

impl Grade {
    /// Points of the passed checks less the cost of hints, never below 0.
    #[must_use]
    pub fn score(&self) -> u32 {
        let passed = self.checks.iter().filter(|check| check.outcome == Outcome::Pass);
        passed.map(|check| check.points).sum::<u32>().saturating_sub(self.hints_cost)
    }

    /// Whether every check passes. A grade without checks solves nothing.
    #[must_use]
    pub fn solved(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.outcome == Outcome::Pass)
    }

    /// Whether a check could not be run.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        self.checks.iter().any(|check| check.outcome == Outcome::Error)
    }

    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_millis(self.milliseconds)
    }
}

/// What the first `taken` hints of a lab cost.
#[must_use]
pub fn hints_cost(hints: &[Hint], taken: usize) -> u32 {
    hints.iter().take(taken).map(|hint| hint.cost).sum()
}

/// How outcomes differ from what faults or a wrong fix should bring about: every named check must not pass,
/// at least one of them must fail outright, every other must pass or be blocked by one that does not.
/// Empty if they do not differ. Checks that were left out of the grading are not held against it.
#[must_use]
pub fn differences(lab: &Lab, results: &[CheckResult], broken: &[CheckId]) -> Vec<String> {
    let mut found: Vec<String> =
        results.iter().filter_map(|result| difference(result, broken.contains(&result.id))).collect();
    let fails = |id: &CheckId| results.iter().any(|result| &result.id == id && result.outcome == Outcome::Fail);
    if found.is_empty() && !broken.is_empty() && !broken.iter().any(fails) {
        found.push(format!("none of the checks that lab {} names fails outright", lab.id));
    }
    found
}

/// A check that could not be run says nothing about a lab.
pub fn all_ran(results: &[CheckResult]) -> Result<()> {
    let failed = results.iter().filter(|result| result.outcome == Outcome::Error);
    let said: Vec<String> = failed.map(|result| format!("{}: {}", result.id, result.message)).collect();
    if said.is_empty() {
        Ok(())
    } else {
        Err(said.into_iter().fold(Error::environment("a check could not be run"), Error::because))
    }
}

fn difference(result: &CheckResult, broken: bool) -> Option<String> {
    let CheckResult { id, message, .. } = result;
    match (result.outcome, broken) {
        (Outcome::Error, _) => Some(format!("check {id} could not be run: {message}")),
        (Outcome::Pass, true) => Some(format!("check {id} passes and should not")),
        (Outcome::Fail, false) => Some(format!("check {id} fails and should not: {message}")),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn graded(outcomes: &[(u32, Outcome)], hints_cost: u32) -> Grade {
        let check = |(index, (points, outcome)): (usize, &(u32, Outcome))| CheckResult {
            id: serde_json::from_value(format!("c{index}").into()).unwrap(),
            title: String::new(),
            points: *points,
            outcome: *outcome,
            message: String::new(),
            milliseconds: 0,
        };
        Grade {
            attempt: "a".into(),
            lab: "l".into(),
            lab_digest: String::new(),
            trainee: "ada".into(),
            seed: "1".into(),
            image: String::new(),
            at: Timestamp::UNIX_EPOCH,
            by: GradedBy::Trainee,
            milliseconds: 0,
            hints_cost,
            checks: outcomes.iter().enumerate().map(check).collect(),
            integrity: vec![],
        }
    }

    #[test]
    fn only_passed_checks_score() {
        use Outcome::{Blocked, Error, Fail, Pass};
        let grade = graded(&[(40, Pass), (30, Fail), (20, Error), (10, Blocked)], 0);
        assert_eq!((grade.score(), grade.solved(), grade.incomplete()), (40, false, true));
    }

    #[test]
    fn hints_cost_points_but_do_not_spoil_the_solution() {
        let grade = graded(&[(60, Outcome::Pass), (40, Outcome::Pass)], 15);
        assert_eq!((grade.score(), grade.solved()), (85, true));
    }

    #[test]
    fn a_score_is_never_negative() {
        assert_eq!(graded(&[(100, Outcome::Fail)], 30).score(), 0);
    }

    #[test]
    fn a_grade_without_checks_solves_nothing() {
        assert!(!graded(&[], 0).solved());
    }
}
