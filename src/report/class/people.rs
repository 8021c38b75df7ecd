//! The table of trainees, with their labs and checks.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::words::{count, duration, line, outcome, style};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};
use crate::grade::{CheckResult, Outcome};

/// One trainee.
#[derive(Serialize)]
pub struct Person {
    name: String,
    /// E-mail address and identifier, if known.
    known_as: String,
    /// Number of rows in the table.
    span: usize,
    labs: Vec<Lab>,
}

#[derive(Serialize)]
struct Lab {
    /// Whether the row begins with the trainee's name.
    first: bool,
    title: String,
    standing: Standing,
    word: &'static str,
    score: String,
    /// Deductions, if any.
    off: Vec<String>,
    time: String,
    hints: String,
    gradings: String,
    /// Remark if there is no grade, or if the points need an explanation.
    remark: Option<String>,
    checks: Vec<Check>,
    source: String,
    /// Whether the trainee has details below the row.
    more: bool,
}

#[derive(Serialize)]
struct Check {
    style: &'static str,
    word: &'static str,
    title: String,
    earned: u32,
    points: u32,
    message: String,
}

/// In roster order.
pub fn people(results: &Results, zone: &TimeZone) -> Vec<Person> {
    results.trainees.iter().map(|trainee| person(results, trainee, zone)).collect()
}

fn person(results: &Results, trainee: &TraineeResults, zone: &TimeZone) -> Person {
    let known = [&trainee.email, &trainee.id].into_iter().flatten().map(|text| line(text)).collect::<Vec<_>>();
    let lab = |(index, facts): (usize, &LabFacts)| match trainee.counted(&facts.id) {
        Some(attempt) => Lab { first: index == 0, ..worked_on(attempt, facts, zone) },
        None => Lab { first: index == 0, ..without_attempt(facts, results.standing(trainee, &facts.id)) },
    };
    let labs: Vec<Lab> = results.labs.iter().enumerate().map(lab).collect();
    let span = labs.iter().map(|lab| 1 + usize::from(lab.more)).sum();
    Person { name: line(&trainee.name), known_as: known.join(" · "), span, labs }
}

fn without_attempt(facts: &LabFacts, standing: Standing) -> Lab {
    let due = standing == Standing::NotStarted;
    Lab {
        first: false,
        title: line(&facts.title),
        standing,
        word: standing.as_str(),
        score: "–".into(),
        off: vec![],
        time: "–".into(),
        hints: "–".into(),
        gradings: "–".into(),
        remark: due.then(|| "No environment was ever handed over.".into()),
        checks: vec![],
        source: String::new(),
        more: due,
    }
}

fn worked_on(attempt: &AttemptResults, facts: &LabFacts, zone: &TimeZone) -> Lab {
    let standing = attempt.standing();
    let score = attempt.score().map(|score| format!("{score} of {}", facts.points()));
    let graded = attempt
        .best()
        .map(|best| best.grade.at.to_zoned_datetime(zone.clone()).strftime(", graded %F %H:%M").to_string());
    Lab {
        first: false,
        title: line(&facts.title),
        standing,
        word: standing.as_str(),
        score: score.unwrap_or_else(|| "–".into()),
        off: off(attempt),
        time: attempt.time_to_solve().map_or_else(|| "–".into(), duration),
        hints: attempt.hints_taken.to_string(),
        gradings: attempt.tries().to_string(),
        remark: remark(attempt, standing),
        checks: attempt.best().map_or_else(Vec::new, |best| best.grade.checks.iter().map(check).collect()),
        source: format!("{}, seed {}{}", line(&attempt.attempt), line(&attempt.seed), graded.unwrap_or_default()),
        more: attempt.best().is_some() || attempt.problem.is_some() || standing != Standing::Solved,
    }
}

fn off(attempt: &AttemptResults) -> Vec<String> {
    let Some(best) = attempt.best() else { return vec![] };
    let parts = [(best.grade.hints_cost, "for hints"), (best.late_deduction, "for lateness")];
    let deductions = parts.into_iter().filter(|(points, _)| *points > 0);
    deductions.map(|(points, why)| format!("−{points} {why}")).collect()
}

fn remark(attempt: &AttemptResults, standing: Standing) -> Option<String> {
    let problem = attempt.problem.as_deref().map(line);
    match (standing, problem) {
        (Standing::EnvironmentFailed, problem) => {
            let why = problem.map_or_else(String::new, |problem| format!(": {problem}"));
            Some(format!("The environment failed, which is not the trainee's doing{why}."))
        }
        (Standing::NotGraded, None) => Some("It was handed over and has not been graded yet.".into()),
        (Standing::Incomplete, None) => {
            let grade = &attempt.best()?.grade;
            let checks = grade.checks.iter().filter(|check| check.outcome == Outcome::Error).count();
            Some(format!("{} could not be run, which is not a wrong answer.", count(checks, "check")))
        }
        (Standing::NotSolved, None) if attempt.solved_at.is_some() => {
            Some("It was solved later, when it counted for less.".into())
        }
        (_, problem) => problem.map(|problem| format!("Since then its environment has failed: {problem}.")),
    }
}

fn check(check: &CheckResult) -> Check {
    Check {
        style: style(check.outcome),
        word: outcome(check.outcome),
        title: line(&check.title),
        earned: if check.outcome == Outcome::Pass { check.points } else { 0 },
        points: check.points,
        message: line(&check.message),
    }
}
