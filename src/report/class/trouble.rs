//! What a class had trouble with, by topic and by check.

use std::cmp::Reverse;

use serde::Serialize;

use super::words::{count, duration, line, median_time, percent};
use crate::class::results::{AttemptResults, CheckFacts, LabFacts, Results, Standing};
use crate::grade::{Grade, Outcome};

/// The most troublesome topics and checks, the worst first.
#[derive(Serialize)]
pub struct Trouble {
    topics: Vec<TroubleRow>,
    checks: Vec<TroubleRow>,
}

#[derive(Serialize)]
struct TroubleRow {
    name: String,
    /// What the name belongs to.
    of: String,
    description: String,
    pieces: Vec<Piece>,
    #[serde(skip)]
    rank: (usize, usize),
}

/// A part of the bar, in percent of its width.
#[derive(Serialize)]
struct Piece {
    kind: &'static str,
    x: String,
    width: String,
}

/// Most rows of each kind.
const ROWS: usize = 8;

/// Only graded attempts count; `None` if there was no trouble.
pub fn trouble(results: &Results) -> Option<Trouble> {
    let topics = topics(&results.labs).into_iter().filter_map(|(topics, labs)| of_topics(&topics, &labs, results));
    let checks = results.labs.iter().flat_map(|lab| {
        let graded = graded(lab, results);
        lab.checks.iter().filter_map(move |check| of_check(check, lab, &graded))
    });
    let trouble = Trouble { topics: worst(topics.collect()), checks: worst(checks.collect()) };
    (!trouble.topics.is_empty() || !trouble.checks.is_empty()).then_some(trouble)
}

fn worst(mut rows: Vec<TroubleRow>) -> Vec<TroubleRow> {
    rows.sort_by_key(|row| Reverse(row.rank));
    rows.truncate(ROWS);
    rows
}

fn graded<'a>(lab: &LabFacts, results: &'a Results) -> Vec<&'a AttemptResults> {
    let counted = results.trainees.iter().filter_map(|trainee| trainee.counted(&lab.id));
    counted.filter(|attempt| attempt.best().is_some()).collect()
}

/// Topics with their labs. Topics of the same labs have the same figures, and stand together.
fn topics(labs: &[LabFacts]) -> Vec<(Vec<&str>, Vec<&LabFacts>)> {
    let mut groups: Vec<(Vec<&str>, Vec<&LabFacts>)> = vec![];
    let mut names: Vec<&str> = vec![];
    for topic in labs.iter().flat_map(|lab| &lab.topics) {
        if names.contains(&topic.as_str()) {
            continue;
        }
        names.push(topic);
        let of: Vec<&LabFacts> = labs.iter().filter(|lab| lab.topics.contains(topic)).collect();
        match groups.iter_mut().find(|(_, labs)| *labs == of) {
            Some((topics, _)) => topics.push(topic),
            None => groups.push((vec![topic], of)),
        }
    }
    groups
}

fn of_topics(topics: &[&str], labs: &[&LabFacts], results: &Results) -> Option<TroubleRow> {
    let attempts: Vec<&AttemptResults> = labs.iter().flat_map(|lab| graded(lab, results)).collect();
    let open = attempts.iter().filter(|attempt| attempt.standing() == Standing::NotSolved).count();
    let hints: usize = attempts.iter().map(|attempt| attempt.hints_taken).sum();
    if open + hints == 0 {
        return None;
    }
    let time = median_time(attempts.iter().filter_map(|attempt| attempt.time_to_solve()));
    let time = time.map_or_else(String::new, |time| format!(", median time to solve {}", duration(time)));
    Some(TroubleRow {
        name: line(&topics.join(", ")),
        of: labs.iter().map(|lab| line(&lab.title)).collect::<Vec<_>>().join("; "),
        description: format!("{open} of {} not solved, {} taken{time}", attempts.len(), count(hints, "hint")),
        pieces: pieces(&[("fail", open)], attempts.len()),
        rank: (share(open, attempts.len()), share(hints, attempts.len())),
    })
}

fn of_check(check: &CheckFacts, lab: &LabFacts, graded: &[&AttemptResults]) -> Option<TroubleRow> {
    let failed = |attempt: &&&AttemptResults| attempt.best().is_some_and(|best| fails(&best.grade, check));
    let ever = |attempt: &&&AttemptResults| attempt.gradings.iter().any(|one| is_stuck(&one.grade, check));
    let now = graded.iter().filter(|attempt| failed(attempt)).count();
    let before = graded.iter().filter(|attempt| !failed(attempt) && ever(attempt)).count();
    if now + before == 0 {
        return None;
    }
    let later = if before == 0 { String::new() } else { format!(", {before} passed it after failing it") };
    Some(TroubleRow {
        name: line(&check.title),
        of: line(&lab.title),
        description: format!("{now} of {} failed it{later}", graded.len()),
        pieces: pieces(&[("fail", now), ("later", before)], graded.len()),
        rank: (share(now, graded.len()), share(before, graded.len())),
    })
}

fn fails(grade: &Grade, check: &CheckFacts) -> bool {
    grade.checks.iter().any(|result| result.id == check.id && result.outcome == Outcome::Fail)
}

/// Whether a grading failed this check and passed another. If nothing passes, as in a grading that the trainer asked for
/// early on, it says nothing about one check.
fn is_stuck(grade: &Grade, check: &CheckFacts) -> bool {
    fails(grade, check) && grade.checks.iter().any(|result| result.outcome == Outcome::Pass)
}

/// In parts of a thousand.
fn share(number: usize, of: usize) -> usize {
    (number * 1000).checked_div(of).unwrap_or_default()
}

fn pieces(parts: &[(&'static str, usize)], of: usize) -> Vec<Piece> {
    let exact = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let mut at = 0;
    let piece = |(kind, number): &(&'static str, usize)| {
        let x = percent(exact(at), exact(of));
        at += number;
        Piece { kind, x, width: percent(exact(*number), exact(of)) }
    };
    parts.iter().filter(|(_, number)| *number > 0).map(piece).collect()
}
