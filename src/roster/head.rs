//! Finds the line with the names of the columns. Pure.

use csv::StringRecord;

use super::Field;
use super::columns::{Known, is_ambiguous, is_last_first, known, letters, mistyped};
use super::sheet::Sheet;
use super::system::System;
use crate::diagnostic::{Place, Problems, Source, quote};

/// Rows in which the names of the columns are looked for.
const NEAR_THE_TOP: usize = 40;

/// A roster whose columns are known.
pub(super) struct Table<'a> {
    pub sheet: Sheet<'a>,
    /// Which record holds the names of the columns.
    pub head: usize,
    pub columns: Columns,
    pub system: Option<System>,
    /// Whether it lists who joined a meeting, perhaps more than once.
    pub is_meeting: bool,
    /// Whether names are written `Lovelace, Ada`.
    pub last_first: bool,
}

/// Where the values of each field are.
#[derive(Clone, Copy, Default)]
pub(super) struct Columns {
    pub name: Option<usize>,
    pub first: Option<usize>,
    pub last: Option<usize>,
    pub email: Option<usize>,
    pub id: Option<usize>,
    pub login: Option<usize>,
    pub role: Option<usize>,
    pub path: Option<usize>,
}

/// Names of columns that only lists of a meeting's participants have.
const MEETING: [&str; 8] = [
    "jointime",
    "firstjoin",
    "useraction",
    "timejoined",
    "joinedat",
    "firstjointime",
    "beitrittszeit",
    "ersterbeitritt",
];

impl<'a> Table<'a> {
    /// The table in a text; without the columns that are needed, `None` with a problem.
    pub fn find(source: Source<'a>, wanted: &[Field], problems: &mut Problems) -> Option<Self> {
        let mut sheets = Sheet::candidates(source);
        let found = sheets.iter().map(best_head).enumerate();
        // Of equally good ones the first.
        let found = found.filter_map(|(at, best)| Some((at, best?))).rev().max_by_key(|(_, (_, score))| *score);
        let Some((at, (head, _))) = found else {
            unknown(&sheets.swap_remove(0), wanted, problems);
            return None;
        };
        let table = Self::of(sheets.swap_remove(at), head);
        let before = problems.count();
        table.check(wanted, problems);
        (problems.count() == before).then_some(table)
    }

    fn of(sheet: Sheet<'a>, head: usize) -> Self {
        let heads: Vec<String> = sheet.records[head].iter().map(letters).collect();
        let columns = Columns::of(&sheet, head);
        let system = System::of(&heads);
        let named = columns.name.map(|name| &sheet.records[head][name]);
        let canvas = system == Some(System::Canvas) && named.is_some_and(|name| letters(name) == "student");
        let commas = columns.name.is_some_and(|name| sheet.has_commas(head, name));
        // In a list of one's own, a comma may be part of a name.
        let last_first = canvas || named.is_some_and(|name| is_last_first(name) || letters(name) != "name" && commas);
        let meets = heads.iter().any(|head| MEETING.contains(&head.as_str()));
        let is_meeting = meets || matches!(system, Some(System::Zoom | System::Teams));
        Self { sheet, head, columns, system, is_meeting, last_first }
    }

    pub fn heads(&self) -> &StringRecord {
        &self.sheet.records[self.head]
    }

    fn place(&self, column: usize) -> Place {
        self.sheet.place(self.heads(), column)
    }

    fn check(&self, wanted: &[Field], problems: &mut Problems) {
        self.twice(problems);
        self.misspelt(problems);
        if wanted.contains(&Field::Path) && self.columns.path.is_none() {
            problems.add(self.sheet.source, self.place(0), "the roster has no column `path`", help(wanted));
        }
    }

    /// Of two columns with one name, nobody can say which is meant.
    fn twice(&self, problems: &mut Problems) {
        let heads: Vec<String> = self.heads().iter().map(letters).collect();
        for column in self.columns.used() {
            let again = heads.iter().skip(column + 1).position(|head| *head == heads[column]);
            let again = again.map(|after| column + 1 + after).filter(|again| !self.agree(column, *again));
            if let Some(again) = again {
                let message = format!("the column {} appears twice", quote(self.heads()[again].trim()));
                problems.add(self.sheet.source, self.place(again), message, "remove one of them");
            }
        }
    }

    fn agree(&self, one: usize, other: usize) -> bool {
        self.rows().iter().all(|row| row.get(one).map(str::trim) == row.get(other).map(str::trim))
    }

    /// A mistyped name is a problem only if its column is missed and its values are what it seems to hold.
    fn misspelt(&self, problems: &mut Problems) {
        for (column, head) in self.heads().iter().enumerate().filter(|(_, head)| known(head).is_none()) {
            let Some((field, meant)) = mistyped(head) else { continue };
            if field == Field::Email && self.columns.email.is_none() && self.sheet.holds_addresses(self.head, column) {
                note_mistyped(&self.sheet, self.heads(), column, meant, problems);
            }
        }
    }

    /// The rows below the names of the columns.
    pub fn rows(&self) -> &[StringRecord] {
        &self.sheet.records[self.head + 1..]
    }
}

