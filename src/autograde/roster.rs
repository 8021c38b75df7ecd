//! Rosters of submissions: rosters with a column `path`. Pure.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::names::{Submission, named};
use crate::diagnostic::{Place, Problems, Source, quote};
use crate::error::{Error, Result};
use crate::roster::{Cell, Field, Roster, Row, Skipped, text};
use crate::text::clean_line;

/// The submissions of a roster.
#[derive(Debug)]
pub struct Listed {
    /// In the roster's order.
    pub submissions: Vec<Submission>,
    /// Lines that list none.
    pub left_out: Vec<Skipped>,
}

/// Submissions of a roster; paths are relative to `folder`. `file` names the roster in messages.
pub fn from_roster(bytes: Vec<u8>, file: &str, folder: &Path) -> Result<Listed> {
    let mut problems = Problems::default();
    let text = text(bytes, file, &mut problems);
    let listed = text.and_then(|text| listed(Source { file, text: &text }, folder, &mut problems));
    listed
        .filter(|_| problems.is_empty())
        .ok_or_else(|| Error::invalid_file("roster", file, problems.into_sorted(file)))
}

fn listed(source: Source<'_>, folder: &Path, problems: &mut Problems) -> Option<Listed> {
    let roster = Roster::read(source, &[Field::Path], problems)?;
    if roster.rows.is_empty() {
        problems.add(source, Place::START, "the roster has no trainees", "write one line for each trainee");
    }
    let mut reader = Reader { source, folder, seen: HashMap::new(), problems };
    let rows = roster.rows.iter().filter_map(|row| reader.row(row)).collect();
    Some(Listed { submissions: named(rows), left_out: roster.skipped })
}

struct Reader<'a, 'p> {
    source: Source<'a>,
    folder: &'a Path,
    /// Where each name is.
    seen: HashMap<String, Place>,
    problems: &'p mut Problems,
}

impl Reader<'_, '_> {
    fn row(&mut self, row: &Row) -> Option<(String, PathBuf)> {
        let place = row.name.place;
        let name = self.value("name", &row.name);
        let path = self.value("path", row.path.as_ref()?);
        let (name, path) = (clean_line(&name?), path?);
        let first = *self.seen.entry(name.clone()).or_insert(place);
        if first != place {
            let help = format!("line {} has it already: write what tells the two apart", first.line);
            self.problems.add(self.source, place, format!("the name {} is taken", quote(&name)), help);
        }
        Some((name, self.folder.join(path)))
    }

    /// The value of a cell, without blanks around it.
    fn value(&mut self, what: &str, cell: &Cell) -> Option<String> {
        let text = cell.text.trim();
        if text.is_empty() {
            let help = format!("write the {what}, or remove the line");
            self.problems.add(self.source, cell.place, format!("this line lacks a {what}"), help);
            return None;
        }
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &[u8]) -> Vec<(String, String)> {
        let all = from_roster(text.to_vec(), "in/roster.csv", Path::new("/in")).unwrap();
        all.submissions.into_iter().map(|one| (one.name, one.path.display().to_string())).collect()
    }

    #[test]
    fn spreadsheets_write_the_same_in_many_ways() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        for text in [
            "\u{feff}Path,Name\n\"a,b/fix.sh\",\"Lovelace, Zoë\"\n bob.sh , Bob \n".as_bytes().to_vec(),
            "name;path;note\r\nLovelace, Zoë;a,b/fix.sh;\r\n;;\r\nBob;bob.sh;x\r\n".into(),
            "sep=;\r\nName;Path\r\nLovelace, Zoë;a,b/fix.sh\r\nBob;bob.sh".into(),
            "name\tpath\rLovelace, Zoë\ta,b/fix.sh\rBob\tbob.sh\r".into(),
            utf16("\u{feff}name\tpath\r\nLovelace, Zoë\ta,b/fix.sh\r\nBob\tbob.sh\r\n"),
            big("\u{feff}name;path\nLovelace, Zoë;a,b/fix.sh\nBob;bob.sh\n"),
        ] {
            let expected = [("Lovelace, Zoë", "/in/a,b/fix.sh"), ("Bob", "/in/bob.sh")];
            assert_eq!(names(&text), expected.map(|(name, path)| (name.into(), path.into())), "{text:?}");
        }
    }

    #[test]
    fn an_export_with_a_column_of_paths_is_a_roster() {
        let text = "Student,ID,SIS User ID,SIS Login ID,Section,path\n    Points Possible,,,,,\n\"Lovelace, Ada\",1,S1,ada,A,ada.sh\n";
        let listed = from_roster(text.into(), "r.csv", Path::new("/in")).unwrap();
        assert_eq!(names(text.as_bytes()), [("Ada Lovelace".into(), "/in/ada.sh".into())]);
        let left_out: Vec<_> = listed.left_out.iter().map(|one| (one.line, one.text.as_str())).collect();
        assert_eq!(left_out, [(2, "Points Possible")]);
    }

    #[test]
    fn what_is_wrong_with_a_roster_is_told_with_its_place() {
        for (text, why) in [
            (b"".as_slice(), vec!["1:1: the roster is empty"]),
            (b"name,file\n", vec!["1:1: the roster has no column `path`"]),
            (b"name,path\n", vec!["1:1: the roster has no trainees"]),
            (b"name,path\nada,\n,x\n", vec!["2:5: this line lacks a path", "3:1: this line lacks a name"]),
            (b"name,path\nada,a\nada\x07,b\n", vec!["3:1: the name `ada` is taken"]),
            (b"name;path\nJ\xfcrgen;a\n", vec!["2:2: the roster is not UTF-8"]),
            (b"\xff\xfen\0a", vec!["1:1: the roster is not UTF-8"]),
            (b"PK\x03\x04rest", vec!["1:1: the roster is a damaged workbook"]),
        ] {
            let error = from_roster(text.to_vec(), "r.csv", Path::new(".")).unwrap_err();
            let told: Vec<String> = error
                .diagnostics
                .iter()
                .map(|problem| format!("{}:{}: {}", problem.line, problem.column, problem.message))
                .collect();
            assert_eq!(told, why, "{text:?}");
            assert!(error.diagnostics.iter().all(|problem| problem.help.is_some()), "{text:?}");
        }
    }
}
