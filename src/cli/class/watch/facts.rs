//! State of a class as plain values, for the board, its text and its JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::attempt::{Entry, State, timeline};
use crate::check::cause::{Condition, Failure};
use crate::class::results::{AttemptResults, Grading, Standing};
use crate::class::{Course, Member, Work};
use crate::engine::{EngineError, Usage};
use crate::grade::Outcome;
use crate::id::{AttemptId, ClassId, TraineeId};
use crate::text::{duration, time_left};

/// A class at one moment. `--json` prints it as it stands here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Board {
    /// Id of the class.
    pub class: ClassId,
    /// Title of the class.
    pub title: String,
    /// Time of the poll.
    pub at: Timestamp,
    /// A problem that concerns the whole class, with a suggestion.
    pub problem: Option<String>,
    /// Rows in roster order.
    pub rows: Vec<BoardRow>,
}

/// A trainee and a lab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoardRow {
    pub name: String,
    pub slug: TraineeId,
    pub lab: Option<String>,
    pub attempt: Option<AttemptId>,
    pub state: Option<State>,
    /// End of the time; `None` without a limit and for stopped attempts.
    pub due: Option<Timestamp>,
    pub hints_taken: usize,
    /// Of the grading that counts; `None` before the first.
    pub checks: Option<Checks>,
    /// Points that count, after the deduction for lateness.
    pub score: Option<u32>,
    pub solved: bool,
    /// Bytes.
    pub memory: Option<u64>,
    /// Percent of one processor since the previous poll.
    pub processor: Option<u32>,
    /// Problem of the environment or of the last grading.
    pub problem: Option<String>,
}

/// Results of a grading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Checks {
    pub passed: usize,
    pub of: usize,
}

/// The engine's view of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerSnapshot {
    pub memory: Option<u64>,
    pub processor: Option<u32>,
    pub problem: Option<String>,
}

/// Facts about an attempt besides its record in the store.
#[derive(Default)]
pub struct AttemptDetails {
    /// `None` if there is no attempt.
    pub results: Option<AttemptResults>,
    /// Why breakfix paused the container.
    pub pause_reason: Option<String>,
    /// Its state says that a process works on it, but none does.
    pub interrupted: bool,
    /// `None` if no container is expected.
    pub snapshot: Option<ContainerSnapshot>,
}

/// The rows of a class: of every lab the latest attempt; on a path the latest of all.
pub fn rows(
    course: &Course,
    members: &[Member],
    entries: &[Entry],
    details: &BTreeMap<AttemptId, AttemptDetails>,
) -> Vec<BoardRow> {
    let nothing = AttemptDetails::default();
    members
        .iter()
        .flat_map(|member| {
            let own = shown(&course.class.work, member, entries);
            let row = |entry: &&Entry| attempt_row(member, entry, details.get(&entry.attempt.id).unwrap_or(&nothing));
            if own.is_empty() { vec![not_started_row(member)] } else { own.iter().map(row).collect() }
        })
        .collect()
}

/// The attempts of which a member has a row.
pub fn shown<'a>(work: &Work, member: &Member, entries: &'a [Entry]) -> Vec<&'a Entry> {
    let own = || entries.iter().rev().filter(|entry| entry.attempt.trainee == member.slug);
    match work {
        Work::Path(_) => own().take(1).collect(),
        Work::Labs(labs) => labs.iter().filter_map(|lab| own().find(|entry| *entry.attempt.lab == **lab)).collect(),
    }
}

fn not_started_row(member: &Member) -> BoardRow {
    BoardRow {
        name: member.person.name.clone(),
        slug: member.slug.clone(),
        lab: None,
        attempt: None,
        state: None,
        due: None,
        hints_taken: 0,
        checks: None,
        score: None,
        solved: false,
        memory: None,
        processor: None,
        problem: None,
    }
}

fn attempt_row(member: &Member, entry: &Entry, details: &AttemptDetails) -> BoardRow {
    let Entry { attempt, state, .. } = entry;
    let results = details.results.as_ref();
    let checks = results.and_then(AttemptResults::best).map(|Grading { grade, .. }| Checks {
        passed: grade.checks.iter().filter(|check| check.outcome == Outcome::Pass).count(),
        of: grade.checks.len(),
    });
    BoardRow {
        lab: Some(attempt.lab.to_string()),
        attempt: Some(attempt.id.clone()),
        state: Some(*state),
        due: attempt.due.filter(|_| *state != State::Stopped),
        hints_taken: attempt.hints_taken,
        checks,
        score: results.and_then(AttemptResults::score),
        solved: results.is_some_and(|results| results.standing() == Standing::Solved),
        memory: details.snapshot.as_ref().and_then(|snapshot| snapshot.memory),
        processor: details.snapshot.as_ref().and_then(|snapshot| snapshot.processor),
        problem: problem(*state, details),
        ..not_started_row(member)
    }
}

