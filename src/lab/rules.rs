//! Rules that look at more than one value: each a small function over the decoded lab that notes what it finds.
//!
//! A rule skips what could not be decoded: that has been reported already.

mod amounts;
mod files;
mod names;
mod quoting;
mod templates;

use std::collections::BTreeMap;

use super::LabFiles;
use super::check::CheckDraft;
use super::format::LabDraft;
use crate::diagnostic::{Place, Problems, Source};
use crate::yaml::collection::usable;
use crate::yaml::decode::Reference;

/// The lab that the rules examine, and the problems they find.
pub(super) struct Rules<'a, 'p> {
    pub draft: &'a LabDraft,
    pub source: Source<'a>,
    pub files: &'a dyn LabFiles,
    pub problems: &'p mut Problems,
}

/// A reference, and whether it belongs to a check.
#[derive(Clone, Copy)]
struct Used<'a> {
    reference: &'a Reference,
    of_check: bool,
}

impl<'a> Rules<'a, '_> {
    /// Applies all rules; gives the contents of the files that the lab names.
    pub fn apply(&mut self) -> BTreeMap<String, String> {
        self.names();
        self.amounts();
        let files = self.read_files();
        self.templates(&files);
        files.into_iter().map(|(path, file)| (path, file.text)).collect()
    }

    fn wrong(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.problems.add(self.source, place, message, help);
    }

    fn checks(&self) -> impl Iterator<Item = &'a CheckDraft> + use<'a> {
        usable(self.draft.checks.as_ref())
    }

    /// All files and templates that the lab file refers to.
    fn references(&self) -> impl Iterator<Item = Used<'a>> + use<'a> {
        let others = self.draft.references.iter().map(|reference| Used { reference, of_check: false });
        let of_checks = self.checks().flat_map(|check| &check.references);
        others.chain(of_checks.map(|reference| Used { reference, of_check: true }))
    }
}
