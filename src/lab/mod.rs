//! The lab language: from text to a [`Lab`] without problems. No I/O but in [`library`].
//!
//! A lab file is read into a tree with places, and decoded as the one description of the format says (`format`, `parts`,
//! `check`; `crate::yaml` does the work, and [`schema`] is made from it too). The result is a draft. Rules examine
//! relations between its values (`rules`). Each step collects problems and none stops at the first one: users see all of
//! them at once. Only a draft without problems becomes a [`Lab`] (`assemble`).

mod assemble;
mod builtin;
mod check;
mod draw;
mod format;
pub mod library;
mod model;
mod parts;
mod path;
mod rules;
pub mod scaffold;
mod schema;
pub mod validate;
mod words;

use std::borrow::Cow;

use crate::diagnostic::{Encoded, Problems, Source, utf8};
use crate::yaml::decode::{Decoder, Named};
use crate::yaml::shape::Shape;
use crate::yaml::text::LINE;
use format::{LAB, LANGUAGE};
use rules::Rules;

pub use crate::diagnostic::{Diagnostic, Excerpt};
pub use builtin::{BUILT_INS, BuiltIn};
pub use check::*;
pub use draw::{draw, seed};
pub use model::*;
pub use path::LabPath;
pub use schema::schema;
pub(crate) use words::LAB_ID;

/// Largest lab file, in bytes.
pub const LAB_FILE_LIMIT: usize = 256 * 1024;
/// Largest script or text, in bytes.
pub const FILE_LIMIT: usize = 1024 * 1024;
/// Name of the lab file in a lab's folder.
pub const LAB_FILE: &str = "lab.yaml";

/// A lab's folder, on disk, in the binary or in memory.
pub trait LabFiles {
    /// Name of the folder, without the path to it.
    fn folder(&self) -> &str;

    /// Contents of a file. The path is relative, made of plain names only. Nothing larger than `limit` bytes is read.
    fn read(&self, path: &str, limit: usize) -> Result<Cow<'_, [u8]>, FileProblem>;

    /// Paths of its files, to guess which one was meant; may be incomplete.
    fn paths(&self) -> Vec<String>;
}

/// The reason why a file of a lab cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileProblem {
    /// There is no file of that name.
    Missing,
    /// A symbolic link is, or leads to, the file.
    Link,
    /// A folder, a device, a pipe.
    NotAFile,
    /// Larger than the limit.
    TooLarge,
    /// The system's error message.
    Unreadable(String),
}

/// Reads a lab: all its problems, or the lab. `folder_display` is how the user can reach the folder: `labs/nginx-502`.
pub fn load(files: &dyn LabFiles, folder_display: &str) -> Result<Lab, Vec<Diagnostic>> {
    let file = format!("{folder_display}/{LAB_FILE}");
    let mut problems = Problems::default();
    let lab = lab_text(files, &file, &mut problems).and_then(|text| examine(&text, files, &file, &mut problems));
    lab.filter(|_| problems.is_empty()).ok_or_else(|| problems.into_sorted(&file))
}

/// Reads and checks only what a list shows; `None` if it cannot be read.
pub fn summarise(files: &dyn LabFiles) -> Option<Summary> {
    let text = lab_text(files, LAB_FILE, &mut Problems::default())?;
    let summary: Summary = serde_yaml::from_str(&text).ok()?;
    let is_shown = summary.id == files.folder() && (LINE.parse)(&summary.title).is_ok();
    is_shown.then_some(summary)
}

fn examine(text: &str, files: &dyn LabFiles, file: &str, problems: &mut Problems) -> Option<Lab> {
    let source = Source { file, text };
    let root = crate::yaml::reader::read(source, &LANGUAGE, problems)?;
    let mut decoder = Decoder::new(source, &LANGUAGE, problems);
    let draft = LAB.decode(&root, Named { name: LAB_FILE, example: "format: 1" }, &mut decoder)?;
    let contents = Rules { draft: &draft, source, files, problems }.apply();
    if problems.is_empty() { draft.finish(text, contents) } else { None }
}

fn lab_text(files: &dyn LabFiles, file: &str, problems: &mut Problems) -> Option<String> {
    let (message, help) = match files.read(LAB_FILE, LAB_FILE_LIMIT) {
        Ok(bytes) => {
            return utf8(
                bytes.into_owned(),
                file,
                &Encoded { what: "lab file", help: "save it as UTF-8 text" },
                problems,
            );
        }
        Err(FileProblem::Missing) => ("the lab has no lab.yaml".into(), "`breakfix new LAB` writes one to begin with"),
        Err(FileProblem::TooLarge) => {
            ("the lab file is larger than 256 KiB".into(), "put long texts into files of their own")
        }
        Err(FileProblem::Link) => {
            ("the lab file is a symbolic link".into(), "a lab is whole in its folder: copy the file here")
        }
        Err(FileProblem::NotAFile) => ("lab.yaml is not a regular file".into(), "write the lab into a plain file"),
        Err(FileProblem::Unreadable(why)) => (format!("the lab file cannot be read: {why}"), ""),
    };
    problems.add_whole(file, message, help);
    None
}

/// A lab's folder in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    /// Name of the folder.
    pub folder: String,
    /// Files by path.
    pub files: std::collections::BTreeMap<String, Vec<u8>>,
}

impl LabFiles for MemoryFiles {
    fn folder(&self) -> &str {
        &self.folder
    }

    fn read(&self, path: &str, limit: usize) -> Result<Cow<'_, [u8]>, FileProblem> {
        let bytes = self.files.get(path).ok_or(FileProblem::Missing)?;
        if bytes.len() > limit { Err(FileProblem::TooLarge) } else { Ok(Cow::Borrowed(bytes)) }
    }

    fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }
}
