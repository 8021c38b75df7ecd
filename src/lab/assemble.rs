//! A draft without problems becomes a [`Lab`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::check::CheckDraft;
use super::format::LabDraft;
use super::model::Lab;
use super::parts::{FaultDraft, HintDraft, Step, WrongFixDraft};
use super::path::LabPath;
use crate::yaml::collection::{Items, whole, whole_map};

impl LabDraft {
    /// The lab with its text and the contents of the files it names; `None` if a part of it is missing.
    pub fn finish(self, text: &str, contents: BTreeMap<String, String>) -> Option<Lab> {
        self.format?;
        Some(Lab {
            id: self.id?.value,
            title: self.title?,
            level: self.level?,
            topics: whole(self.topics)?,
            minutes: self.minutes?,
            runs_on: whole(self.runs_on)?,
            address: self.address?.unwrap_or_default(),
            limits: self.limits?.unwrap_or_default(),
            variables: whole_map(self.variables)?,
            seed: each(self.seed, Step::finish)?,
            faults: each(self.faults, FaultDraft::finish)?,
            hints: each(self.hints, HintDraft::finish)?,
            checks: each(self.checks, CheckDraft::finish)?,
            solution: self.solution?.value,
            wrong_fixes: each(self.wrong_fixes, WrongFixDraft::finish)?,
            also_fixes: each(self.also_fixes, Step::finish)?,
            cheats: each(self.cheats, Step::finish)?,
            may_change: whole(self.may_change)?,
            ticket: self.ticket?,
            debrief: self.debrief?,
            digest: digest(text, &contents),
            files: contents.into_iter().map(|(path, text)| (LabPath(path), text)).collect(),
        })
    }
}

fn each<D, T>(drafts: Items<D>, finish: impl Fn(D) -> Option<T>) -> Option<Vec<T>> {
    whole(drafts)?.into_iter().map(finish).collect()
}

/// Over the lab file and every file, by path; each part preceded by its length.
fn digest(text: &str, contents: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for part in std::iter::once(text).chain(contents.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()])) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
