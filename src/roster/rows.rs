//! From the lines of a roster to people. Pure.

use std::collections::HashSet;

use csv::StringRecord;

use super::columns::{Field, known, letters};
use super::extra::{self, Staff, skipped};
use super::head::Table;
use super::system::{Origin, System};
use super::{Cell, Roster, Row, Why};
use crate::diagnostic::{Place, Problems};

/// What stands for an absent value, in small letters.
const ABSENT: [&str; 7] = ["-", "–", "—", "n/a", "#n/a", "null", "none"];
/// What Teams writes behind the names of people from elsewhere, in small letters.
const GUESTS: [&str; 9] =
    ["guest", "gast", "invité", "invitado", "external", "extern", "externe", "externo", "unverified"];
/// Columns of Canvas that its gradebook takes back, beside those that say who a person is.
const KEPT: [&str; 3] = ["section", "integrationid", "rootaccount"];
/// The most that is kept of a value for a gradebook, in characters.
const LONGEST: usize = 254;

/// The people below the names of the columns, and what is left out.
pub(super) fn read(table: &Table<'_>, problems: &mut Problems) -> Roster {
    let (people, below) = table.rows().split_at(extra::end(table));
    let mut reader = Reader { table, staff: Staff::of(table), seen: HashSet::new(), roster: above(table) };
    for record in people {
        reader.add(record, problems);
    }
    let below = below.iter().map(|record| skipped(table, record, Why::Footer));
    reader.roster.skipped.extend(below);
    reader.roster
}

fn above(table: &Table<'_>) -> Roster {
    let above = table.sheet.records[..table.head].iter();
    let skipped = above.map(|record| skipped(table, record, Why::Preamble)).collect();
    Roster { system: table.system, rows: vec![], skipped }
}

struct Reader<'t, 'a> {
    table: &'t Table<'a>,
    staff: Staff,
    /// Who has joined a meeting already.
    seen: HashSet<String>,
    roster: Roster,
}

impl Reader<'_, '_> {
    fn add(&mut self, record: &StringRecord, problems: &mut Problems) {
        let row = self.table.row(record);
        let why = extra::reason(self.table, self.staff, record, &row).or_else(|| self.joined_again(&row));
        if let Some(why) = why {
            self.roster.skipped.push(skipped(self.table, record, why));
        } else {
            self.table.check_width(record, problems);
            self.roster.rows.push(row);
        }
    }

    fn joined_again(&mut self, row: &Row) -> Option<Why> {
        let key = row.email.as_ref().unwrap_or(&row.name).text.trim().to_lowercase();
        (self.table.is_meeting && !self.seen.insert(key)).then_some(Why::Repeated)
    }
}

impl Table<'_> {
    fn check_width(&self, record: &StringRecord, problems: &mut Problems) {
        let width = self.heads().len();
        if let Some(extra) = record.iter().skip(width).position(|cell| !cell.trim().is_empty()) {
            let message = "this line has more cells than the first line has columns";
            let help = format!("put a value that holds `{}` in quotes", self.sheet.delimiter.escape_default());
            problems.add(self.sheet.source, self.sheet.place(record, width + extra), message, help);
        }
    }

    fn row(&self, record: &StringRecord) -> Row {
        let login = self.key(record, self.columns.login);
        let email = self.value(record, self.columns.email);
        let id = self.key(record, self.columns.id).filter(|_| !self.numbers_submissions());
        let is_address = |cell: &&Cell| cell.text.contains('@');
        let email = email.or_else(|| [&login, &id].into_iter().flatten().find(is_address).cloned());
        // Without a number of its own, the name to sign in with is what the system knows a person by.
        let id = id
            .filter(|cell| !is_same(cell, email.as_ref()))
            .or_else(|| login.clone().filter(|cell| !is_address(&cell)));
        let name = self.name(record);
        let name = if name.text.trim().is_empty() { self.name_of_unlinked(record).unwrap_or(name) } else { name };
        Row {
            name,
            email,
            id,
            login,
            path: self.columns.path.map(|path| self.cell(record, path)),
            origin: self.origin(record),
        }
    }

    /// A worksheet of Moodle for one assignment numbers participants anew.
    fn numbers_submissions(&self) -> bool {
        let named = |id: usize| letters(&self.heads()[id]) == "identifier";
        self.system == Some(System::Moodle) && self.columns.id.is_some_and(named)
    }

    /// GitHub Classroom learns a student's name from GitHub; before that it has only what the teacher wrote.
    fn name_of_unlinked(&self, record: &StringRecord) -> Option<Cell> {
        self.key(record, self.columns.id.filter(|_| self.system == Some(System::GithubClassroom)))
    }

    fn name(&self, record: &StringRecord) -> Cell {
        let cell = |column: Option<usize>| column.map(|column| self.cell(record, column));
        let full = |cell: &Option<Cell>| cell.as_ref().is_some_and(|cell| !cell.text.trim().is_empty());
        let columns = &self.columns;
        let (name, first, last) = (cell(columns.name), cell(columns.first), cell(columns.last));
        let in_parts = full(&first) && full(&last);
        if let Some(name) = name.filter(|name| !in_parts && !name.text.trim().is_empty()) {
            return Cell { text: self.display_name(&name.text), ..name };
        }
        if let (Some(first), Some(last)) = (&first, &last)
            && holds_word(&last.text, &first.text)
        {
            return last.clone();
        }
        let place = first.as_ref().or(last.as_ref()).map_or_else(|| self.name_place(record), |cell| cell.place);
        let parts = [first, last].into_iter().flatten().map(|cell| cell.text.trim().to_owned());
        Cell { text: parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "), place }
    }

    fn name_place(&self, record: &StringRecord) -> Place {
        self.sheet.place(record, self.columns.name.unwrap_or_default())
    }

    fn display_name(&self, written: &str) -> String {
        let named = self.columns.name.map(|name| letters(&self.heads()[name]));
        if named.is_some_and(|head| head.ends_with("originalname")) {
            return without_original(written).to_owned();
        }
        if self.system == Some(System::Teams) {
            return without_guest(written).to_owned();
        }
        if self.last_first { first_last(written) } else { written.to_owned() }
    }

    /// A value that identifies the person.
    fn key(&self, record: &StringRecord, column: Option<usize>) -> Option<Cell> {
        let cell = self.value(record, column)?;
        let marked = cell.text.trim();
        let own = if self.system == Some(System::Brightspace) { marked.trim_start_matches('#') } else { marked };
        let own = own.trim_start_matches('@');
        (!own.is_empty()).then(|| Cell { text: own.to_owned(), place: cell.place })
    }

    /// The value in a column, if it has one.
    fn value(&self, record: &StringRecord, column: Option<usize>) -> Option<Cell> {
        let cell = self.cell(record, column?);
        let text = cell.text.trim();
        (!text.is_empty() && !ABSENT.contains(&text.to_lowercase().as_str())).then_some(cell)
    }

    fn cell(&self, record: &StringRecord, column: usize) -> Cell {
        let text = record.get(column).unwrap_or_default();
        Cell { text: as_text(text).to_owned(), place: self.sheet.place(record, column) }
    }

    /// What a gradebook of the same system needs.
    fn origin(&self, record: &StringRecord) -> Option<Origin> {
        let system = self.system.filter(|system| system.has_gradebook())?;
        let columns = self.heads().iter().zip(record).filter(|(head, _)| is_kept(system, head));
        let kept = |text: &str| text.trim().chars().take(LONGEST).collect::<String>();
        let columns = columns.map(|(head, value)| (kept(head), kept(as_text(value)))).collect();
        Some(Origin { system, columns })
    }
}

