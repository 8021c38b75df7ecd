//! Checks: their common part is here, each kind is in a file of its own.
//!
//! A new kind needs such a file, a variant of [`Probe`] with its key in `KINDS` and `probe`, a file in `src/check/` that
//! runs it, and an arm in `src/check/run.rs`.

mod config;
mod http;
mod inspect;
mod script;

use std::time::Duration;

use super::path::LabPath;
use super::words::{CHECK_ID, SCRIPT};
use crate::id::CheckId;
use crate::yaml::collection::{Items, List, or_empty, whole};
use crate::yaml::decode::{Decoded, Reference, Spanned};
use crate::yaml::form::{Constraints, Form, Record, key, map};
use crate::yaml::shape::{Choice, Located, Text, Whole};
use crate::yaml::text::LINE;

pub use config::ConfigCheck;
pub use http::HttpCheck;
pub use inspect::{FileCheck, InspectCheck};

/// One scripted assertion about the repaired environment.
#[derive(Clone, Debug)]
pub struct Check {
    /// Name, unique in the lab.
    pub id: CheckId,
    /// A sentence for the trainee: a fact that should hold.
    pub title: String,
    /// Points out of 100.
    pub points: u32,
    /// Checks that must pass first, or this one is blocked.
    pub needs: Vec<CheckId>,
    /// Whether the check runs only after the container was restarted.
    pub after_restart: bool,
    /// Time limit; a check that exceeds it could not be run.
    pub timeout: Duration,
    /// The assertion.
    pub probe: Probe,
}

/// An assertion and the place where it is evaluated, strongest first.
#[derive(Clone, Debug)]
pub enum Probe {
    /// A request from the trusted probe container.
    Http(HttpCheck),
    /// A script in the trusted probe container.
    Outside(LabPath),
    /// Facts from the engine, without running anything in the container.
    Inspect(InspectCheck),
    /// A script in the probe container, as root, which may read the container's volumes.
    Look(LabPath),
    /// A setting as the image's own GitLab reads it.
    Config(ConfigCheck),
}

/// The keys of the kinds, strongest first.
const KINDS: &[&str] = &[http::KEY.name, script::PROBE.name, script::LOOK.name, config::KEY.name, inspect::KEY.name];

fn probe(form: &mut Form<'_, '_, '_>) -> Option<Probe> {
    let kinds = [
        form.optional(http::KEY, map()).flatten().map(Probe::Http),
        form.optional(script::PROBE, Text(&SCRIPT)).flatten().map(Probe::Outside),
        form.optional(inspect::KEY, map()).flatten().map(Probe::Inspect),
        form.optional(script::LOOK, Text(&SCRIPT)).flatten().map(Probe::Look),
        form.optional(config::KEY, map()).flatten().map(Probe::Config),
    ];
    kinds.into_iter().flatten().next()
}

/// A check as it was decoded, perhaps with problems.
pub(super) struct CheckDraft {
    pub id: Option<Spanned<CheckId>>,
    title: Option<String>,
    pub points: Option<u32>,
    pub needs: Items<Spanned<CheckId>>,
    after: Decoded<Option<()>>,
    timeout: Decoded<Option<u32>>,
    probe: Option<Probe>,
    /// The files and templates of the probe.
    pub references: Vec<Reference>,
}

/// Seconds a check may take if it does not say.
const TIMEOUT: u32 = 15;

impl Record for CheckDraft {
    const CONSTRAINTS: Constraints = Constraints { one_of: &[KINDS], ..Constraints::of("a check") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let before = form.references();
        Some(Self {
            id: form.required(key("id", "id: sign-in", "name of the check"), Located(Text(&CHECK_ID))),
            title: form.required(key("title", "title: People can sign in", "what a trainee reads, as a fact that should hold"), Text(&LINE)),
            points: form.required(key("points", "points: 50", "its share of 100"), Whole { least: 1, most: 100 }),
            needs: or_empty(form.optional(key("needs", "needs: [sign-in]", "checks that must pass first, or this one is blocked"), List::distinct(0, Located(Text(&CHECK_ID))))),
            after: form.optional(key("after", "after: restart", "run it only after the container was restarted"), Choice(&[("restart", ())])),
            timeout: form.optional(key("timeout", "timeout: 30", "seconds it may take; default 15"), Whole { least: 1, most: 120 }),
            probe: probe(form),
            references: form.take_references(before),
        })
    }
}

impl CheckDraft {
    /// Whether the check has an `after`, valid or not, and so does not run with the first checks.
    pub fn is_late(&self) -> bool {
        self.after != Some(None)
    }

    /// The check, if it has no problems.
    pub fn finish(self) -> Option<Check> {
        Some(Check {
            after_restart: self.is_late(),
            id: self.id?.value,
            title: self.title?,
            points: self.points?,
            needs: whole(self.needs)?.into_iter().map(|need| need.value).collect(),
            timeout: Duration::from_secs(self.timeout?.unwrap_or(TIMEOUT).into()),
            probe: self.probe?,
        })
    }
}
