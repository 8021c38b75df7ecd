//! What the trainer has to know before reading any figure.

use serde::Serialize;

use super::words::{count, line, names};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing};
use crate::grade::Outcome;

/// One thing that needs a look, with everybody whom it concerns.
#[derive(Serialize)]
pub struct Remark {
    kind: &'static str,
    lab: String,
    what: String,
    who: String,
    /// Everybody, where they are too many for a heading.
    names: Option<String>,
}

/// So many names make a heading.
const HEADED: usize = 3;

/// Environments that failed first, then what could not be graded to the end, then who never began.
pub fn remarks(results: &Results) -> Vec<Remark> {
    let names = names(&results.trainees);
    let kinds: [Kind; 3] = [problem, incomplete, not_started];
    let of_kind = |kind: Kind| results.labs.iter().flat_map(move |lab| of_lab(kind, lab, results));
    let told = kinds.into_iter().flat_map(of_kind);
    told.map(|told| remark(told, &names)).collect()
}

/// What kind of remark an attempt is worth, and what is to be said.
type Kind = fn(Option<&AttemptResults>) -> Option<(&'static str, String)>;

struct Told {
    kind: &'static str,
    lab: String,
    what: String,
    whom: Vec<usize>,
}

/// One remark for all of whom the same is to be said.
fn of_lab(kind: Kind, lab: &LabFacts, results: &Results) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for (whom, trainee) in results.trainees.iter().enumerate() {
        let Some((kind, what)) = kind(trainee.counted(&lab.id)) else { continue };
        match all.iter_mut().find(|told| told.what == what) {
            Some(told) => told.whom.push(whom),
            None => all.push(Told { kind, lab: line(&lab.title), what, whom: vec![whom] }),
        }
    }
    all
}

fn remark(told: Told, names: &[String]) -> Remark {
    let list = told.whom.iter().map(|one| names[*one].as_str()).collect::<Vec<_>>().join(", ");
    let Told { kind, lab, what, whom } = told;
    match whom.len() {
        ..=HEADED => Remark { kind, lab, what, who: list, names: None },
        many => Remark { kind, lab, what, who: count(many, "trainee"), names: Some(list) },
    }
}

fn problem(attempt: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    let attempt = attempt?;
    let standing = attempt.standing();
    let why = match &attempt.problem {
        Some(problem) => line(problem),
        None if standing == Standing::EnvironmentFailed => "it could not be made".into(),
        None => return None,
    };
    let end = match standing {
        Standing::EnvironmentFailed => "It is not the trainee's doing, and there is no grade.",
        Standing::NotGraded => "There is no grade yet.",
        _ => "The grade from before counts.",
    };
    Some((Standing::EnvironmentFailed.as_str(), format!("{why}. {end}")))
}

fn incomplete(attempt: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    let attempt = attempt?;
    let grade = &attempt.best().filter(|_| attempt.standing() == Standing::Incomplete)?.grade;
    let checks = grade.checks.iter().filter(|check| check.outcome == Outcome::Error).count();
    let what = format!("{} could not be run, which is not a wrong answer: grade again.", count(checks, "check"));
    Some((Standing::Incomplete.as_str(), what))
}

fn not_started(attempt: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    attempt.is_none().then(|| (Standing::NotStarted.as_str(), "No environment was ever handed over.".into()))
}
