//! Rosters as spreadsheets write them: CSV with commas, semicolons or tabs.

use csv::StringRecord;

use super::model::Person;
use super::people::{Cell, People, Row};
use crate::diagnostic::{Place, Problems, Source, nearest, quote};
use crate::sheet::{self, Sheet, letters};

/// Most trainees of a class.
pub(super) const MOST: usize = 1000;
/// Largest roster, in bytes.
pub const ROSTER_LIMIT: usize = 1024 * 1024;

/// The content of a column, and the names that its head may have; only letters and digits count.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Name, &["name", "fullname"]),
    (Column::First, &["firstname", "givenname"]),
    (Column::Last, &["lastname", "surname", "familyname"]),
    (Column::Email, &["email", "mail", "emailaddress"]),
    (Column::Id, &["id", "studentid", "idnumber"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    First,
    Last,
    Email,
    Id,
}

/// The people of a roster; what is wrong with it is noted. `file` is what the user calls it.
pub(super) fn read(bytes: Vec<u8>, file: &str, problems: &mut Problems) -> Vec<Person> {
    let Some(text) = sheet::text(bytes, file, problems) else { return vec![] };
    let source = Source { file, text: &text };
    let sheet = Sheet::of(source);
    let Some((head, rows)) = sheet.records.split_first() else {
        problems.add(source, Place::START, "the roster is empty", "begin it with the line `name,email,id`");
        return vec![];
    };
    let Some(columns) = sheet.columns(head, problems) else { return vec![] };
    if rows.len() > MOST {
        let message = format!("the roster has more than {MOST} people");
        problems.add(source, sheet.place(&rows[MOST], 0), message, "make several classes of it");
        return vec![];
    }
    let rows = rows.iter().map(|row| sheet.row(row, &columns, problems)).collect();
    People::new(source, problems).check(rows)
}

impl Sheet<'_> {
    /// The column of each field.
    fn columns(&self, head: &StringRecord, problems: &mut Problems) -> Option<Vec<Option<Column>>> {
        let before = problems.count();
        let mut columns: Vec<Option<Column>> = vec![];
        for (index, cell) in head.iter().enumerate() {
            let column = column(cell);
            if column.is_some() && columns.contains(&column) {
                let message = format!("the column {} appears twice", quote(cell.trim()));
                problems.add(self.source, self.place(head, index), message, "remove one of them");
            } else if column.is_none()
                && let Some(near) = meant(cell)
            {
                let message = format!("the column {} is not known", quote(cell.trim()));
                problems.add(self.source, self.place(head, index), message, format!("did you mean {}?", quote(near)));
            }
            columns.push(column);
        }
        let has = |column| columns.contains(&Some(column));
        if !has(Column::Name) && !has(Column::First) && !has(Column::Last) && problems.count() == before {
            let help = "begin it with the names of its columns: name,email,id";
            problems.add(self.source, self.place(head, 0), "the roster has no column `name`", help);
        }
        (problems.count() == before).then_some(columns)
    }

    fn row(&self, record: &StringRecord, columns: &[Option<Column>], problems: &mut Problems) -> Row {
        if let Some(extra) = record.iter().skip(columns.len()).position(|cell| !cell.trim().is_empty()) {
            let message = "this line has more cells than the first line has columns";
            let help = format!("put a value that holds `{}` in quotes", self.delimiter.escape_default());
            problems.add(self.source, self.place(record, columns.len() + extra), message, help);
        }
        let index = |column| columns.iter().position(|found| *found == Some(column));
        let cell = |column| index(column).map(|index| self.cell(record, index));
        let name = cell(Column::Name).unwrap_or_else(|| {
            let (first, last) = (cell(Column::First), cell(Column::Last));
            let text = [&first, &last].into_iter().flatten().map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" ");
            let place = first.or(last).map_or(Place::START, |cell| cell.place);
            Cell { text, place }
        });
        Row { name, email: cell(Column::Email), id: cell(Column::Id) }
    }

    fn cell(&self, record: &StringRecord, index: usize) -> Cell {
        Cell { text: record.get(index).unwrap_or_default().to_owned(), place: self.place(record, index) }
    }
}

fn column(head: &str) -> Option<Column> {
    let head = letters(head);
    COLUMNS.iter().find(|(_, names)| names.contains(&head.as_str())).map(|(column, _)| *column)
}

/// The column that a misspelt head may mean. Other columns are ignored.
fn meant(head: &str) -> Option<&'static str> {
    nearest(&letters(head), COLUMNS.iter().flat_map(|(_, names)| names.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(text: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let mut problems = Problems::default();
        let people = read(text.to_vec(), "roster.csv", &mut problems);
        assert!(problems.is_empty(), "{:?}", problems.into_sorted("roster.csv"));
        people.into_iter().map(|person| (person.name, person.email, person.id)).collect()
    }

    fn ada() -> (String, Option<String>, Option<String>) {
        ("Ada Lovelace".into(), Some("ada@example.org".into()), Some("7".into()))
    }

    #[test]
    fn spreadsheets_write_the_same_in_many_ways() {
        for text in [
            "name,email,id\nAda Lovelace,ada@example.org,7\n",
            "\u{feff}ID;Name;E-Mail\r\n7;Ada Lovelace;ada@example.org\r\n",
            "sep=;\r\nE-mail address;Full name;Student ID\r\nada@example.org; Ada Lovelace ;7\r\n;;\r\n",
            "Surname\tFirst name\tEmail\tID number\tGroup\nLovelace\tAda\tada@example.org\t7\tB",
            "\"name\",\"email\",\"id\",\"notes\"\n\n\"Ada Lovelace\",\"ada@example.org\",\"7\",\"a, b\"\"\n\"\n",
        ] {
            assert_eq!(people(text.as_bytes()), [ada()], "{text:?}");
        }
    }

    #[test]
    fn names_stay_as_they_are_written() {
        let text = "name\n\"Müller, Jürgen\"\nŁukasz Żółw\nD'Arcy O’Neill\n李小龙\n";
        let names: Vec<_> = people(text.as_bytes()).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["Müller, Jürgen", "Łukasz Żółw", "D'Arcy O’Neill", "李小龙"]);
    }

    #[test]
    fn two_hundred_are_fine() {
        let rows: String = (0..200).map(|number| format!("Trainee {number},t{number}@example.org\n")).collect();
        assert_eq!(people(format!("name,email\n{rows}").as_bytes()).len(), 200);
    }
}
