//! From a class file and its roster to a class without problems: no I/O but through the given reader.

use std::path::Path;

use super::format::{CLASS, ClassDraft, LANGUAGE};
use super::model::Class;
use super::people::People;
use super::roster::{self, ReadRoster};
use crate::diagnostic::{Diagnostic, Encoded, Problems, Source, did_you_mean, quote, utf8};
use crate::id::LabId;
use crate::roster::Row;
use crate::yaml::collection::usable;
use crate::yaml::decode::{Decoder, Named};
use crate::yaml::reader;
use crate::yaml::shape::Shape;

/// Reads a file that the class file names, by its path as the user can open it. What the system says otherwise.
pub type Open<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// A class file without problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFile {
    /// What it says.
    pub class: Class,
    /// The people, from its roster or from the file itself.
    pub roster: ReadRoster,
}

/// Reads a class: all its problems, or the class and its people. `file` is how the user can open it; `labs` are the
/// names of all labs.
pub fn read(file: &str, bytes: Vec<u8>, labs: &[LabId], open: Open<'_>) -> Result<ClassFile, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let read = utf8(bytes, file, &Encoded { what: "class file", help: "save it as UTF-8 text" }, &mut problems)
        .and_then(|text| examine(Source { file, text: &text }, labs, open, &mut problems));
    read.filter(|_| problems.is_empty()).ok_or_else(|| problems.into_sorted(file))
}

fn examine(source: Source<'_>, labs: &[LabId], open: Open<'_>, problems: &mut Problems) -> Option<ClassFile> {
    let root = reader::read(source, &LANGUAGE, problems)?;
    let mut decoder = Decoder::new(source, &LANGUAGE, problems);
    let mut draft = CLASS.decode(&root, Named { name: "class.yaml", example: "format: 1" }, &mut decoder)?;
    known_labs(&draft, source, labs, problems);
    let roster = people(&mut draft, source, open, problems);
    if problems.is_empty() { Some(ClassFile { class: draft.finish()?, roster }) } else { None }
}

fn known_labs(draft: &ClassDraft, source: Source<'_>, labs: &[LabId], problems: &mut Problems) {
    let known: Vec<&str> = labs.iter().map(LabId::as_str).collect();
    let path = draft.path.as_ref().and_then(Option::as_ref);
    for lab in usable(draft.labs.as_ref()).chain(usable(path)) {
        let id = lab.value.as_str();
        if !known.contains(&id) {
            problems.add(source, lab.place, format!("there is no lab {}", quote(id)), did_you_mean(id, &known));
        }
    }
}

/// The trainees of the roster, or those in the class file.
fn people(draft: &mut ClassDraft, source: Source<'_>, open: Open<'_>, problems: &mut Problems) -> ReadRoster {
    let Some(roster) = &draft.roster else {
        let rows: Vec<Row> = draft.trainees.take().into_iter().flatten().flatten().collect();
        let people = if rows.is_empty() { vec![] } else { People::new(source, problems).check(rows) };
        return ReadRoster { people, ..ReadRoster::default() };
    };
    let path = &roster.value;
    let shown = Path::new(source.file).parent().unwrap_or(Path::new("")).join(path).display().to_string();
    match open(&shown) {
        Ok(bytes) => roster::read(bytes, &shown, problems),
        Err(why) => {
            let help = "its path is relative to the class file";
            problems.add(source, roster.place, format!("the roster {} cannot be read: {why}", quote(path)), help);
            ReadRoster::default()
        }
    }
}
