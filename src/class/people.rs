//! Who may be in a class: one rule for rows of a roster and for entries of a class file.

use std::collections::HashMap;

use super::model::Person;
use crate::diagnostic::{Place, Problems, Source, quote};
use crate::error::{Error, Result};
use crate::roster::{Cell, Row};
use crate::text::printable;

/// Longest name, e-mail address and identifier, in characters.
const NAME: usize = 80;
const EMAIL: usize = 254;
const ID: usize = 64;

/// Refuses people that no roster may hold; they come from a command line.
pub fn check_people(people: &[Person]) -> Result<()> {
    let mut problems = Problems::default();
    let source = Source { file: "", text: "" };
    let cell = |text: &str, line: usize| Cell { text: text.into(), place: Place { line, ..Place::START } };
    let row = |(line, person): (usize, &Person)| {
        let own = |text: &Option<String>| text.as_ref().map(|text| cell(text, line));
        Row::of(cell(&person.name, line), own(&person.email), own(&person.id))
    };
    People::new(source, &mut problems).check(people.iter().enumerate().map(row).collect());
    let found = problems.into_sorted("");
    match found.split_first() {
        None => Ok(()),
        Some((first, _)) => {
            let error = Error::invalid(first.message.clone());
            Err(first.help.iter().fold(error, Error::hint))
        }
    }
}

/// Checks people one by one, and against each other.
pub(super) struct People<'a, 'p> {
    pub source: Source<'a>,
    pub problems: &'p mut Problems,
    /// Where a value stands that belongs to one person, and whose it is.
    seen: HashMap<(&'static str, String), (Place, String)>,
}

impl<'a, 'p> People<'a, 'p> {
    pub fn new(source: Source<'a>, problems: &'p mut Problems) -> Self {
        Self { source, problems, seen: HashMap::new() }
    }

    /// The people in these rows; what is wrong with them is noted.
    pub fn check(mut self, rows: Vec<Row>) -> Vec<Person> {
        if rows.is_empty() && self.problems.is_empty() {
            self.wrong(Place::START, "the roster has no trainees", "write one line for each trainee");
        }
        rows.into_iter().map(|row| self.person(row)).collect()
    }

    fn person(&mut self, row: Row) -> Person {
        if row.name.text.trim().is_empty() {
            self.wrong(row.name.place, "somebody has no name", "write the name, or remove the line");
        }
        let name = self.plain("name", &row.name, NAME);
        let email = row.email.filter(|cell| !cell.text.trim().is_empty()).map(|cell| {
            self.email(&cell);
            self.unique("e-mail address", &cell, cell.text.trim().to_lowercase(), &name);
            self.plain("e-mail address", &cell, EMAIL)
        });
        let id = row.id.filter(|cell| !cell.text.trim().is_empty()).map(|cell| {
            self.unique("id", &cell, cell.text.trim().to_owned(), &name);
            self.plain("id", &cell, ID)
        });
        let login = row.login.map(|cell| self.plain("login", &cell, EMAIL));
        Person { name, email, id, login, origin: row.origin }
    }

    /// Text that no spreadsheet, terminal or page executes.
    fn plain(&mut self, what: &str, cell: &Cell, most: usize) -> String {
        let text = cell.text.trim();
        if text.starts_with(['=', '+', '-', '@']) {
            let message = format!("the {what} {} looks like a spreadsheet's formula", quote(text));
            self.wrong(cell.place, message, "write the value itself; it cannot begin with `=`, `+`, `-` or `@`");
        } else if text.contains(['\n', '\r']) {
            let help = "keep a cell on one line; the quote that begins it may not be closed";
            self.wrong(cell.place, format!("the {what} goes over the end of its line"), help);
        } else if printable(text) != text || text.contains('\t') {
            self.wrong(cell.place, format!("the {what} contains invisible characters"), "type it again");
        } else if text.chars().count() > most {
            self.wrong(cell.place, format!("the {what} is too long"), format!("shorten it to {most} characters"));
        }
        text.to_owned()
    }

    fn email(&mut self, cell: &Cell) {
        let text = cell.text.trim();
        let good = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        let formula = text.starts_with(['=', '+', '-', '@']);
        if !formula && (!good || text.matches('@').count() > 1 || text.contains(char::is_whitespace)) {
            self.wrong(
                cell.place,
                format!("{} is not an e-mail address", quote(text)),
                "write it like ada@example.org",
            );
        }
    }

    fn unique(&mut self, what: &'static str, cell: &Cell, value: String, name: &str) {
        let (first, whose) = self.seen.entry((what, value)).or_insert((cell.place, name.into()));
        if *first != cell.place {
            // People from a command line stand in no file.
            let who = if self.source.file.is_empty() { whose.clone() } else { format!("line {}", first.line) };
            let message = format!("the {what} {} is taken", quote(cell.text.trim()));
            self.wrong(cell.place, message, format!("{who} has it already: each belongs to one person"));
        }
    }

    fn wrong(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.problems.add(self.source, place, message, help);
    }
}
