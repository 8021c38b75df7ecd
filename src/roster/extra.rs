//! What exports hold beside people: points, totals, staff, other sections. Pure.

use csv::StringRecord;

use super::columns::letters;
use super::head::{Table, is_head, score};
use super::system::System;
use super::{Cell, Row, Skipped, Why};
use crate::text::printable;

/// The most that is shown of a line, in characters.
const SHOWN: usize = 60;

/// What gradebooks write into the column of the names, in lines that are no people.
const PLACEHOLDERS: [&str; 42] = [
    "points possible",
    "points",
    "max points",
    "maximum points",
    "total points",
    "possible",
    "out of",
    "date",
    "due date",
    "due",
    "total",
    "totals",
    "sum",
    "count",
    "average",
    "averages",
    "class average",
    "overall average",
    "group average",
    "mean",
    "median",
    "minimum",
    "maximum",
    "standard deviation",
    "weight",
    "category",
    "manual posting",
    "gesamt",
    "summe",
    "durchschnitt",
    "mittelwert",
    "gesamtdurchschnitt",
    "gruppendurchschnitt",
    "punkte",
    "datum",
    "moyenne",
    "moyenne générale",
    "moyenne globale",
    "promedio",
    "promedio general",
    "media",
    "media general",
];

/// Words in the names of roles, in small letters.
const STAFF: [&str; 26] = [
    "teacher",
    "teaching",
    "instructor",
    "organi",
    "lecturer",
    "professor",
    "dozent",
    "trainer",
    "lehrer",
    "lehrkraft",
    "tutor",
    "enseignant",
    "formateur",
    "profesor",
    "docente",
    "designer",
    "observer",
    "grader",
    "admin",
    "course builder",
    "coursebuilder",
    "moderator",
    "manager",
    "kursleit",
    "panelist",
    "supervisor",
];
/// Roles that are such a word and no part of a longer one.
const STAFF_WORDS: [&str; 6] = ["ta", "tas", "staff", "host", "owner", "leader"];
/// Roles of which everybody in a meeting may have one.
const PRESENTERS: [&str; 5] = ["presenter", "referent", "présentateur", "presentador", "moderador"];
const TRAINEES: [&str; 12] = [
    "student",
    "learner",
    "trainee",
    "attendee",
    "participant",
    "teilnehm",
    "studier",
    "étudiant",
    "estudiante",
    "alumn",
    "mitglied",
    "schüler",
];

/// Who counts as staff in a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Staff {
    /// Nobody: there are no roles, or the column holds positions in a company.
    Nobody,
    /// Teachers and organizers.
    Teachers,
    /// Also presenters, as there are attendees beside them.
    TeachersAndPresenters,
}

impl Staff {
    /// The rule for a roster.
    pub fn of(table: &Table<'_>) -> Self {
        let roles = || table.rows().iter().filter_map(|row| row.get(table.columns.role?)).map(str::to_lowercase);
        if roles().any(|role| contains(&role, &TRAINEES)) {
            Self::TeachersAndPresenters
        } else if table.columns.role.is_some() && table.system.is_some() {
            Self::Teachers
        } else {
            Self::Nobody
        }
    }

    fn includes(self, role: &str) -> bool {
        let role = role.to_lowercase();
        let presents = self == Self::TeachersAndPresenters && contains(&role, &PRESENTERS);
        self != Self::Nobody && !contains(&role, &TRAINEES) && (presents || teaches(&role))
    }
}