fn problem(state: State, details: &AttemptDetails) -> Option<String> {
    if state == State::Failed {
        return Some("it could not be created: reset it".into());
    }
    if let Some(why) =
        details.results.as_ref().and_then(|results| results.problem.as_ref()).filter(|_| state == State::Stopped)
    {
        return Some(format!("{why}: reset it"));
    }
    if details.interrupted {
        return Some(format!("no process is working on it although it is {}: reset it", state.as_str()));
    }
    let results = details.results.as_ref();
    if let Some(question) = results.and_then(|results| timeline::question(&results.timeline)) {
        return Some(format!("asks: {question}"));
    }
    let of_container = details.snapshot.as_ref().and_then(|snapshot| snapshot.problem.clone());
    let of_container = match &details.pause_reason {
        Some(why) if of_container.as_ref() == Some(why) => Some(format!("{why}: reset it")),
        _ => of_container,
    };
    let last = details.results.as_ref().and_then(AttemptResults::last);
    let errors = last.iter().flat_map(|last| &last.grade.checks).filter(|check| check.outcome == Outcome::Error);
    let of_grade = match errors.count() {
        0 => None,
        1 => Some("a check could not be run: grade again".into()),
        many => Some(format!("{many} checks could not be run: grade again")),
    };
    of_container.or(of_grade)
}

/// Snapshot of a container from its usage, or from the engine's error. `before` is the processor time at the previous poll,
/// and its age.
pub fn snapshot(
    usage: Result<Usage, EngineError>,
    before: Option<(std::time::Duration, std::time::Duration)>,
) -> ContainerSnapshot {
    match usage {
        Ok(Usage { memory: 0, .. }) => ContainerSnapshot::default(),
        Ok(usage) => {
            let share = before.filter(|(_, ago)| !ago.is_zero()).map(|(then, ago)| {
                let used = usage.processor.saturating_sub(then).as_millis() * 100 / ago.as_millis().max(1);
                u32::try_from(used).unwrap_or(u32::MAX)
            });
            ContainerSnapshot { memory: Some(usage.memory), processor: share, problem: None }
        }
        Err(error) => ContainerSnapshot { problem: Some(engine_problem(&error)), ..ContainerSnapshot::default() },
    }
}

/// Why an environment cannot be graded, in the words of a grading.
pub fn condition_problem(condition: Result<Condition, EngineError>) -> Option<String> {
    condition.map_or_else(|error| Some(engine_problem(&error)), |condition| condition.words())
}

fn engine_problem(error: &EngineError) -> String {
    match error {
        EngineError::NotFound(_) => Failure::ContainerGone.words(),
        _ => "the engine does not answer".into(),
    }
}

impl BoardRow {
    /// The state for the STATE column.
    pub fn word(&self) -> &'static str {
        match self.state {
            None => "not started",
            Some(_) if self.solved => "solved",
            Some(State::Running) => "at work",
            Some(state) => state.as_str(),
        }
    }

    /// Time left, such as `25 min`; negative when the time is over.
    pub fn left(&self, now: Timestamp) -> String {
        let Some(due) = self.due else { return "-".into() };
        let over = now.duration_since(due);
        if over.as_mins() > 0 { format!("-{}", duration(over)) } else { time_left(due, now) }
    }

    /// Passed checks and their total, such as `3/5`.
    pub fn passed(&self) -> String {
        self.checks.map_or_else(|| "-".into(), |Checks { passed, of }| format!("{passed}/{of}"))
    }

    /// Points that count.
    pub fn points(&self) -> String {
        self.score.map_or_else(|| "-".into(), |score| score.to_string())
    }

    /// Memory, in units of 1024 × 1024 bytes.
    pub fn mib(&self) -> String {
        self.memory.map_or_else(|| "-".into(), |bytes| format!("{} M", bytes / (1 << 20)))
    }

    /// Share of a processor.
    pub fn share(&self) -> String {
        self.processor.map_or_else(|| "-".into(), |percent| format!("{percent} %"))
    }
}

impl Board {
    /// The class in one line.
    pub fn summary(&self) -> String {
        let count = |fits: fn(&BoardRow) -> bool| self.rows.iter().filter(|row| fits(row)).count();
        let (solved, problems) = (count(|row| row.solved), count(|row| row.problem.is_some()));
        let problems = match problems {
            0 => String::new(),
            1 => ", 1 problem".into(),
            many => format!(", {many} problems"),
        };
        let at_work = count(|row| row.word() == "at work");
        let whole = self.problem.as_ref().map(|problem| format!("; {problem}")).unwrap_or_default();
        format!("{solved} of {} solved, {at_work} at work{problems}{whole}", self.rows.len())
    }

    /// A copy without usage figures and time, to detect other changes.
    pub fn without_figures(&self) -> Self {
        let row = |row: &BoardRow| BoardRow { memory: None, processor: None, ..row.clone() };
        Self { at: Timestamp::UNIX_EPOCH, rows: self.rows.iter().map(row).collect(), ..self.clone() }
    }

    /// Renders the board as a table.
    pub fn to_text(&self) -> String {
        let heads = ["NAME", "LAB", "STATE", "LEFT", "HINTS", "CHECKS", "SCORE", "MEMORY", "CPU", "PROBLEM"];
        let mut table = crate::cli::ui::table(&heads);
        for row in &self.rows {
            table.add_row([
                row.name.clone(),
                row.lab.clone().unwrap_or_else(|| "-".into()),
                row.word().into(),
                row.left(self.at),
                row.hints_taken.to_string(),
                row.passed(),
                row.points(),
                row.mib(),
                row.share(),
                row.problem.clone().unwrap_or_default(),
            ]);
        }
        let at = self.at.round(jiff::Unit::Second).unwrap_or(self.at);
        format!("{}, {at}: {}\n{table}", self.title, self.summary())
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