fn is_kept(system: System, head: &str) -> bool {
    let identifies =
        known(head).is_some_and(|known| !known.is_doubtful() && !matches!(known.field, Field::Role | Field::Path));
    identifies || system == System::Canvas && KEPT.contains(&letters(head).as_str())
}

fn is_same(cell: &Cell, other: Option<&Cell>) -> bool {
    other.is_some_and(|other| other.text.trim().to_lowercase() == cell.text.trim().to_lowercase())
}

/// Whether a text holds another one as whole words.
fn holds_word(text: &str, part: &str) -> bool {
    let words = |text: &str| format!(" {} ", text.trim().to_lowercase());
    !part.trim().is_empty() && text.trim().len() > part.trim().len() && words(text).contains(&words(part))
}

/// Spreadsheets and portals write `="007"` to keep the zeros of a number.
fn as_text(cell: &str) -> &str {
    let inner = cell.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(cell)
}

/// `Ada` of `Ada (Ada Lovelace)`, as Zoom writes people who have renamed themselves.
fn without_original(name: &str) -> &str {
    let before = name.trim().strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")).map(|(before, _)| before.trim());
    before.filter(|before| !before.is_empty()).unwrap_or(name)
}

/// `Kim Lee` of `Kim Lee (Guest)`, as Teams writes people from elsewhere.
fn without_guest(name: &str) -> &str {
    let (before, after) = name.trim().rsplit_once(" (").unwrap_or((name, ""));
    let guest = GUESTS.iter().any(|guest| after.to_lowercase().trim_end_matches(')') == *guest);
    if guest { before } else { name }
}

/// `Ada Lovelace` of `Lovelace, Ada`.
fn first_last(name: &str) -> String {
    let parts: Vec<&str> = name.split(',').map(str::trim).collect();
    match parts[..] {
        [last, first] if !last.is_empty() && !first.is_empty() => format!("{first} {last}"),
        [last, first, suffix] if !first.is_empty() => format!("{first} {last}, {suffix}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_turned_round_at_their_comma() {
        for (written, expected) in [
            ("Lovelace, Ada", "Ada Lovelace"),
            ("de la Cruz,María José", "María José de la Cruz"),
            ("King, Martin, Jr.", "Martin King, Jr."),
            ("Madonna", "Madonna"),
            ("Madonna,", "Madonna,"),
        ] {
            assert_eq!(first_last(written), expected);
        }
    }

    #[test]
    fn what_zoom_adds_in_parentheses_goes() {
        assert_eq!(without_original("Ada L (Ada Lovelace)"), "Ada L");
        assert_eq!(without_original("Ada Lovelace"), "Ada Lovelace");
        assert_eq!(without_original("(Ada)"), "(Ada)");
    }

    #[test]
    fn a_formula_that_keeps_zeros_is_its_text() {
        assert_eq!(as_text("=\"007\""), "007");
        assert_eq!(as_text("=HYPERLINK(\"a\",\"b\")"), "=HYPERLINK(\"a\",\"b\")");
    }
}
