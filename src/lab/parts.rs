//! The parts of a lab file other than checks: how each is decoded, and how it becomes a part of the model.

use std::marker::PhantomData;

use super::model::{Fault, Hint, Limits, Variable, WrongFix};
use super::path::LabPath;
use super::words::{CHECK_ID, FAULT_ID, SCRIPT, TEMPLATE};
use crate::id::{CheckId, FaultId};
use crate::yaml::collection::{Items, List, whole};
use crate::yaml::decode::Spanned;
use crate::yaml::form::{Constraints, Form, Key, Record, key};
use crate::yaml::shape::{Located, Scalar, Text, Whole};

type CheckIds = Items<Spanned<CheckId>>;

fn check_ids(ids: CheckIds) -> Option<Vec<CheckId>> {
    Some(whole(ids)?.into_iter().map(|id| id.value).collect())
}

const CHECK_IDS: List<Located<Text<CheckId>>> = List::distinct(1, Located(Text(&CHECK_ID)));

impl Record for Limits {
    const CONSTRAINTS: Constraints = Constraints::of("`limits`");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let data_mib = form.optional(key("data_mib", "data_mib: 300", "Size of `/var/opt/gitlab` in MiB, for labs about a full disk"), Whole { least: 50, most: 102_400 });
        Some(Self { data_mib: data_mib? })
    }
}

impl Record for Variable {
    const CONSTRAINTS: Constraints = Constraints { one_of: &[&["pick", "word"]], ..Constraints::of("a variable") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let pick = form.optional(key("pick", "pick: [8181, 8282, 9090]", "One of these, chosen by the seed"), List::distinct(2, Scalar));
        let word = form.optional(key("word", "word: 8", "That many letters and digits, chosen by the seed; begins with a letter"), Whole { least: 4, most: 32 });
        match (pick?, word?) {
            (Some(values), None) => Some(Self::Pick(whole(Some(values))?)),
            (None, Some(length)) => Some(Self::Word(length)),
            _ => None,
        }
    }
}

pub(super) struct FaultDraft {
    pub id: Option<Spanned<FaultId>>,
    script: Option<LabPath>,
    pub breaks: CheckIds,
}

impl Record for FaultDraft {
    const CONSTRAINTS: Constraints = Constraints::of("a fault");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        Some(Self {
            id: form.required(key("id", "id: upstream-moved", "name of the fault"), Located(Text(&FAULT_ID))),
            script: form.required(key("script", "script: fault.sh", "script that breaks the environment; run as root in the container"), Text(&SCRIPT)),
            breaks: form.required(key("breaks", "breaks: [sign-in]", "Checks that must not pass once it is applied; all others must still pass"), CHECK_IDS),
        })
    }
}

impl FaultDraft {
    pub fn finish(self) -> Option<Fault> {
        Some(Fault { id: self.id?.value, script: self.script?, breaks: check_ids(self.breaks)? })
    }
}

pub(super) struct HintDraft {
    pub cost: Option<u32>,
    text: Option<String>,
}

impl Record for HintDraft {
    const CONSTRAINTS: Constraints = Constraints::of("a hint");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        Some(Self {
            cost: form.required(key("cost", "cost: 5", "points taken off the score"), Whole { least: 0, most: 99 }),
            text: form.required(key("text", "text: \"Who listens on that socket?\"", "text of the hint; a template"), Text(&TEMPLATE)),
        })
    }
}

impl HintDraft {
    pub fn finish(self) -> Option<Hint> {
        Some(Hint { cost: self.cost?, text: self.text? })
    }
}

pub(super) struct WrongFixDraft {
    pub script: Option<Spanned<LabPath>>,
    pub still_fails: CheckIds,
}

impl Record for WrongFixDraft {
    const CONSTRAINTS: Constraints = Constraints::of("a wrong fix");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        Some(Self {
            script: form.required(key("script", "script: wrong/restart-only.sh", "Script of a repair that tempts; run as root in the container"), Located(Text(&SCRIPT))),
            still_fails: form.required(key("still_fails", "still_fails: [sign-in]", "each check that fails outright after it"), CHECK_IDS),
        })
    }
}

impl WrongFixDraft {
    pub fn finish(self) -> Option<WrongFix> {
        Some(WrongFix { script: self.script?.value, still_fails: check_ids(self.still_fails)? })
    }
}

/// A mapping that names a script and nothing else.
pub(super) struct Step<K> {
    pub script: Option<Spanned<LabPath>>,
    kind: PhantomData<K>,
}

/// The purpose of a step's script.
pub(super) trait StepKind {
    const WHAT: &'static str;
    const SCRIPT: Key;
}

impl<K: StepKind> Record for Step<K> {
    const CONSTRAINTS: Constraints = Constraints::of(K::WHAT);

    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        Some(Self { script: form.required(K::SCRIPT, Located(Text(&SCRIPT))), kind: PhantomData })
    }
}

impl<K> Step<K> {
    pub fn finish(self) -> Option<LabPath> {
        Some(self.script?.value)
    }
}

pub(super) struct Seed;
pub(super) struct AlsoFix;
pub(super) struct Cheat;

impl StepKind for Seed {
    const WHAT: &'static str = "a seed";
    const SCRIPT: Key = key("script", "script: seed/project.sh", "Script that prepares the healthy environment");
}

impl StepKind for AlsoFix {
    const WHAT: &'static str = "another repair";
    const SCRIPT: Key =
        key("script", "script: also/other-way.sh", "Script of a correct repair; run as root in the container");
}

impl StepKind for Cheat {
    const WHAT: &'static str = "a cheat";
    const SCRIPT: Key =
        key("script", "script: cheats/fake-answers.sh", "Script of a cheat; run as root in the container");
}
