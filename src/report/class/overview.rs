//! Everybody's results on paper: a line for each trainee, a column for each lab.

use serde::Serialize;

use super::words::{count, duration, line, names};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};

/// The table.
#[derive(Serialize)]
pub struct Overview {
    heads: Vec<String>,
    rows: Vec<OverviewRow>,
    /// Whether the labs have numbers instead of titles.
    numbered: bool,
    of: u32,
}

#[derive(Serialize)]
struct OverviewRow {
    name: String,
    cells: Vec<Cell>,
    /// Points of all labs; empty without any.
    total: String,
}

#[derive(Serialize)]
struct Cell {
    standing: Standing,
    /// Points, or what stands for them.
    main: String,
    /// Time and hints.
    note: String,
}

/// More labs than these do not have room for their titles.
const TITLES: usize = 4;

/// In roster order.
pub fn overview(results: &Results) -> Overview {
    let (labs, numbered) = (&results.labs, results.labs.len() > TITLES);
    let head = |(index, lab): (usize, &LabFacts)| if numbered { (index + 1).to_string() } else { line(&lab.title) };
    let of_lab = |trainee: &TraineeResults, lab: &LabFacts| {
        let cell = cell(results, trainee, lab);
        if numbered { short(cell) } else { cell }
    };
    let rows = results.trainees.iter().zip(names(&results.trainees)).map(|(trainee, name)| OverviewRow {
        name,
        cells: labs.iter().map(|lab| of_lab(trainee, lab)).collect(),
        total: trainee.score(labs).map(|score| score.to_string()).unwrap_or_default(),
    });
    Overview {
        heads: labs.iter().enumerate().map(head).collect(),
        rows: rows.collect(),
        numbered,
        of: labs.iter().map(LabFacts::points).sum(),
    }
}

/// A cell of a narrow column.
fn short(cell: Cell) -> Cell {
    let main = match cell.standing {
        Standing::NotStarted => "·".into(),
        Standing::NotGraded => "…".into(),
        Standing::EnvironmentFailed => String::new(),
        _ => cell.main,
    };
    Cell { main, note: String::new(), ..cell }
}

fn cell(results: &Results, trainee: &TraineeResults, lab: &LabFacts) -> Cell {
    let standing = results.standing(trainee, &lab.id);
    let attempt = trainee.counted(&lab.id);
    let main = match (standing, attempt.and_then(AttemptResults::score)) {
        (Standing::NotReached, _) => "–".into(),
        (_, Some(score)) => score.to_string(),
        (_, None) => standing.as_str().into(),
    };
    Cell { standing, main, note: attempt.map(note).unwrap_or_default() }
}

fn note(attempt: &AttemptResults) -> String {
    let time = attempt.time_to_solve().map(duration);
    let hints = (attempt.hints_taken > 0).then(|| count(attempt.hints_taken, "hint"));
    time.into_iter().chain(hints).collect::<Vec<_>>().join(", ")
}
