//! What is tried in an environment of its own, to prove a lab: pure.

use crate::lab::{Lab, LabPath, WrongFix};

/// One environment's worth of proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// Healthy, all faults, doing nothing, solution, gone.
    Solution,
    /// One fault alone, where there are several.
    Alone(usize),
    /// A wrong fix.
    Wrong(WrongFix),
    /// Another correct repair.
    Also(LabPath),
    /// A cheat of the lab's.
    Cheat(LabPath),
    /// A cheat that is tried on every lab.
    Common(&'static Common),
}

/// A cheat that has nothing to do with a lab's subject.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Common {
    pub name: &'static str,
    /// A template: `{{solution}}` and `{{fault}}` are the lab's scripts.
    pub script: &'static str,
}

macro_rules! common {
    ($($name:literal),* $(,)?) => {
        &[$(Common { name: $name, script: include_str!(concat!("../../templates/cheats/", $name, ".sh")) }),*]
    };
}

/// What anybody would try first.
pub(super) const COMMON: &[Common] = common![
    "every-tool-says-yes",
    "code-loaded-by-a-variable",
    "fake-listener",
    "fake-pages",
    "repaired-while-graded",
    "looks-are-killed",
    "wrong-clock",
    "everything-deleted",
    "everything-stopped",
    "container-wrecked",
];

/// Which cheats are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cheats {
    /// On every lab all of its own, and all of the common ones.
    #[default]
    All,
    /// On each lab one of the common ones, in turn, and none of its own.
    InTurn,
}

impl Cheats {
    fn on(self, place: usize) -> impl Iterator<Item = &'static Common> {
        COMMON
            .iter()
            .enumerate()
            .filter(move |(index, _)| self == Self::All || *index == place % COMMON.len())
            .map(|(_, common)| common)
    }

    fn of(self, lab: &Lab) -> impl Iterator<Item = &LabPath> {
        lab.cheats.iter().filter(move |_| self == Self::All)
    }

    /// Names of those that are not tried on the lab at that place of the list.
    #[must_use]
    pub fn left_out(self, lab: &Lab, place: usize) -> Vec<String> {
        let tried: Vec<&str> = self.on(place).map(|common| common.name).collect();
        let common = COMMON.iter().map(|common| common.name).filter(|name| !tried.contains(name)).map(String::from);
        let own = lab.cheats.iter().filter(|_| self != Self::All).map(ToString::to_string);
        own.chain(common).collect()
    }
}

/// All that is tried on the lab at that place of the list.
pub(super) fn scenarios(lab: &Lab, place: usize, cheats: Cheats) -> Vec<Scenario> {
    let alone = (0..lab.faults.len()).filter(|_| lab.faults.len() > 1).map(Scenario::Alone);
    std::iter::once(Scenario::Solution)
        .chain(alone)
        .chain(lab.wrong_fixes.iter().cloned().map(Scenario::Wrong))
        .chain(lab.also_fixes.iter().cloned().map(Scenario::Also))
        .chain(cheats.of(lab).cloned().map(Scenario::Cheat))
        .chain(cheats.on(place).map(Scenario::Common))
        .collect()
}

impl Scenario {
    /// Whether one of these texts stands in its title, or none is asked for.
    pub fn is_named(&self, lab: &Lab, only: &[String]) -> bool {
        only.is_empty() || only.iter().any(|text| self.title(lab).contains(text))
    }

    /// What it is called in a report.
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
    use super::*;

    #[test]
    fn in_turn_every_cheat_is_tried_somewhere_and_one_on_each_lab() {
        let names = |place| Cheats::InTurn.on(place).map(|common| common.name).collect::<Vec<_>>();
        let tried: Vec<&str> = (0..COMMON.len()).flat_map(names).collect();
        assert_eq!(tried, COMMON.iter().map(|common| common.name).collect::<Vec<_>>());
        assert_eq!(Cheats::All.on(3).count(), COMMON.len());
    }

    #[test]
    fn what_is_left_out_is_known_by_name() {
        let lab = crate::lab::library::Library::new(None).load("nginx-502").unwrap();
        assert_eq!(Cheats::All.left_out(&lab, 3), [""; 0]);
        let left_out = Cheats::InTurn.left_out(&lab, 13);
        assert_eq!(left_out.len(), lab.cheats.len() + COMMON.len() - 1);
        assert_eq!(left_out[0], "cheats/pages-by-nginx.sh");
    }
}
