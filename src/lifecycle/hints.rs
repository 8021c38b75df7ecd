//! Hints: taken one by one, each for its price.

use std::path::Path;

use crate::app::App;
use crate::attempt::Happening;
use crate::error::Result;
use crate::grade::hints_cost;
use crate::id::AttemptId;
use crate::render::{Escape, render};

/// What a trainee who asked for a hint gets to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The attempt.
    pub attempt: AttemptId,
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

/// Which hints a trainee asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintRequest {
    /// The next one, which costs points.
    Next,
    /// Those taken so far, once more.
    Taken,
}

/// Takes the next hint, if there is one, or shows those taken so far. `labs` as in
/// [`Attempt::library`](crate::attempt::Attempt::library).
pub async fn take_hint(app: &App, labs: Option<&Path>, id: &AttemptId, request: HintRequest) -> Result<Hints> {
    let _lock = app.lock(id).await?;
    let mut workspace = app.store.known(id)?.handed_over()?;
    let lab = workspace.attempt.library(labs).load(workspace.attempt.lab.as_str())?;
    let asked = request == HintRequest::Next;
    let fresh = asked && workspace.attempt.hints_taken < lab.hints.len();
    if fresh {
        workspace = app.store.update_and_note(id, app.now(), |record| {
            record.hints_taken += 1;
            Ok(Happening::HintTaken { number: record.hints_taken })
        })?;
    }
    let values = workspace.values(&lab, "");
    let taken = workspace.attempt.hints_taken;
    let range = if fresh { taken - 1..taken } else { 0..taken.min(lab.hints.len()) };
    let text = |index: usize| render(&lab.hints[index].text, "a hint", &values, Escape::None);
    let shown = range.map(|index| Ok((index + 1, text(index)?.trim().to_string()))).collect::<Result<_>>()?;
    let cost = hints_cost(&lab.hints, taken);
    let attempt = workspace.attempt.id;
    Ok(Hints { attempt, taken, of: lab.hints.len(), cost, shown, exhausted: asked && !fresh })
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
