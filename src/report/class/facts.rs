//! Key figures of a class.

use serde::Serialize;

use super::words::{count, duration, median, median_time};
use crate::class::results::{AttemptResults, LabFacts, Order, Phase, Results, Standing, TraineeResults};

/// A key figure.
#[derive(Serialize)]
pub struct Fact {
    label: String,
    value: String,
    note: String,
}

/// The key figures of a class.
pub fn facts(results: &Results) -> Vec<Fact> {
    let attempts: Vec<&AttemptResults> = counted(results).filter_map(|(_, _, attempt)| attempt).collect();
    let time = median_time(attempts.iter().filter_map(|attempt| attempt.time_to_solve()));
    let time = time.map_or_else(none, duration);
    let hints: usize = attempts.iter().map(|attempt| attempt.hints_taken).sum();
    let helped = attempts.iter().filter(|attempt| attempt.hints_taken > 0).count();
    vec![
        solved(results),
        if is_path_under_way(results) { reached(results) } else { score(results) },
        Fact { label: "Median time to solve".into(), value: time, note: expected(&results.labs) },
        Fact {
            label: "Hints taken".into(),
            value: hints.to_string(),
            note: format!("in {}", count(helped, "attempt")),
        },
        Fact { label: "Open".into(), value: open(results).to_string(), note: "without a final grade".into() },
    ]
}

fn none() -> String {
    "–".into()
}

/// A figure that may still change says so.
fn label(results: &Results, label: &str) -> String {
    match results.phase {
        Phase::Running => format!("{label} so far"),
        Phase::Over => label.into(),
    }
}

fn is_path_under_way(results: &Results) -> bool {
    results.phase == Phase::Running && results.order == Order::Path && results.labs.len() > 1
}

/// Labs that are still to come on a path do not count against anybody.
fn solved(results: &Results) -> Fact {
    let standings = || counted(results).map(|(trainee, lab, _)| results.standing(trainee, &lab.id));
    let solved = standings().filter(|standing| *standing == Standing::Solved).count();
    let (of, note) = if is_path_under_way(results) {
        (standings().filter(|standing| *standing != Standing::NotReached).count(), "labs that were reached".into())
    } else {
        (results.trainees.len() * results.labs.len(), share(solved, results))
    };
    Fact { label: label(results, "Solved"), value: format!("{solved} of {of}"), note }
}

/// How far along the path people are.
fn reached(results: &Results) -> Fact {
    let of = |trainee: &TraineeResults| {
        results.labs.iter().filter(|lab| results.standing(trainee, &lab.id) != Standing::NotReached).count()
    };
    let numbers = results.trainees.iter().filter_map(|trainee| i64::try_from(of(trainee)).ok());
    let value = median(numbers.collect()).map_or_else(none, |number| format!("lab {number}"));
    Fact { label: "Median place so far".into(), value, note: format!("of {} on the path", results.labs.len()) }
}

fn score(results: &Results) -> Fact {
    let scores = results.trainees.iter().filter_map(|trainee| trainee.score(&results.labs));
    let value = median(scores.map(i64::from).collect()).map_or_else(none, |score| score.to_string());
    let points: u32 = results.labs.iter().map(LabFacts::points).sum();
    Fact { label: label(results, "Median score"), value, note: format!("of {points} points") }
}

/// Attempts without a final grade, and labs that were due and never started.
fn open(results: &Results) -> usize {
    let standings = counted(results).map(|(trainee, lab, _)| results.standing(trainee, &lab.id));
    standings.filter(|standing| !standing.is_final() && *standing != Standing::NotReached).count()
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
