//! How many took how many hints.

use serde::Serialize;

use super::words::{count, line, names, percent};
use crate::class::results::{LabFacts, Results};

/// One lab's hints.
#[derive(Serialize)]
pub struct Hints {
    lab: String,
    rows: Vec<HintRow>,
}

#[derive(Serialize)]
struct HintRow {
    label: String,
    width: String,
    description: String,
    names: String,
}

/// Only trainees with an attempt are counted.
pub fn hints(results: &Results) -> Vec<Hints> {
    results.labs.iter().map(|lab| of_lab(lab, results)).collect()
}

fn of_lab(lab: &LabFacts, results: &Results) -> Hints {
    let taken: Vec<(usize, String)> = results
        .trainees
        .iter()
        .zip(names(&results.trainees))
        .filter_map(|(trainee, name)| Some((trainee.counted(&lab.id)?.hints_taken, name)))
        .collect();
    let most = taken.iter().map(|(number, _)| *number).max();
    let rows = most.map_or_else(Vec::new, |most| (0..=most).map(|number| row(number, &taken)).collect());
    Hints { lab: line(&lab.title), rows }
}

fn row(number: usize, taken: &[(usize, String)]) -> HintRow {
    let names: Vec<&str> = taken.iter().filter(|(one, _)| *one == number).map(|(_, name)| name.as_str()).collect();
    let part = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    HintRow {
        label: if number == 0 { "no hint".into() } else { count(number, "hint") },
        width: percent(part(names.len()), part(taken.len())),
        description: count(names.len(), "trainee"),
        names: names.join(", "),
    }
}