impl Columns {
    fn of(sheet: &Sheet<'_>, head: usize) -> Self {
        let heads = &sheet.records[head];
        let best = |field| sheet.best(head, field);
        let mut columns = Self {
            name: best(Field::Name),
            first: best(Field::First),
            last: best(Field::Last),
            email: best(Field::Email),
            id: best(Field::Id),
            login: best(Field::Login),
            role: best(Field::Role),
            path: best(Field::Path),
        };
        match columns {
            Self { name: Some(name), first: Some(_), last: None, .. } if is_ambiguous(&heads[name]) => {
                (columns.name, columns.last) = (None, Some(name));
            }
            Self { name: Some(name), first: None, last: Some(_), .. } if is_ambiguous(&heads[name]) => {
                (columns.name, columns.first) = (None, Some(name));
            }
            _ => {}
        }
        columns
    }

    fn used(self) -> impl Iterator<Item = usize> {
        [self.name, self.first, self.last, self.email, self.id, self.login, self.path].into_iter().flatten()
    }
}

impl Sheet<'_> {
    /// The best column for a field: of those that hold anything, the one with the best name.
    fn best(&self, head: usize, field: Field) -> Option<usize> {
        let columns = self.records[head].iter().enumerate().filter_map(|(at, head)| Some((at, known(head)?)));
        let fitting = columns.filter(|(at, known)| known.field == field && self.is_trusted(head, *at, *known));
        let empty = |at: usize| self.values(head, at).next().is_none();
        fitting.min_by_key(|(at, known)| (empty(*at), known.rank, *at)).map(|(at, _)| at)
    }

    fn is_trusted(&self, head: usize, column: usize, known: Known) -> bool {
        !known.is_doubtful() || self.holds_addresses(head, column)
    }

    fn holds_addresses(&self, head: usize, column: usize) -> bool {
        self.values(head, column).next().is_some() && self.values(head, column).all(|value| value.contains('@'))
    }

    /// Whether every value has a comma between two words.
    fn has_commas(&self, head: usize, column: usize) -> bool {
        let people = || self.values(head, column).filter(|value| !value.ends_with(':'));
        people().next().is_some() && people().all(|value| value.trim_matches(',').contains(','))
    }

    /// What a column holds, without empty cells.
    fn values(&self, head: usize, column: usize) -> impl Iterator<Item = &str> {
        let cells = self.records[head + 1..].iter().filter_map(move |row| row.get(column));
        cells.map(str::trim).filter(|value| !value.is_empty())
    }

    fn top(&self) -> &[StringRecord] {
        &self.records[..self.records.len().min(NEAR_THE_TOP)]
    }
}

/// Whether a text has a line that names columns.
pub(super) fn likely_head(source: Source<'_>) -> bool {
    Sheet::candidates(source).iter().any(|sheet| best_head(sheet).is_some())
}

/// The record that names the most fields, a name among them, and how many it names.
fn best_head(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let named = sheet.top().iter().enumerate().filter(|(_, record)| is_head(record));
    named.map(|(at, record)| (at, score(record))).rev().max_by_key(|(_, score)| *score)
}

/// Whether a record names columns. Values can look like it: a role may be `Student`.
pub(super) fn is_head(record: &StringRecord) -> bool {
    let fields = fields(record);
    let name = [Field::Name, Field::First, Field::Last].iter().any(|field| fields.contains(field));
    let is_value = |cell: &str| {
        let digits = !cell.trim().is_empty() && cell.trim().bytes().all(|byte| byte.is_ascii_digit());
        cell.contains('@') && known(cell).is_none() || digits && fields.len() < 2
    };
    name && !record.iter().any(is_value)
}

fn fields(record: &StringRecord) -> Vec<Field> {
    let mut fields = vec![];
    for known in record.iter().filter_map(known).filter(|known| !known.is_doubtful()) {
        if !fields.contains(&known.field) {
            fields.push(known.field);
        }
    }
    fields
}

pub(super) fn score(record: &StringRecord) -> usize {
    fields(record).len()
}

/// Notes that no line names the columns, at the line that looks most like it.
fn unknown(sheet: &Sheet<'_>, wanted: &[Field], problems: &mut Problems) {
    let Some(likeliest) = sheet.top().iter().rev().max_by_key(|record| likeness(record)) else {
        problems.add(sheet.source, Place::START, "the roster is empty", empty_help(wanted));
        return;
    };
    let before = problems.count();
    for (column, head) in likeliest.iter().enumerate().filter(|(_, head)| known(head).is_none()) {
        if let Some((_, meant)) = mistyped(head) {
            note_mistyped(sheet, likeliest, column, meant, problems);
        }
    }
    if problems.count() == before {
        problems.add(sheet.source, sheet.place(likeliest, 0), "the roster has no column `name`", help(wanted));
    }
}

fn likeness(record: &StringRecord) -> usize {
    score(record) + record.iter().filter(|head| mistyped(head).is_some()).count()
}

fn note_mistyped(sheet: &Sheet<'_>, record: &StringRecord, column: usize, meant: &str, problems: &mut Problems) {
    let message = format!("the column {} is not known", quote(record[column].trim()));
    problems.add(sheet.source, sheet.place(record, column), message, format!("did you mean {}?", quote(meant)));
}

fn names(wanted: &[Field]) -> &'static str {
    if wanted.contains(&Field::Path) { "name,path" } else { "name,email,id" }
}

fn help(wanted: &[Field]) -> String {
    format!("begin it with the names of its columns: {}", names(wanted))
}

fn empty_help(wanted: &[Field]) -> String {
    format!("begin it with the line `{}`", names(wanted))
}
