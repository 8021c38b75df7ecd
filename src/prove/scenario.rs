//! Scenarios of a proof, each of which has an environment of its own. Pure.

use crate::lab::{Lab, LabPath, WrongFix};

/// A scenario, which runs in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// The solution, after the healthy state, all faults, and no repair.
    Solution,
    /// One of several faults on its own.
    Alone(usize),
    /// A wrong fix.
    Wrong(WrongFix),
    /// Another correct repair.
    Also(LabPath),
    /// A cheat that the lab defines.
    Cheat(LabPath),
    /// A cheat that every lab is tested with.
    Common(&'static Common),
}

/// A cheat that is independent of the lab.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Common {
    pub name: &'static str,
    /// A template: `{{solution}}` and `{{fault}}` are the lab's scripts, `{{patch}}` is [`PATCH`].
    pub script: &'static str,
}

macro_rules! common {
    ($($name:literal),* $(,)?) => {
        &[$(Common { name: $name, script: include_str!(concat!("../../templates/cheats/", $name, ".sh")) }),*]
    };
}

/// Ruby code that cheats make the application load.
pub(super) const PATCH: &str = include_str!("../../templates/cheats/patch.rb");

/// All cheats that are independent of the lab.
pub(super) const COMMON: &[Common] = common![
    "every-tool-says-yes",
    "code-loaded-by-a-variable",
    "code-loaded-once",
    "fake-listener",
    "fake-pages",
    "repaired-while-graded",
    "looks-are-killed",
    "wrong-clock",
    "everything-deleted",
    "everything-stopped",
    "container-wrecked",
];

/// Selection of scenarios.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All scenarios.
    #[default]
    All,
    /// On each lab its solution, each of its faults alone, and by turns one of its other repairs and wrong fixes, and one
    /// cheat: of its own and the common ones.
    Turn(usize),
}

impl Part {
    /// Whether it includes the scenario `index` of `of` scenarios, for the lab at `place` in the list.
    fn has(self, index: usize, of: usize, place: usize) -> bool {
        match self {
            Self::All => true,
            Self::Turn(turn) => index == turn.wrapping_add(place) % of,
        }
    }
}

/// Selected scenarios of the lab at `place` in the list.
pub(super) fn scenarios(lab: &Lab, place: usize, part: Part) -> Vec<Scenario> {
    let alone = (0..lab.faults.len()).filter(|_| lab.faults.len() > 1).map(Scenario::Alone);
    let repairs = lab.also_fixes.iter().cloned().map(Scenario::Also);
    let repairs = repairs.chain(lab.wrong_fixes.iter().cloned().map(Scenario::Wrong));
    let cheats = lab.cheats.iter().cloned().map(Scenario::Cheat).chain(COMMON.iter().map(Scenario::Common));
    let in_turn = |scenarios: Vec<Scenario>| {
        let of = scenarios.len();
        scenarios
            .into_iter()
            .enumerate()
            .filter(move |(index, _)| part.has(*index, of, place))
            .map(|(_, scenario)| scenario)
    };
    std::iter::once(Scenario::Solution)
        .chain(alone)
        .chain(in_turn(repairs.collect()))
        .chain(in_turn(cheats.collect()))
        .collect()
}

/// Titles of the scenarios that are not selected for the lab at `place` in the list.
#[must_use]
pub fn omitted(lab: &Lab, place: usize, part: Part) -> Vec<String> {
    let tried = scenarios(lab, place, part);
    let all = scenarios(lab, place, Part::All).into_iter();
    all.filter(|scenario| !tried.contains(scenario)).map(|scenario| scenario.title(lab)).collect()
}

impl Scenario {
    /// Whether its title contains one of these texts, or there are none.
    pub fn is_named(&self, lab: &Lab, only: &[String]) -> bool {
        only.is_empty() || only.iter().any(|text| self.title(lab).contains(text))
    }

    /// Title of the scenario in a report.
    pub fn title(&self, lab: &Lab) -> String {
        match self {
            Self::Solution => "the solution".into(),
            Self::Alone(index) => format!("fault {} alone", lab.faults[*index].id),
            Self::Wrong(wrong) => format!("{} does not pass", wrong.script),
            Self::Also(script) => format!("{script} passes as well"),
            Self::Cheat(script) => format!("{script} earns nothing"),
            Self::Common(common) => format!("the cheat {} earns nothing", common.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lab() -> Lab {
        crate::lab::library::Library::new(None).load("nginx-502").unwrap()
    }

    fn titles(part: Part) -> Vec<String> {
        let lab = lab();
        scenarios(&lab, 3, part).iter().map(|scenario| scenario.title(&lab)).collect()
    }

    #[test]
    fn everything_has_its_turn() {
        let everything: BTreeSet<String> = titles(Part::All).into_iter().collect();
        let tried: BTreeSet<String> = (7..7 + everything.len()).flat_map(|turn| titles(Part::Turn(turn))).collect();
        assert_eq!(tried, everything);
    }

    #[test]
    fn a_turn_has_the_solution_one_repair_and_one_cheat_and_says_what_it_leaves_out() {
        let lab = lab();
        let turn = titles(Part::Turn(8));
        assert_eq!(turn.iter().filter(|title| *title == "the solution").count(), 1);
        assert_eq!(turn.iter().filter(|title| title.ends_with("earns nothing")).count(), 1);
        assert_eq!(turn.len(), 3);
        let omitted = omitted(&lab, 3, Part::Turn(8));
        assert_eq!(turn.len() + omitted.len(), titles(Part::All).len());
        assert!(omitted.iter().all(|title| !turn.contains(title)));
        assert!(super::omitted(&lab, 3, Part::All).is_empty());
    }
}
