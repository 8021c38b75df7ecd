//! Hints: taken one by one, each for its price.

use std::path::Path;

use super::{Happening, handed_over, lock};
use crate::app::App;
use crate::error::Result;
use crate::grade::hints_cost;
use crate::render::{Escape, render};

/// What a trainee who asked for a hint gets to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints {
    /// Attempt id.
    pub attempt: String,
    /// How many were taken by now.
    pub taken: usize,
    /// How many there are.
    pub of: usize,
    /// Points that those taken cost together.
    pub cost: u32,
    /// Number and text of those to show.
    pub shown: Vec<(usize, String)>,
    /// One was asked for, and there was none left.
    pub exhausted: bool,
}

/// Takes the next hint, if there is one; with `again` it takes none and shows those taken so far.
/// `labs` as in [`Attempt::library`](super::Attempt::library).
pub async fn take_hint(app: &App, labs: Option<&Path>, id: &str, again: bool) -> Result<Hints> {
    let _lock = lock(app, id).await?;
    let mut attempt = handed_over(&app.store, id)?;
    let lab = attempt.library(labs).load(&attempt.lab)?;
    let fresh = !again && attempt.hints_taken < lab.hints.len();
    if fresh {
        attempt = app.store.update_and_note(id, app.now(), |record| {
            record.hints_taken += 1;
            Ok(Happening::HintTaken { number: record.hints_taken })
        })?;
    }
    let values = attempt.values(&lab, "");
    let taken = attempt.hints_taken;
    let range = if fresh { taken - 1..taken } else { 0..taken.min(lab.hints.len()) };
    let text = |index: usize| render(&lab.hints[index].text, "a hint", &values, Escape::None);
    let shown = range.map(|index| Ok((index + 1, text(index)?.trim().to_string()))).collect::<Result<_>>()?;
    let cost = hints_cost(&lab.hints, taken);
    Ok(Hints { attempt: attempt.id, taken, of: lab.hints.len(), cost, shown, exhausted: !fresh && !again })
}

impl std::fmt::Display for Hints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, text) in &self.shown {
            writeln!(f, "Hint {number} of {}: {text}", self.of)?;
        }
        let more = if self.exhausted { "There are no more hints. " } else { "" };
        write!(f, "{more}Hints taken cost {} points so far.", self.cost)
    }
}
