//! Reports on grades, submissions, proofs and classes. No I/O.
//!
//! Messages come from containers and titles from lab files, so both are escaped in every format.

mod autograde;
mod class;
mod format;
mod gradescope;
mod json;
mod junit;
mod markdown;
mod tap;
mod text;

pub use autograde::{autograde_json, autograde_markdown, autograde_text};
pub use class::{
    class_blackboard, class_brightspace, class_canvas, class_certificates, class_html, class_json, class_mail_merge,
    class_moodle, class_xapi,
};
pub use format::{AutogradeFormat, ClassFormat, Description, Format, GradeFormat, ProofFormat, ReportFile};
pub use gradescope::{class_gradescope, gradescope};
pub use json::json;
pub use junit::{autograde_junit, class_junit, junit, prove_junit};
pub use markdown::markdown;
pub use tap::tap;
pub use text::{counting, text};

use crate::grade::Grade;

/// Highest possible number of points.
fn total(grade: &Grade) -> u32 {
    grade.checks.iter().map(|check| check.points).sum()
}

/// `55 of 100 points (60 less 5 for hints)`.
fn score(grade: &Grade) -> String {
    let (score, total) = (grade.score(), total(grade));
    match grade.hints_cost {
        0 => format!("{score} of {total} points"),
        cost => {
            let passed = Grade { hints_cost: 0, ..grade.clone() }.score();
            format!("{score} of {total} points ({passed} less {cost} for hints)")
        }
    }
}

/// The result of a grading, in a word or two.
fn verdict(grade: &Grade) -> &'static str {
    if grade.solved() {
        "solved"
    } else if grade.incomplete() {
        "incomplete"
    } else {
        "not solved yet"
    }
}

#[cfg(test)]
mod example {
    use super::*;
    use crate::grade::{CheckResult, GradedBy, Outcome};

    /// A grade with every outcome and hostile messages.
    pub fn grade() -> Grade {
        let check = |id: &str, title: &str, points, outcome, message: &str| CheckResult {
            id: serde_json::from_value(id.into()).unwrap(),
            title: title.into(),
            points,
            outcome,
            message: message.into(),
            milliseconds: 1250,
        };
        Grade {
            attempt: "nginx-502-ada-k3pq".into(),
            lab: "nginx-502".into(),
            lab_digest: "0123".into(),
            trainee: "ada".into(),
            seed: "1".into(),
            image: "breakfix/gitlab:0123".into(),
            at: "2026-11-23T22:00:00Z".parse().unwrap(),
            by: GradedBy::Trainee,
            milliseconds: 4000,
            hints_cost: 5,
            checks: vec![
                check("sign-in", "People can sign in again", 40, Outcome::Pass, ""),
                check(
                    "motd",
                    "The <b>banner</b> | is *gone*",
                    30,
                    Outcome::Fail,
                    "got \u{1b}[31m<&>]]>\u{0}\u{fffe} `x` | y",
                ),
                check("restart", "It survives a restart", 20, Outcome::Error, "no answer within 10 s"),
                check("clone", "People can clone", 10, Outcome::Blocked, "needs sign-in"),
            ],
            integrity: vec![],
        }
    }

    /// A grade in which every check passes.
    pub fn solved() -> Grade {
        let mut grade = Grade { hints_cost: 0, ..grade() };
        for check in &mut grade.checks {
            check.outcome = Outcome::Pass;
            check.message.clear();
        }
        grade
    }
}
