//! The class in a few figures, and what needs a look.

use serde::Serialize;

use super::words::{count, duration, line, median};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};

/// One figure.
#[derive(Serialize)]
pub struct Fact {
    label: &'static str,
    value: String,
    note: String,
}

/// What the trainer has to know before reading any figure.
#[derive(Serialize)]
pub struct Remark {
    kind: &'static str,
    who: String,
    what: String,
}

/// The figures.
pub fn facts(results: &Results) -> Vec<Fact> {
    let attempts: Vec<&AttemptResults> = counted(results).filter_map(|(_, _, attempt)| attempt).collect();
    let all = results.trainees.len() * results.labs.len();
    let solved = attempts.iter().filter(|attempt| attempt.standing() == Standing::Solved).count();
    let fact = |label, value: String, note: String| Fact { label, value, note };
    let none = || "–".to_string();
    let score = median(results.trainees.iter().filter_map(|trainee| trainee.score(&results.labs)).collect());
    let time = median(attempts.iter().filter_map(|attempt| attempt.time_to_solve()).collect());
    let hints: usize = attempts.iter().map(|attempt| attempt.hints_taken).sum();
    let helped = attempts.iter().filter(|attempt| attempt.hints_taken > 0).count();
    let points: u32 = results.labs.iter().map(LabFacts::points).sum();
    vec![
        fact("Solved", format!("{solved} of {all}"), share(solved, all)),
        fact("Median score", score.map_or_else(none, |score| score.to_string()), format!("of {points} points")),
        fact("Median time to solve", time.map_or_else(none, duration), expected(&results.labs)),
        fact("Hints taken", hints.to_string(), format!("in {}", count(helped, "attempt"))),
        fact("Open", open(results).to_string(), "without a final grade".into()),
    ]
}

/// Attempts without a final grade, and labs that were never started.
fn open(results: &Results) -> usize {
    counted(results).filter(|(trainee, lab, _)| !trainee.standing(&lab.id).is_final()).count()
}

fn share(part: usize, all: usize) -> String {
    (part * 100).checked_div(all).map_or_else(String::new, |percent| format!("{percent} %"))
}

fn expected(labs: &[LabFacts]) -> String {
    match labs {
        [lab] => format!("expected: {} min", lab.minutes),
        _ => "over all labs".into(),
    }
}

fn counted(results: &Results) -> impl Iterator<Item = (&TraineeResults, &LabFacts, Option<&AttemptResults>)> {
    let pairs = results.trainees.iter().flat_map(|trainee| results.labs.iter().map(move |lab| (trainee, lab)));
    pairs.map(|(trainee, lab)| (trainee, lab, trainee.counted(&lab.id)))
}

/// Environments that failed first, then what could not be graded to the end, then who never began.
pub fn remarks(results: &Results) -> Vec<Remark> {
    let kinds: [Kind; 3] = [problem, incomplete, not_started];
    let of_kind = |kind: Kind| counted(results).filter_map(move |(trainee, lab, attempt)| kind(trainee, lab, attempt));
    kinds.into_iter().flat_map(of_kind).collect()
}

type Kind = fn(&TraineeResults, &LabFacts, Option<&AttemptResults>) -> Option<Remark>;

fn problem(trainee: &TraineeResults, lab: &LabFacts, attempt: Option<&AttemptResults>) -> Option<Remark> {
    let attempt = attempt?;
    let failed = attempt.standing() == Standing::EnvironmentFailed;
    let why = match &attempt.problem {
        Some(problem) => line(problem),
        None if failed => "it could not be made".into(),
        None => return None,
    };
    let end =
        if failed { "It is not the trainee's doing and counts as nothing." } else { "The grade from before counts." };
    Some(Remark { kind: "environment failed", who: who(trainee, lab), what: format!("{why}. {end}") })
}

fn incomplete(trainee: &TraineeResults, lab: &LabFacts, attempt: Option<&AttemptResults>) -> Option<Remark> {
    let attempt = attempt.filter(|attempt| attempt.standing() == Standing::Incomplete)?;
    let checks = attempt.best()?.checks.iter().filter(|check| check.outcome == crate::grade::Outcome::Error).count();
    let what = format!("{} could not be run, which is not a wrong answer: grade again.", count(checks, "check"));
    Some(Remark { kind: "incomplete", who: who(trainee, lab), what })
}

fn not_started(trainee: &TraineeResults, lab: &LabFacts, attempt: Option<&AttemptResults>) -> Option<Remark> {
    let what = "No environment was ever started.".to_string();
    attempt.is_none().then(|| Remark { kind: "not started", who: who(trainee, lab), what })
}

fn who(trainee: &TraineeResults, lab: &LabFacts) -> String {
    format!("{}, {}", line(&trainee.name), line(&lab.title))
}
