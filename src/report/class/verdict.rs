//! What came of a class, in one sentence.

use super::words::count;
use crate::class::results::{Order, Phase, Results, Standing, TraineeResults};

/// One sentence about the whole class.
pub fn verdict(results: &Results) -> String {
    let of = results.trainees.len();
    if of == 0 {
        return "Nobody is in this class yet.".into();
    }
    let number = |fits: fn(&Results, &TraineeResults) -> bool| {
        results.trainees.iter().filter(|trainee| fits(results, trainee)).count()
    };
    let (all, some, unclear) = (number(solved_all), number(solved_some), number(is_unclear));
    let main = format!("{} solved {}{}", subject(all, of), labs(results), others(all, some));
    let unclear = match unclear {
        0 => String::new(),
        number => format!("; {number} could not be graded in full, which is not their doing"),
    };
    match results.phase {
        Phase::Running => format!("So far, {main}{unclear}."),
        Phase::Over => format!("{}{unclear}.", capitalized(&main)),
    }
}

fn solved(results: &Results, trainee: &TraineeResults) -> usize {
    results.labs.iter().filter(|lab| trainee.standing(&lab.id) == Standing::Solved).count()
}

fn solved_all(results: &Results, trainee: &TraineeResults) -> bool {
    solved(results, trainee) == results.labs.len()
}

fn solved_some(results: &Results, trainee: &TraineeResults) -> bool {
    (1..results.labs.len()).contains(&solved(results, trainee))
}

fn is_unclear(results: &Results, trainee: &TraineeResults) -> bool {
    let mut standings = results.labs.iter().map(|lab| trainee.standing(&lab.id));
    standings.any(|one| matches!(one, Standing::EnvironmentFailed | Standing::Incomplete))
}

fn subject(number: usize, of: usize) -> String {
    match (number, of) {
        (0, 1) => "the only trainee has not".into(),
        (1, 1) => "the only trainee has".into(),
        (0, _) => format!("none of {} has", count(of, "trainee")),
        (1, _) => format!("1 of {} has", count(of, "trainee")),
        _ if number == of => format!("all {} have", count(of, "trainee")),
        _ => format!("{number} of {} have", count(of, "trainee")),
    }
}

fn labs(results: &Results) -> String {
    match (results.labs.len(), results.order) {
        (1, _) => "the lab".into(),
        (labs, Order::SideBySide) => format!("all {labs} labs"),
        (labs, Order::Path) => format!("all {labs} labs of the path"),
    }
}

fn others(all: usize, some: usize) -> String {
    match (all, some) {
        (_, 0) => String::new(),
        (0, 1) => ", but 1 has solved some of them".into(),
        (0, _) => format!(", but {some} have solved some of them"),
        (_, _) => format!(", and {some} more some of them"),
    }
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
