//! Key figures of a class.

use serde::Serialize;

use super::words::{count, duration, median, median_time};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};

/// A key figure.
#[derive(Serialize)]
pub struct Fact {
    label: &'static str,
    value: String,
    note: String,
}

/// The key figures of a class.
pub fn facts(results: &Results) -> Vec<Fact> {
    let attempts: Vec<&AttemptResults> = counted(results).filter_map(|(_, _, attempt)| attempt).collect();
    let all = results.trainees.len() * results.labs.len();
    let solved = attempts.iter().filter(|attempt| attempt.standing() == Standing::Solved).count();
    let fact = |label, value: String, note: String| Fact { label, value, note };
    let none = || "–".to_string();
    let scores = results.trainees.iter().filter_map(|trainee| trainee.score(&results.labs));
    let score = median(scores.map(i64::from).collect());
    let time = median_time(attempts.iter().filter_map(|attempt| attempt.time_to_solve()));
    let hints: usize = attempts.iter().map(|attempt| attempt.hints_taken).sum();
    let helped = attempts.iter().filter(|attempt| attempt.hints_taken > 0).count();
    let points: u32 = results.labs.iter().map(LabFacts::points).sum();
    vec![
        fact("Solved", format!("{solved} of {all}"), share(solved, results)),
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

fn share(solved: usize, results: &Results) -> String {
    match (results.trainees.len(), results.labs.len()) {
        (trainees, 1) => {
            (solved * 100).checked_div(trainees).map_or_else(String::new, |percent| format!("{percent} %"))
        }
        (trainees, labs) => format!("{} × {}", count(trainees, "trainee"), count(labs, "lab")),
    }
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
