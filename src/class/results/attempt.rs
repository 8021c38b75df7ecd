//! What came of one attempt: its gradings, the one that counts, and where the trainee stands with it. Pure.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::attempt::{State, TimelineEvent, timeline};
use crate::class::model::{Late, Lateness};
use crate::grade::{Grade, GradedBy};
use crate::id::{AttemptId, LabId};

/// One attempt, from its start to now or to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptResults {
    /// Its id.
    pub attempt: AttemptId,
    /// Lab id.
    pub lab: LabId,
    /// What the lab's variables were drawn from.
    pub seed: String,
    /// SHA-256 of the lab's content at the start.
    pub lab_digest: String,
    /// Its state.
    pub state: State,
    /// When its start began.
    pub started: Timestamp,
    /// When it was handed over; `None` if it never was.
    pub handed_over: Option<Timestamp>,
    /// When a grading first found it solved.
    pub solved_at: Option<Timestamp>,
    /// Hints taken so far.
    pub hints_taken: usize,
    /// Cost of these hints in points.
    pub hints_cost: u32,
    /// Every grading, oldest first.
    pub gradings: Vec<Grading>,
    /// Timeline, oldest first.
    pub timeline: Vec<TimelineEvent>,
    /// What is wrong with its environment, in a sentence without a full stop.
    pub problem: Option<String>,
}

/// A grade with its deduction for lateness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// What the checks say.
    pub grade: Grade,
    /// Whole minutes after the time was over; 0 if it was in time.
    #[serde(default)]
    pub late_minutes: u32,
    /// Points deducted for lateness.
    pub late_deduction: u32,
}

impl Grading {
    /// A grade under the rule for lateness, for an attempt that was due at `due`. What is graded when the time is over
    /// is in time.
    #[must_use]
    pub fn new(grade: Grade, late: Late, due: Option<Timestamp>) -> Self {
        let lateness = match grade.by {
            GradedBy::Deadline => Lateness::IN_TIME,
            GradedBy::Trainee | GradedBy::Trainer => late.judge(due, grade.at),
        };
        let late_deduction = lateness.deduction(grade.score());
        Self { grade, late_minutes: lateness.minutes, late_deduction }
    }

    /// Points that count.
    #[must_use]
    pub fn score(&self) -> u32 {
        self.grade.score().saturating_sub(self.late_deduction)
    }
}

/// The standing of one trainee in one lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There is no attempt.
    NotStarted,
    /// There is no attempt, because a lab before it on the path is not solved.
    NotReached,
    /// The environment failed before anything could be graded.
    EnvironmentFailed,
    /// Handed over, or about to be; never graded.
    NotGraded,
    /// A check could not be run in the grade that counts: the trainee may deserve more.
    Incomplete,
    /// Every check was run and one did not pass.
    NotSolved,
    /// Every check passes.
    Solved,
}

impl Standing {
    /// Every standing, the best first.
    pub const ALL: [Self; 7] = [
        Self::Solved,
        Self::NotSolved,
        Self::Incomplete,
        Self::NotGraded,
        Self::EnvironmentFailed,
        Self::NotStarted,
        Self::NotReached,
    ];

    /// As reports call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::NotReached => "not reached",
            Self::EnvironmentFailed => "environment failed",
            Self::NotGraded => "not graded yet",
            Self::Incomplete => "incomplete",
            Self::NotSolved => "not solved",
            Self::Solved => "solved",
        }
    }

    /// Whether its points are the trainee's final answer, fit for a gradebook.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::NotSolved | Self::Solved)
    }
}

impl AttemptResults {
    /// The grading that counts.
    #[must_use]
    pub fn best(&self) -> Option<&Grading> {
        let rank = |one: &&Grading| (Reverse(one.score()), !one.grade.solved(), one.grade.incomplete(), one.grade.at);
        self.gradings.iter().min_by_key(rank)
    }

    /// The latest grading.
    #[must_use]
    pub fn last(&self) -> Option<&Grading> {
        self.gradings.iter().max_by_key(|one| one.grade.at)
    }

    /// How often the trainee had it graded.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.own_gradings().count()
    }

    /// The gradings that the trainee asked for, oldest first.
    pub fn own_gradings(&self) -> impl Iterator<Item = &Grading> {
        self.gradings.iter().filter(|one| one.grade.by == GradedBy::Trainee)
    }

    /// Points of the grading that counts; `None` if it was never graded.
    #[must_use]
    pub fn score(&self) -> Option<u32> {
        self.best().map(Grading::score)
    }

    /// The standing of this attempt.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.best().map(|best| &best.grade) {
            Some(grade) if grade.solved() => Standing::Solved,
            Some(grade) if grade.incomplete() => Standing::Incomplete,
            Some(_) => Standing::NotSolved,
            None if self.problem.is_some() || self.state == State::Failed => Standing::EnvironmentFailed,
            None => Standing::NotGraded,
        }
    }

    /// Whether the trainee still works on it: what does not hold may yet.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.state.is_handed_over() && self.standing() == Standing::NotSolved
    }

    /// Time from the hand-over until a grading found it solved.
    #[must_use]
    pub fn time_to_solve(&self) -> Option<SignedDuration> {
        Some(self.solved_at?.duration_since(self.handed_over?).max(SignedDuration::ZERO))
    }

    /// When each hint was taken.
    pub fn hints(&self) -> impl Iterator<Item = Timestamp> {
        timeline::hints(&self.timeline)
    }

    pub(super) fn rank(&self) -> (Option<u32>, bool) {
        (self.score(), self.standing().is_final())
    }
}
