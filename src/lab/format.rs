//! Format 1 of lab files: every key, once. Decoding, the JSON Schema and its descriptions come from here.

use super::check::CheckDraft;
use super::model::{Level, Limits, Platform, Scheme, Variable};
use super::parts::{AlsoFix, Cheat, FaultDraft, HintDraft, Seed, Step, WrongFixDraft};
use super::path::LabPath;
use super::words::{CONTAINER_PATH, LAB_ID, PROSE, SCHEMES, SCRIPT, TOPIC, VARIABLE};
use crate::diagnostic::Place;
use crate::id::LabId;
use crate::yaml::Language;
use crate::yaml::collection::{Dict, DictEntry, Items, List, or_empty};
use crate::yaml::decode::{Decoded, Reference, Spanned};
use crate::yaml::form::{Constraints, Form, Map, Record, key, map};
use crate::yaml::shape::{Choice, Format, Located, Text, Whole};
use crate::yaml::text::LINE;

/// The language of lab files.
pub(super) static LANGUAGE: Language = Language { name: "lab", begin: "`breakfix new LAB` writes one to begin with" };

/// A whole lab file.
pub(super) const LAB: Map<LabDraft> = map();

const LEVELS: Choice<Level> = Choice(&[("junior", Level::Junior), ("senior", Level::Senior), ("staff", Level::Staff)]);
const PLATFORMS: Choice<Platform> = Choice(&[("light", Platform::Light), ("gitlab-ce", Platform::GitlabCe)]);

/// A lab file as it was decoded, perhaps with problems.
pub(super) struct LabDraft {
    pub format: Option<()>,
    pub id: Option<Spanned<LabId>>,
    pub title: Option<String>,
    pub level: Option<Level>,
    pub topics: Items<String>,
    pub minutes: Option<u32>,
    pub runs_on: Items<Platform>,
    pub address: Decoded<Option<Scheme>>,
    pub limits: Decoded<Option<Limits>>,
    pub variables: Option<Vec<DictEntry<Variable>>>,
    pub seed: Items<Step<Seed>>,
    pub faults: Items<FaultDraft>,
    pub hints: Items<HintDraft>,
    /// The place of the key `hints`.
    pub hints_place: Option<Place>,
    pub checks: Items<CheckDraft>,
    /// The place of the key `checks`.
    pub checks_place: Option<Place>,
    pub solution: Option<Spanned<LabPath>>,
    pub also_fixes: Items<Step<AlsoFix>>,
    pub wrong_fixes: Items<WrongFixDraft>,
    pub cheats: Items<Step<Cheat>>,
    pub may_change: Items<String>,
    pub ticket: Option<LabPath>,
    pub debrief: Option<LabPath>,
    /// All references but those of checks.
    pub references: Vec<Reference>,
}

impl Record for LabDraft {
    const CONSTRAINTS: Constraints = Constraints::of("a lab");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        Some(Self {
            format: form.required(key("format", "format: 1", "version of the lab language"), Format),
            id: form.required(key("id", "id: nginx-502", "name of the lab; the same as its folder's"), Located(Text(&LAB_ID))),
            title: form.required(key("title", "title: Bad gateway after the maintenance window", "one line for lists"), Text(&LINE)),
            level: form.required(key("level", "level: junior", "whom it is for"), LEVELS),
            topics: form.required(key("topics", "topics: [nginx, puma]", "words to find it by"), List::distinct(1, Text(&TOPIC))),
            minutes: form.required(key("minutes", "minutes: 20", "expected time to repair; the ticket's SLA"), Whole { least: 5, most: 240 }),
            runs_on: form.required(key("runs_on", "runs_on: [light]", "images it is made for"), List::distinct(1, PLATFORMS)),
            address: form.optional(key("address", "address: https", "how a browser reaches GitLab; default `http`"), SCHEMES),
            limits: form.optional(key("limits", "limits: { data_mib: 300 }", "where the container may use less than usual"), map()),
            variables: or_empty(form.optional(key("variables", "variables: { port: { pick: [8181, 8282] } }", "values that differ from trainee to trainee; `{{port}}` in scripts, texts, hints and checks"), Dict { key: &VARIABLE, of: map() })),
            seed: or_empty(form.optional(key("seed", "seed: [ { script: seed/project.sh } ]", "scripts that prepare the healthy environment, in order; run as root in the container"), List::of(map()))),
            faults: form.required(key("faults", "faults: [ { id: upstream-moved, script: fault.sh, breaks: [sign-in] } ]", "what breaks the environment, in order"), List::of(map())),
            hints: form.required(key("hints", "hints: [ { cost: 5, text: \"Who listens on that socket?\" } ]", "hints, in the order in which they are shown"), List::of(map())),
            hints_place: form.key_place("hints"),
            checks: form.required(key("checks", "checks: [ { id: sign-in, title: People can sign in, points: 100, http: { path: /users/sign_in, status: 200 } } ]", "what must hold once it is repaired; points add up to 100"), List::of(map())),
            checks_place: form.key_place("checks"),
            solution: form.required(key("solution", "solution: solution.sh", "the reference repair; run as root in the container by `prove`"), Located(Text(&SCRIPT))),
            also_fixes: or_empty(form.optional(key("also_fixes", "also_fixes: [ { script: also/other-way.sh } ]", "other correct repairs, which must pass as well"), List::of(map()))),
            wrong_fixes: form.required(key("wrong_fixes", "wrong_fixes: [ { script: wrong/restart-only.sh, still_fails: [sign-in] } ]", "tempting repairs that must not pass"), List::of(map())),
            cheats: or_empty(form.optional(key("cheats", "cheats: [ { script: cheats/fake-answers.sh } ]", "what somebody with root in the container does instead of a repair; none may score more than doing nothing"), List::of(map()))),
            may_change: or_empty(form.optional(key("may_change", "may_change: [ /opt/gitlab/embedded/bin/gitaly-hooks ]", "programs of the image, or folders of them, whose owner and mode a repair has to touch; their content stays the image's"), List::distinct(1, Text(&CONTAINER_PATH)))),
            ticket: form.required(key("ticket", "ticket: ticket.md", "the customer's words; all that the trainee is told"), Text(&PROSE)),
            debrief: form.required(key("debrief", "debrief: debrief.md", "shown once solved: cause, evidence, prevention"), Text(&PROSE)),
            references: form.take_references(0),
        })
    }
}