fn contains(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

fn teaches(role: &str) -> bool {
    let mut words = role.split(|c: char| !c.is_alphanumeric());
    contains(role, &STAFF) || words.any(|word| STAFF_WORDS.contains(&word))
}

/// Why a line below the names of the columns is no trainee, judged by itself; `None` if it is one.
pub(super) fn reason(table: &Table<'_>, staff: Staff, record: &StringRecord, row: &Row) -> Option<Why> {
    let role = table.columns.role.and_then(|column| record.get(column)).unwrap_or_default();
    if is_same_head(table, record) {
        Some(Why::Repeated)
    } else if is_placeholder(table.system, row) {
        Some(Why::Placeholder)
    } else {
        (staff.includes(role) || hosts(table, row)).then_some(Why::Staff)
    }
}

/// Above the participants, Zoom names the host by e-mail address.
fn hosts(table: &Table<'_>, row: &Row) -> bool {
    let above = || table.sheet.records[..table.head].iter().flatten();
    let email = row.email.as_ref().filter(|_| table.system == Some(System::Zoom));
    let words =
        |cell: &str| cell.to_lowercase().split([' ', '(', ')', '<', '>', ',']).map(String::from).collect::<Vec<_>>();
    email.is_some_and(|email| above().any(|cell| words(cell).contains(&email.text.trim().to_lowercase())))
}

fn is_same_head(table: &Table<'_>, record: &StringRecord) -> bool {
    let heads = |record: &StringRecord| record.iter().map(letters).collect::<Vec<_>>();
    heads(table.heads()) == heads(record)
}

fn is_placeholder(system: Option<System>, row: &Row) -> bool {
    let name = row.name.text.trim().trim_end_matches(':').to_lowercase();
    let blank = |cell: &&Option<Cell>| cell.as_ref().is_none_or(|cell| cell.text.trim().is_empty());
    let anonymous = [&row.email, &row.id, &row.login, &row.path].iter().all(blank);
    let canvas = system == Some(System::Canvas) && ["test student", "points possible"].contains(&name.as_str());
    canvas || name.ends_with("previewuser") || anonymous && (name.is_empty() || PLACEHOLDERS.contains(&name.as_str()))
}

/// How many of the rows belong to the table: up to another table, a heading with a number, or lines of text.
pub(super) fn end(table: &Table<'_>) -> usize {
    let rows = section(table);
    let text = rows.iter().rev().take_while(|row| is_text(table, row)).count();
    let above = rows.len() - text;
    if above > 0 && !is_alone(&rows[above - 1]) { above } else { rows.len() }
}

/// The rows above the next table with its heading.
fn section<'t>(table: &'t Table<'_>) -> &'t [StringRecord] {
    let rows = table.rows();
    if let Some(head) = rows.iter().position(|row| is_other_head(table, row)) {
        let heading = rows[..head].iter().rev().take_while(|row| is_alone(row)).count();
        return &rows[..head - heading.min(1)];
    }
    let heading = rows.iter().position(|row| is_heading(table, row));
    &rows[..heading.unwrap_or(rows.len())]
}

/// `3. In-Meeting Activities`, alone on its line.
fn is_heading(table: &Table<'_>, record: &StringRecord) -> bool {
    let first = record.get(0).unwrap_or_default().trim();
    let rest = first.trim_start_matches(|c: char| c.is_ascii_digit());
    table.heads().len() > 1 && is_alone(record) && rest.len() < first.len() && rest.starts_with(". ")
}

fn is_other_head(table: &Table<'_>, record: &StringRecord) -> bool {
    let own: Vec<String> = table.heads().iter().map(letters).collect();
    let cells = record.iter().map(letters).filter(|cell| !cell.is_empty());
    let same = cells.clone().filter(|cell| own.contains(cell)).count();
    let mostly = same > 1 && 2 * same > cells.count();
    (mostly || is_head(record) && score(record) > 1) && !is_same_head(table, record)
}

/// `Total: 25`, `25 participants`, `Report generated 2026-11-30`.
fn is_text(table: &Table<'_>, record: &StringRecord) -> bool {
    let text = record.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default();
    let digit = |c: char| c.is_ascii_digit();
    let words = text.split_whitespace().count();
    let says = text.contains(':') || words > 1 && text.starts_with(digit) || words > 2 && text.contains(digit);
    table.heads().len() > 1 && is_alone(record) && says
}

fn is_alone(record: &StringRecord) -> bool {
    record.iter().filter(|cell| !cell.trim().is_empty()).count() == 1
}

/// A line that is left out.
pub(super) fn skipped(table: &Table<'_>, record: &StringRecord, why: Why) -> Skipped {
    let cells = record.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let all = printable(&cells.collect::<Vec<_>>().join(", ").replace(['\n', '\t'], " "));
    let mut text: String = all.chars().take(SHOWN).collect();
    if all.chars().nth(SHOWN).is_some() {
        text.push('…');
    }
    Skipped { line: table.sheet.place(record, 0).line, text, why }
}
