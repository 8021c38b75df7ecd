//! Rosters as people have them: lists of their own, and the exports of learning management systems and meetings. Pure.
//!
//! A roster is text (`sheet`), perhaps from a workbook (`workbook`). The line with the names of its columns (`head`,
//! `columns`) says which system wrote it (`system`); the lines below it are people (`rows`), except those that the system
//! adds (`extra`).

mod columns;
mod extra;
mod head;
mod rows;
mod sheet;
mod system;
mod workbook;

use serde::Serialize;

pub(crate) use columns::{Field, field};
pub(crate) use sheet::text;
pub use system::{Origin, System};

use crate::diagnostic::{Place, Problems, Source};
use head::Table;

/// Largest roster, in bytes.
pub const ROSTER_LIMIT: usize = 1024 * 1024;

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub text: String,
    pub place: Place,
}

/// A person who has not been checked yet.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub name: Cell,
    pub email: Option<Cell>,
    pub id: Option<Cell>,
    pub login: Option<Cell>,
    pub path: Option<Cell>,
    pub origin: Option<Origin>,
}

/// A line of a roster that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its number, from 1; in a workbook, the row's.
    pub line: usize,
    /// Its beginning.
    pub text: String,
    /// The reason.
    pub why: Why,
}

/// Why a line of a roster was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// It is above the names of the columns.
    Preamble,
    /// The system added it: points, dates, totals, a student for tests.
    Placeholder,
    /// It is a teacher, an organizer or the like, by the column with the roles, or a meeting's host.
    Staff,
    /// It names a person again who joined a meeting more than once, or the columns again.
    Repeated,
    /// It is below the people.
    Footer,
}

impl Why {
    /// Every reason, in the order of a file.
    pub const ALL: [Self; 5] = [Self::Preamble, Self::Placeholder, Self::Staff, Self::Repeated, Self::Footer];

    /// The reason in a few words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preamble => "above the names of the columns",
            Self::Placeholder => "not a person",
            Self::Staff => "staff, not a trainee",
            Self::Repeated => "repeated",
            Self::Footer => "below the people",
        }
    }
}

/// A roster as it was understood.
pub(crate) struct Roster {
    /// The system that wrote it, if it is known.
    pub system: Option<System>,
    pub rows: Vec<Row>,
    pub skipped: Vec<Skipped>,
}

impl Roster {
    /// Reads a roster that must have a name and the columns `wanted`; what is wrong with it is noted.
    pub fn read(source: Source<'_>, wanted: &[Field], problems: &mut Problems) -> Option<Self> {
        let before = problems.count();
        let table = Table::find(source, wanted, problems)?;
        let roster = rows::read(&table, problems);
        (problems.count() == before || !roster.rows.is_empty()).then_some(roster)
    }
}

impl Row {
    /// A person from a list that has nothing but these.
    pub fn of(name: Cell, email: Option<Cell>, id: Option<Cell>) -> Self {
        Self { name, email, id, login: None, path: None, origin: None }
    }
}
