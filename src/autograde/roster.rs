//! Rosters of submissions: tables with the columns `name` and `path`. Pure.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::names::{Submission, named};
use crate::diagnostic::{Place, Problems, Source, quote};
use crate::error::{Error, Result};
use crate::sheet::{self, Sheet, letters};
use crate::text::clean_line;

/// Submissions of a roster, in its order; paths are relative to `folder`. `file` names the roster in messages.
pub fn from_roster(bytes: Vec<u8>, file: &str, folder: &Path) -> Result<Vec<Submission>> {
    let mut problems = Problems::default();
    let rows = sheet::text(bytes, file, &mut problems)
        .map(|text| rows(&Sheet::of(Source { file, text: &text }), folder, &mut problems))
        .unwrap_or_default();
    if problems.is_empty() {
        Ok(named(rows))
    } else {
        Err(Error::invalid_file("roster", file, problems.into_sorted(file)))
    }
}

fn rows(sheet: &Sheet<'_>, folder: &Path, problems: &mut Problems) -> Vec<(String, PathBuf)> {
    let help = "begin it with the names of its columns: name,path";
    let Some((head, records)) = sheet.records.split_first() else {
        problems.add(sheet.source, Place::START, "the roster is empty", help);
        return vec![];
    };
    let mut column = |name: &str| {
        let found = head.iter().position(|cell| letters(cell) == name);
        if found.is_none() {
            problems.add(sheet.source, sheet.place(head, 0), format!("the roster has no column `{name}`"), help);
        }
        found
    };
    let (Some(name), Some(path)) = (column("name"), column("path")) else { return vec![] };
    if records.is_empty() {
        problems.add(sheet.source, Place::START, "the roster has no trainees", "write one line for each trainee");
    }
    let mut seen: HashMap<String, Place> = HashMap::new();
    let mut rows = vec![];
    for record in records {
        let called = cell(sheet, record, name, "name", problems);
        let lies = cell(sheet, record, path, "path", problems);
        let (Some(called), Some(lies)) = (called, lies) else { continue };
        let (called, place) = (clean_line(called), sheet.place(record, name));
        let first = *seen.entry(called.clone()).or_insert(place);
        if first != place {
            let help = format!("line {} has it already: write what tells the two apart", first.line);
            problems.add(sheet.source, place, format!("the name {} is taken", quote(&called)), help);
        }
        rows.push((called, folder.join(lies)));
    }
    rows
}

fn cell<'a>(
    sheet: &Sheet<'_>,
    record: &'a StringRecord,
    column: usize,
    what: &str,
    problems: &mut Problems,
) -> Option<&'a str> {
    let text = record.get(column).map(str::trim).filter(|text| !text.is_empty());
    if text.is_none() {
        let message = format!("this line lacks a {what}");
        problems.add(
            sheet.source,
            sheet.place(record, column),
            message,
            format!("write the {what}, or remove the line"),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &[u8]) -> Vec<(String, String)> {
        let all = from_roster(text.to_vec(), "in/roster.csv", Path::new("/in")).unwrap();
        all.into_iter().map(|one| (one.name, one.path.display().to_string())).collect()
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
    fn what_is_wrong_with_a_roster_is_told_with_its_place() {
        for (text, why) in [
            (b"".as_slice(), vec!["1:1: the roster is empty"]),
            (b"name,file\n", vec!["1:1: the roster has no column `path`"]),
            (b"name,path\n", vec!["1:1: the roster has no trainees"]),
            (b"name,path\nada,\n,x\n", vec!["2:5: this line lacks a path", "3:1: this line lacks a name"]),
            (b"name,path\nada,a\nada\x07,b\n", vec!["3:1: the name `ada` is taken"]),
            (b"name;path\nJ\xfcrgen;a\n", vec!["2:2: the roster is not UTF-8"]),
            (b"\xff\xfen\0a", vec!["1:1: the roster is not UTF-8"]),
            (b"PK\x03\x04rest", vec!["1:1: the roster is a workbook"]),
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
