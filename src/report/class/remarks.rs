//! What the trainer has to know before reading any figure.

use serde::Serialize;

use super::words::{count, line, names};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing};
use crate::grade::Outcome;

/// One thing that needs a look.
#[derive(Serialize)]
pub struct Remark {
    kind: &'static str,
    who: String,
    what: String,
}

/// Environments that failed first, then what could not be graded to the end, then who never began.
pub fn remarks(results: &Results) -> Vec<Remark> {
    let names = names(&results.trainees);
    let each = |told: fn(&AttemptResults) -> Option<(&'static str, String)>| {
        let pairs = results.labs.iter().flat_map(|lab| results.trainees.iter().zip(&names).map(move |one| (lab, one)));
        pairs.filter_map(move |(lab, (trainee, name))| {
            let (kind, what) = told(trainee.counted(&lab.id)?)?;
            Some(Remark { kind, who: format!("{name}, {}", line(&lab.title)), what })
        })
    };
    let nobody = results.labs.iter().filter_map(|lab| not_started(lab, results, &names));
    each(problem).chain(each(incomplete)).chain(nobody).collect()
}

fn problem(attempt: &AttemptResults) -> Option<(&'static str, String)> {
    let failed = attempt.standing() == Standing::EnvironmentFailed;
    let why = match &attempt.problem {
        Some(problem) => line(problem),
        None if failed => "it could not be made".into(),
        None => return None,
    };
    let end = match attempt.standing() {
        Standing::EnvironmentFailed => "It is not the trainee's doing, and there is no grade.",
        Standing::NotGraded => "There is no grade yet.",
        _ => "The grade from before counts.",
    };
    Some((Standing::EnvironmentFailed.as_str(), format!("{why}. {end}")))
}

fn incomplete(attempt: &AttemptResults) -> Option<(&'static str, String)> {
    let grade = attempt.best().filter(|_| attempt.standing() == Standing::Incomplete)?;
    let checks = grade.checks.iter().filter(|check| check.outcome == Outcome::Error).count();
    let what = format!("{} could not be run, which is not a wrong answer: grade again.", count(checks, "check"));
    Some((Standing::Incomplete.as_str(), what))
}

fn not_started(lab: &LabFacts, results: &Results, names: &[String]) -> Option<Remark> {
    let people = results.trainees.iter().zip(names).filter(|(trainee, _)| trainee.counted(&lab.id).is_none());
    let people: Vec<&str> = people.map(|(_, name)| name.as_str()).collect();
    let (kind, who) = (Standing::NotStarted.as_str(), line(&lab.title));
    (!people.is_empty()).then(|| Remark { kind, who, what: format!("{}.", people.join(", ")) })
}
