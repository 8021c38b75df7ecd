//! The people of a class from their roster.

use serde::Serialize;

use super::model::Person;
use super::people::People;
use crate::diagnostic::{Diagnostic, Problems, Source};
use crate::roster::{Roster, Skipped, System, text};

/// Most trainees of a class.
const MOST: usize = 1000;

/// A roster as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReadRoster {
    /// The system that wrote it, if it is known.
    pub system: Option<System>,
    /// The people, in its order.
    pub people: Vec<Person>,
    /// Lines that are no trainees.
    pub left_out: Vec<Skipped>,
}

/// Reads a roster: all its problems, or its people. `file` is what the user calls it.
pub fn read_roster(bytes: Vec<u8>, file: &str) -> Result<ReadRoster, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let roster = read(bytes, file, &mut problems);
    if problems.is_empty() { Ok(roster) } else { Err(problems.into_sorted(file)) }
}

/// The people of a roster; what is wrong with it is noted.
pub(super) fn read(bytes: Vec<u8>, file: &str, problems: &mut Problems) -> ReadRoster {
    let Some(text) = text(bytes, file, problems) else { return ReadRoster::default() };
    let source = Source { file, text: &text };
    let Some(roster) = Roster::read(source, &[], problems) else { return ReadRoster::default() };
    if let Some(row) = roster.rows.get(MOST) {
        let message = format!("the roster has more than {MOST} people");
        problems.add(source, row.name.place, message, "make several classes of it");
        return ReadRoster::default();
    }
    let people = People::new(source, problems).check(roster.rows);
    ReadRoster { system: roster.system, people, left_out: roster.skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(text: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let roster = read_roster(text.to_vec(), "roster.csv").unwrap_or_else(|problems| panic!("{problems:?}"));
        roster.people.into_iter().map(|person| (person.name, person.email, person.id)).collect()
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
            "Name;Vorname;E-Mail;Matrikelnummer\nLovelace;Ada;ada@example.org;7\n",
            "Apellido(s),Nombre,Dirección de correo,Número de ID\nLovelace,Ada,ada@example.org,7\n",
            "Nom,Prénom,Adresse de courriel,Numéro d'identification\nLovelace,Ada,ada@example.org,7\n",
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
