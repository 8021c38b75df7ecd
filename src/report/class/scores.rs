//! Who has how many points: a row a trainee, a cell a lab.

use std::cmp::Reverse;

use serde::Serialize;

use super::words::{line, names, percent};
use crate::class::results::{LabFacts, Results, Standing, TraineeResults};
use crate::grade::Outcome;

/// Plot of the scores.
#[derive(Serialize)]
pub struct Scores {
    rows: Vec<ScoreRow>,
    /// Labels of the cells; empty if there is only one.
    cells: Vec<String>,
    of: u32,
    /// Whether the rows are small because there are many.
    dense: bool,
}

#[derive(Serialize)]
struct ScoreRow {
    name: String,
    description: String,
    pieces: Vec<Piece>,
    /// Points; empty without any.
    points: String,
    word: String,
}

/// A part of the bar, in percent of its width.
#[derive(Serialize)]
struct Piece {
    kind: &'static str,
    x: String,
    width: String,
}

/// Trainees above this number get smaller rows.
const DENSE: usize = 40;
/// Between two cells, in parts of a point of all.
const GAP: f64 = 0.006;

/// Plots the scores, best first; trainees without points come last, in roster order.
pub fn scores(results: &Results) -> Scores {
    let labs = &results.labs;
    let of = labs.iter().map(LabFacts::points).sum();
    let mut order: Vec<(&TraineeResults, String)> = results.trainees.iter().zip(names(&results.trainees)).collect();
    order.sort_by_key(|(trainee, _)| Reverse(trainee.score(labs)));
    let cells = if labs.len() > 1 { labs.iter().map(|lab| line(&lab.title)).collect() } else { vec![] };
    Scores {
        dense: order.len() > DENSE,
        rows: order.into_iter().map(|(one, name)| row(results, one, name, of)).collect(),
        cells,
        of,
    }
}

fn row(results: &Results, trainee: &TraineeResults, name: String, of: u32) -> ScoreRow {
    let labs = &results.labs;
    let standings: Vec<Standing> = labs.iter().map(|lab| results.standing(trainee, &lab.id)).collect();
    let points = trainee.score(labs).map(|score| score.to_string()).unwrap_or_default();
    let description = labs.iter().zip(&standings).map(|(lab, standing)| description(trainee, lab, *standing));
    ScoreRow {
        name,
        description: description.collect::<Vec<_>>().join("; "),
        pieces: pieces(trainee, labs, of),
        points,
        word: word(&standings),
    }
}

fn description(trainee: &TraineeResults, lab: &LabFacts, standing: Standing) -> String {
    let score = trainee.points(&lab.id);
    let score = score.map_or_else(String::new, |score| format!(", {score} of {} points", lab.points()));
    format!("{}: {}{score}", line(&lab.title), standing.as_str())
}

/// The common standing of all labs that were reached; otherwise the number of solved labs and the most urgent problem.
fn word(standings: &[Standing]) -> String {
    let first = standings.first().copied().unwrap_or(Standing::NotStarted);
    if standings.iter().all(|standing| [first, Standing::NotReached].contains(standing)) {
        return first.as_str().into();
    }
    let solved = standings.iter().filter(|standing| **standing == Standing::Solved).count();
    let open = [Standing::EnvironmentFailed, Standing::Incomplete].into_iter().find(|open| standings.contains(open));
    let open = open.map_or_else(String::new, |open| format!(", {}", open.as_str()));
    format!("{solved} of {} solved{open}", standings.len())
}

fn pieces(trainee: &TraineeResults, labs: &[LabFacts], of: u32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for lab in labs {
        let gap = if labs.len() > 1 { GAP * f64::from(of) } else { 0.0 };
        pieces.push(piece("track", f64::from(from), f64::from(lab.points()) - gap, of));
        let mut at = f64::from(from);
        for (kind, points) in parts(trainee, lab).into_iter().filter(|(_, points)| *points > 0) {
            let width = f64::from(points).min(f64::from(from + lab.points()) - gap - at);
            pieces.push(piece(kind, at, width, of));
            at += width;
        }
        from += lab.points();
    }
    pieces
}

/// Points that count, points taken off again, points of checks that could not be run.
fn parts(trainee: &TraineeResults, lab: &LabFacts) -> Vec<(&'static str, u32)> {
    let Some(attempt) = trainee.counted(&lab.id) else { return vec![] };
    let (Some(score), Some(grade)) = (attempt.score(), attempt.best().map(|best| &best.grade)) else { return vec![] };
    let points = |outcome: Outcome| grade.checks.iter().filter(move |check| check.outcome == outcome);
    let passed: u32 = points(Outcome::Pass).map(|check| check.points).sum();
    let unknown = points(Outcome::Error).map(|check| check.points).sum();
    vec![("earned", score), ("lost", passed.saturating_sub(score)), ("unknown", unknown)]
}

fn piece(kind: &'static str, x: f64, width: f64, of: u32) -> Piece {
    Piece { kind, x: percent(x, of.into()), width: percent(width, of.into()) }
}
