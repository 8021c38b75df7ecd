//! Results of a class, as plain values: every report of a class is made from them. No I/O.
//!
//! For one trainee and one lab, the attempt with the most points counts, and of an attempt its best grading: most points
//! after the deduction for lateness; among equals a solution; then one in which every check could be run; then the
//! earliest. A failing environment is never a wrong answer: the trainee's points are missing, not zero ([`Standing`]).

mod attempt;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use attempt::{AttemptResults, Grading, Standing};

use super::model::Work;
use crate::id::{CheckId, ClassId, LabId, TraineeId};
use crate::lab::Level;
use crate::roster::Origin;

/// The results of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Its id.
    pub class: ClassId,
    /// Its title.
    pub title: String,
    /// Who trains, if the class says it.
    #[serde(default)]
    pub trainer: Option<String>,
    /// When it was first started, if that is known.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// When these results were collected.
    pub generated: Timestamp,
    /// Whether more is to come.
    #[serde(default)]
    pub phase: Phase,
    /// How its labs follow each other.
    #[serde(default)]
    pub order: Order,
    /// The labs, in the class's order.
    pub labs: Vec<LabFacts>,
    /// In roster order.
    pub trainees: Vec<TraineeResults>,
}

/// Whether more results are to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The class is running.
    Running,
    /// The class was stopped.
    #[default]
    Over,
}

/// How the labs of a class follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Everybody has all of them at once.
    #[default]
    SideBySide,
    /// Everybody has one at a time: solving it starts the next.
    Path,
}

/// Facts about a lab for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabFacts {
    /// Lab id.
    pub id: LabId,
    /// Title, in one line.
    pub title: String,
    /// Level of its trainees.
    pub level: Level,
    /// Expected time to repair.
    pub minutes: u32,
    /// What it is about, in single words.
    #[serde(default)]
    pub topics: Vec<String>,
    /// In the lab's order.
    pub checks: Vec<CheckFacts>,
}

/// Facts about a check for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFacts {
    /// Name, unique in its lab.
    pub id: CheckId,
    /// Title, in one line.
    pub title: String,
    /// Its points.
    pub points: u32,
}

/// The results of one trainee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraineeResults {
    /// Name as in the roster.
    pub name: String,
    /// E-mail address, if the roster has one.
    pub email: Option<String>,
    /// Identifier in the learning management system, if the roster has one.
    pub id: Option<String>,
    /// Name with which the trainee signs in there, if the roster has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The trainee's line in the export of a system that takes grades back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Name in attempts' ids, unique in the class: lower-case letters, digits and dashes.
    pub slug: TraineeId,
    /// Oldest first; none of a lab that was never started.
    pub attempts: Vec<AttemptResults>,
    /// Labs of a path that was over before the trainee came to them: they count with no points.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub not_reached: BTreeSet<LabId>,
}

impl Results {
    /// The standing of a trainee in a lab. On a path, a lab is not started only if the one before it is solved.
    #[must_use]
    pub fn standing(&self, trainee: &TraineeResults, lab: &str) -> Standing {
        let before = self.labs.iter().take_while(|one| one.id != lab).last();
        let waits = before.is_some_and(|before| trainee.standing(&before.id) != Standing::Solved);
        match trainee.standing(lab) {
            Standing::NotStarted if self.order == Order::Path && waits => Standing::NotReached,
            standing => standing,
        }
    }
}

impl LabFacts {
    /// Points that can be reached.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.checks.iter().map(|check| check.points).sum()
    }
}

impl TraineeResults {
    /// The attempt at a lab that counts: the first one with the most points, or the latest if none was graded.
    #[must_use]
    pub fn counted(&self, lab: &str) -> Option<&AttemptResults> {
        let attempts = || self.attempts.iter().filter(|attempt| attempt.lab == lab);
        let graded = attempts().rev().filter(|attempt| attempt.best().is_some());
        graded.max_by_key(|attempt| attempt.rank()).or(attempts().next_back())
    }

    /// The standing of this trainee in a lab.
    #[must_use]
    pub fn standing(&self, lab: &str) -> Standing {
        self.counted(lab).map_or(Standing::NotStarted, AttemptResults::standing)
    }

    /// Whether the points of a lab are final, fit for a gradebook.
    #[must_use]
    pub fn is_final(&self, lab: &str) -> bool {
        self.not_reached.contains(lab) || self.standing(lab).is_final()
    }

    /// The points of a lab that count; `None` if it was neither graded nor missed.
    #[must_use]
    pub fn points(&self, lab: &str) -> Option<u32> {
        match self.counted(lab) {
            Some(attempt) => attempt.score(),
            None => self.not_reached.contains(lab).then_some(0),
        }
    }

    /// Points of all labs together; `None` if nothing was graded.
    #[must_use]
    pub fn score(&self, labs: &[LabFacts]) -> Option<u32> {
        let scores = labs.iter().filter_map(|lab| self.points(&lab.id));
        scores.fold(None, |sum, score| Some(sum.unwrap_or(0) + score))
    }
}

/// The labs of a path, now that it is over, that came after one that was graded and not solved.
#[must_use]
pub fn not_reached(work: &Work, trainee: &TraineeResults) -> BTreeSet<LabId> {
    let Work::Path(labs) = work else { return BTreeSet::new() };
    let mut labs = labs.iter().skip_while(|lab| trainee.standing(lab) == Standing::Solved);
    let stopped_at = labs.next().map(|lab| trainee.standing(lab));
    let after = labs.filter(|lab| trainee.standing(lab) == Standing::NotStarted);
    if stopped_at == Some(Standing::NotSolved) { after.cloned().collect() } else { BTreeSet::new() }
}
