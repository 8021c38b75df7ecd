//! Rules for the files that a lab names: they exist, are readable and not empty, and a shell can run its scripts.

use std::collections::BTreeMap;

use super::{Rules, Used};
use crate::diagnostic::{Place, Source, nearest, quote};
use crate::lab::{FILE_LIMIT, FileProblem};
use crate::yaml::text::Meaning;

/// First lines that say a script is for a shell, as values are quoted for one.
const SHELLS: &[&str] = &["#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env sh", "#!/usr/bin/env bash"];

/// A file of the lab, read.
pub(super) struct File {
    /// The file's path as users can open it.
    pub shown: String,
    pub text: String,
    /// Whether the file is run by a shell.
    pub script: bool,
    /// Whether a check uses the file.
    pub of_check: bool,
    /// Whether anything but a check uses the file.
    pub of_other: bool,
}

/// A place in the lab file that names a file.
pub(super) struct Named<'a> {
    /// `None` if it is not the path of a file.
    pub path: Option<&'a str>,
    place: Place,
    script: bool,
    of_check: bool,
}

impl<'a> Rules<'a, '_> {
    pub(super) fn read_files(&mut self) -> BTreeMap<String, File> {
        let mut read = BTreeMap::new();
        for named in self.named_files() {
            let Some(path) = named.path else { continue };
            if !read.contains_key(path) {
                match self.read_file(path, &named) {
                    Some(file) => read.insert(path.to_owned(), file),
                    None => continue,
                };
            }
            if let Some(file) = read.get_mut(path) {
                file.of_check |= named.of_check;
                file.of_other |= !named.of_check;
            }
        }
        read
    }

    pub(super) fn named_files(&self) -> Vec<Named<'a>> {
        let named = |Used { reference, of_check }: Used<'a>| {
            let script = match reference.meaning {
                Meaning::Script => true,
                Meaning::Document => false,
                Meaning::Plain | Meaning::Template => return None,
            };
            let path = reference.text.value.as_deref();
            Some(Named { path, place: reference.text.place, script, of_check })
        };
        self.references().filter_map(named).collect()
    }

    fn read_file(&mut self, path: &str, named: &Named<'_>) -> Option<File> {
        let place = named.place;
        let bytes = match self.files.read(path, FILE_LIMIT) {
            Ok(bytes) => bytes,
            Err(problem) => {
                let (wrong, help) = self.unreadable(path, &problem);
                self.wrong(place, format!("the file {} {wrong}", quote(path)), help);
                return None;
            }
        };
        let Ok(text) = String::from_utf8(bytes.into_owned()) else {
            self.wrong(place, format!("the file {} is not UTF-8", quote(path)), "save it as UTF-8 text");
            return None;
        };
        if text.trim().is_empty() {
            self.wrong(place, format!("the file {} is empty", quote(path)), "write it, or name another");
            return None;
        }
        let folder = self.source.file.strip_suffix("lab.yaml").unwrap_or_default();
        let shown = format!("{folder}{path}");
        let file = File { shown, text, script: named.script, of_check: false, of_other: false };
        if file.script {
            self.script(&file);
        }
        Some(file)
    }

    fn unreadable(&self, path: &str, problem: &FileProblem) -> (String, String) {
        match problem {
            FileProblem::Missing => {
                let known = self.files.paths();
                let help = match nearest(path, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean {}?", quote(near)),
                    None => "create it in the lab's folder".into(),
                };
                ("does not exist".into(), help)
            }
            FileProblem::Link => {
                ("is reached through a symbolic link".into(), "a lab is whole in its folder: copy the file here".into())
            }
            FileProblem::NotAFile => ("is not a regular file".into(), "name a file".into()),
            FileProblem::TooLarge => {
                ("is larger than 1 MiB".into(), "create large content in the script instead".into())
            }
            FileProblem::Unreadable(why) => (format!("cannot be read: {why}"), String::new()),
        }
    }

    fn script(&mut self, file: &File) {
        let source = Source { file: &file.shown, text: &file.text };
        let first = file.text.lines().next().unwrap_or_default();
        let whole = Place { length: first.chars().count(), ..Place::START };
        if let Some(line) = file.text.split('\n').position(|line| line.ends_with('\r')) {
            let place = Place { line: line + 1, ..Place::START };
            let help = "save the file with Unix line ends: a shell takes the carriage return for part of a word";
            self.problems.add(source, place, "the script has Windows line ends", help);
        } else if !SHELLS.contains(&first.trim_end()) {
            let wrong = if first.starts_with("#!") {
                "this is not the plain first line of a shell script"
            } else {
                "the script does not begin with `#!`"
            };
            let help = "begin it with `#!/bin/sh` or `#!/bin/bash`; options go into `set`, such as `set -eu`";
            self.problems.add(source, whole, wrong, help);
        }
    }
}
