//! Which checks people failed.

use serde::Serialize;

use super::words::{line, outcome, percent, style};
use crate::class::results::{AttemptResults, CheckFacts, LabFacts, Results};
use crate::grade::Outcome;

/// One lab's checks.
#[derive(Serialize)]
pub struct Checks {
    lab: String,
    rows: Vec<CheckRow>,
}

#[derive(Serialize)]
struct CheckRow {
    title: String,
    points: u32,
    description: String,
    pieces: Vec<Piece>,
}

#[derive(Serialize)]
struct Piece {
    kind: &'static str,
    x: String,
    width: String,
    /// Number of trainees; empty if the bar is too narrow.
    number: String,
    middle: String,
}

/// Order of the outcomes in a bar.
const ORDER: [Outcome; 4] = [Outcome::Pass, Outcome::Fail, Outcome::Blocked, Outcome::Error];

/// Results of each check in the grades that count.
pub fn checks(results: &Results) -> Vec<Checks> {
    results.labs.iter().map(|lab| of_lab(lab, results)).collect()
}

fn of_lab(lab: &LabFacts, results: &Results) -> Checks {
    let attempts: Vec<&AttemptResults> =
        results.trainees.iter().filter_map(|trainee| trainee.counted(&lab.id)).collect();
    let rows = lab.checks.iter().map(|check| row(check, &attempts, results.trainees.len())).collect();
    Checks { lab: line(&lab.title), rows }
}

fn row(check: &CheckFacts, attempts: &[&AttemptResults], of: usize) -> CheckRow {
    let number = |wanted: Outcome| {
        let counted = attempts.iter().filter_map(|attempt| attempt.best());
        counted.filter(|best| found(&best.grade, check) == Some(wanted)).count()
    };
    let numbers = ORDER.map(|outcome| (outcome, number(outcome)));
    CheckRow {
        title: line(&check.title),
        points: check.points,
        description: description(&numbers, of),
        pieces: pieces(&numbers, of),
    }
}

fn found(grade: &crate::grade::Grade, check: &CheckFacts) -> Option<Outcome> {
    grade.checks.iter().find(|result| result.id == check.id).map(|result| result.outcome)
}

fn description(numbers: &[(Outcome, usize); 4], of: usize) -> String {
    let mut words: Vec<String> = numbers
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(kind, number)| format!("{number} {}", outcome(*kind)))
        .collect();
    let graded: usize = numbers.iter().map(|(_, number)| number).sum();
    if graded < of {
        words.push(format!("{} not graded", of - graded));
    }
    words.join(", ")
}

fn pieces(numbers: &[(Outcome, usize); 4], of: usize) -> Vec<Piece> {
    let of = exact(of);
    let mut at = 0.0;
    let mut pieces = Vec::new();
    for (outcome, number) in numbers.iter().filter(|(_, number)| *number > 0) {
        let width = exact(*number);
        pieces.push(Piece {
            kind: style(*outcome),
            x: percent(at, of),
            width: percent(width, of),
            number: if width / of >= 0.06 { number.to_string() } else { String::new() },
            middle: percent(at + width / 2.0, of),
        });
        at += width;
    }
    pieces
}

fn exact(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}
