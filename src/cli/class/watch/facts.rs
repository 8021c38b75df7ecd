//! Where everybody in a class stands: plain values, from which the board, its text and its JSON are made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::attempt::{Entry, State};
use crate::check::cause::{Condition, Failure};
use crate::class::{Course, Member, Work};
use crate::engine::{EngineError, Usage};
use crate::grade::{Grade, Outcome};
use crate::id::AttemptId;
use crate::text::{duration, time_left};

/// A class at one moment. `--json` prints it as it stands here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Board {
    /// Its id.
    pub class: String,
    /// Its title.
    pub title: String,
    /// When this was seen.
    pub at: Timestamp,
    /// What is wrong for everybody, and what to do.
    pub problem: Option<String>,
    /// In roster order.
    pub rows: Vec<Row>,
}

/// Somebody and a lab of theirs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub name: String,
    pub slug: String,
    pub lab: Option<String>,
    pub attempt: Option<AttemptId>,
    pub state: Option<State>,
    /// When the time is over; `None` without a limit, and once it is stopped.
    pub due: Option<Timestamp>,
    pub hints_taken: usize,
    /// `None` before the first grading.
    pub checks: Option<Checks>,
    pub score: Option<u32>,
    pub solved: bool,
    /// Bytes.
    pub memory: Option<u64>,
    /// Percent of one processor since the look before.
    pub processor: Option<u32>,
    /// What is wrong with the environment or with the last grading.
    pub problem: Option<String>,
}

/// What the last grading found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Checks {
    pub passed: usize,
    pub of: usize,
}

/// A container as the engine sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub memory: Option<u64>,
    pub processor: Option<u32>,
    pub problem: Option<String>,
}

/// What is known of an attempt beside what the store says of it.
#[derive(Default)]
pub struct More {
    pub grade: Option<Grade>,
    /// Why its environment could not be made.
    pub failure: Option<String>,
    /// Why its container was paused, if we did that.
    pub halt: Option<String>,
    /// Nobody works on it although somebody should.
    pub deserted: bool,
    /// `None` where there should be no container.
    pub seen: Option<Seen>,
}

/// The rows of a class: of every lab the latest attempt; on a path the latest of all.
pub fn rows(course: &Course, members: &[Member], entries: &[Entry], more: &BTreeMap<AttemptId, More>) -> Vec<Row> {
    let nothing = More::default();
    members
        .iter()
        .flat_map(|member| {
            let own = shown(&course.class.work, member, entries);
            let row = |entry: &&Entry| of_attempt(member, entry, more.get(&entry.attempt.id).unwrap_or(&nothing));
            if own.is_empty() { vec![not_started(member)] } else { own.iter().map(row).collect() }
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

fn not_started(member: &Member) -> Row {
    Row {
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

fn of_attempt(member: &Member, entry: &Entry, more: &More) -> Row {
    let Entry { attempt, state, .. } = entry;
    let grade = more.grade.as_ref();
    let checks = grade.map(|grade| Checks {
        passed: grade.checks.iter().filter(|check| check.outcome == Outcome::Pass).count(),
        of: grade.checks.len(),
    });
    Row {
        lab: Some(attempt.lab.to_string()),
        attempt: Some(attempt.id.clone()),
        state: Some(*state),
        due: attempt.due.filter(|_| *state != State::Stopped),
        hints_taken: attempt.hints_taken,
        checks,
        score: grade.map(Grade::score),
        solved: grade.is_some_and(Grade::solved),
        memory: more.seen.as_ref().and_then(|seen| seen.memory),
        processor: more.seen.as_ref().and_then(|seen| seen.processor),
        problem: problem(*state, more),
        ..not_started(member)
    }
}

fn problem(state: State, more: &More) -> Option<String> {
    if state == State::Failed {
        return Some("it could not be made: reset it".into());
    }
    if let Some(why) = more.failure.as_ref().filter(|_| state == State::Stopped) {
        return Some(format!("{why}: reset it"));
    }
    if more.deserted {
        return Some(format!("nobody works on it although it is {}: reset it", state.as_str()));
    }
    let of_container = more.seen.as_ref().and_then(|seen| seen.problem.clone());
    let of_container = match &more.halt {
        Some(why) if of_container.as_ref() == Some(why) => Some(format!("{why}: reset it")),
        _ => of_container,
    };
    let errors = more.grade.iter().flat_map(|grade| &grade.checks).filter(|check| check.outcome == Outcome::Error);
    let of_grade = match errors.count() {
        0 => None,
        1 => Some("a check could not be run: grade again".into()),
        many => Some(format!("{many} checks could not be run: grade again")),
    };
    of_container.or(of_grade)
}

/// What a container's figures say, and what the engine says where they say nothing. `before` is the processor time at the
/// look before, and how long ago that was.
pub fn seen(usage: Result<Usage, EngineError>, before: Option<(std::time::Duration, std::time::Duration)>) -> Seen {
    match usage {
        Ok(Usage { memory: 0, .. }) => Seen::default(),
        Ok(usage) => {
            let share = before.filter(|(_, ago)| !ago.is_zero()).map(|(then, ago)| {
                let used = usage.processor.saturating_sub(then).as_millis() * 100 / ago.as_millis().max(1);
                u32::try_from(used).unwrap_or(u32::MAX)
            });
            Seen { memory: Some(usage.memory), processor: share, problem: None }
        }
        Err(error) => Seen { problem: Some(away(&error)), ..Seen::default() },
    }
}

/// Why an environment cannot be judged, in the words of whoever grades it.
pub fn unfit(condition: Result<Condition, EngineError>) -> Option<String> {
    condition.map_or_else(|error| Some(away(&error)), |condition| condition.words())
}

fn away(error: &EngineError) -> String {
    match error {
        EngineError::NotFound(_) => Failure::ContainerGone.words(),
        _ => "the engine does not answer".into(),
    }
}

impl Row {
    /// Where it stands, in a word.
    pub fn word(&self) -> &'static str {
        match self.state {
            None => "not started",
            Some(_) if self.solved => "solved",
            Some(State::Running) => "at work",
            Some(state) => state.as_str(),
        }
    }

    /// Time left: `25 min`; less than nothing once it is over.
    pub fn left(&self, now: Timestamp) -> String {
        let Some(due) = self.due else { return "-".into() };
        let over = now.duration_since(due);
        if over.as_mins() > 0 { format!("-{}", duration(over)) } else { time_left(due, now) }
    }

    /// Checks that passed, of how many.
    pub fn passed(&self) -> String {
        self.checks.map_or_else(|| "-".into(), |Checks { passed, of }| format!("{passed}/{of}"))
    }

    /// Points at the last grading.
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
        let count = |fits: fn(&Row) -> bool| self.rows.iter().filter(|row| fits(row)).count();
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

    /// The same without what changes all the time.
    pub fn without_figures(&self) -> Self {
        let row = |row: &Row| Row { memory: None, processor: None, ..row.clone() };
        Self { at: Timestamp::UNIX_EPOCH, rows: self.rows.iter().map(row).collect(), ..self.clone() }
    }

    /// As people read it where there is no terminal.
    pub fn human(&self) -> String {
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
