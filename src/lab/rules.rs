//! Rules that look at more than one value: each a small function over the tree that notes what it finds.
//!
//! A rule skips what is missing or of the wrong shape: that has been told already.

mod amounts;
mod files;
mod names;
mod quoting;
mod templates;

use std::collections::BTreeMap;

use super::LabFiles;
use crate::diagnostic::{Place, Problems, Source};
use crate::yaml::tree::Node;
use crate::yaml::words::Text;

/// What the rules work on.
pub(super) struct Rules<'a, 'p> {
    pub root: &'a Node,
    pub source: Source<'a>,
    pub files: &'a dyn LabFiles,
    pub problems: &'p mut Problems,
}

impl<'a> Rules<'a, '_> {
    /// Applies all rules; gives the contents of the files that the lab names.
    pub fn apply(&mut self, templates: &[(&'a Node, Text)]) -> BTreeMap<String, String> {
        self.names();
        self.amounts();
        let files = self.read_files();
        self.templates(templates, &files);
        files.into_iter().map(|(path, file)| (path, file.text)).collect()
    }

    fn wrong(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.problems.add(self.source, place, message, help);
    }

    fn checks(&self) -> &'a [Node] {
        self.root.list("checks")
    }
}
