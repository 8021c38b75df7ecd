//! Rules for names: they are unique, references resolve, and prerequisites form no cycle.

use std::collections::{HashMap, HashSet};

use super::Rules;
use crate::diagnostic::{Place, did_you_mean, list, nearest, quote};
use crate::lab::check::CheckDraft;
use crate::yaml::collection::usable;
use crate::yaml::decode::Spanned;

/// A name in the lab file.
#[derive(Clone, Copy)]
struct Name<'a> {
    text: &'a str,
    place: Place,
}

fn name<T: AsRef<str>>(spanned: &Spanned<T>) -> Name<'_> {
    Name { text: spanned.value.as_ref(), place: spanned.place }
}

fn id(check: &CheckDraft) -> Option<Name<'_>> {
    check.id.as_ref().map(name)
}

fn needs(check: &CheckDraft) -> impl Iterator<Item = Name<'_>> {
    usable(check.needs.as_ref()).map(name)
}

impl<'a> Rules<'a, '_> {
    pub(super) fn names(&mut self) {
        self.folder();
        self.distinct(self.checks().filter_map(id));
        self.distinct(usable(self.draft.faults.as_ref()).filter_map(|fault| fault.id.as_ref().map(name)));
        self.scripts_of_their_own();
        // If a check's name cannot be read, references to it would look wrong.
        let checks = self.draft.checks.iter().flatten();
        let ids: Option<Vec<&str>> = checks.map(|check| Some(id(check.as_ref()?)?.text)).collect();
        let Some(mut ids) = ids.filter(|ids| !ids.is_empty()) else { return };
        ids.dedup();
        self.unknown(&ids);
        self.uncovered(&ids);
        self.order();
        self.circle();
    }

    fn folder(&mut self) {
        let Some(Name { text, place }) = self.draft.id.as_ref().map(name) else { return };
        let folder = self.files.folder();
        if text != folder {
            let message = format!("the lab {} lies in a folder named {}", quote(text), quote(folder));
            self.wrong(place, message, "give both the same name");
        }
    }

    fn distinct(&mut self, names: impl Iterator<Item = Name<'a>>) {
        let mut lines = HashMap::new();
        for Name { text, place } in names {
            if let Some(line) = lines.insert(text, place.line) {
                let help = format!("line {line} has it already: choose another");
                self.wrong(place, format!("the name {} is taken", quote(text)), help);
            }
        }
    }

    /// The same script cannot be a repair and a cheat.
    fn scripts_of_their_own(&mut self) {
        let draft = self.draft;
        let mut seen: HashMap<&str, &str> =
            draft.solution.iter().map(|path| (path.value.as_str(), "the solution")).collect();
        let wrong = usable(draft.wrong_fixes.as_ref()).filter_map(|fix| Some((fix.script.as_ref()?, "a wrong fix")));
        let also = usable(draft.also_fixes.as_ref()).filter_map(|step| Some((step.script.as_ref()?, "another repair")));
        let cheats = usable(draft.cheats.as_ref()).filter_map(|step| Some((step.script.as_ref()?, "a cheat")));
        for (script, what) in wrong.chain(also).chain(cheats) {
            let Name { text, place } = name(script);
            if let Some(other) = seen.insert(text, what) {
                let message = format!("{} is {other} already", quote(text));
                self.wrong(place, message, format!("{what} has a script of its own"));
            }
        }
    }

    /// Names of checks that something breaks.
    fn broken(&self) -> impl Iterator<Item = Name<'a>> + use<'a> {
        let faults = usable(self.draft.faults.as_ref()).map(|fault| fault.breaks.as_ref());
        let fixes = usable(self.draft.wrong_fixes.as_ref()).map(|fix| fix.still_fails.as_ref());
        faults.chain(fixes).flat_map(usable).map(name)
    }

    fn unknown(&mut self, ids: &[&str]) {
        for Name { text, place } in self.broken().chain(self.checks().flat_map(needs)) {
            if !ids.contains(&text) && !self.problems.skip_if_full() {
                self.wrong(place, format!("there is no check {}", quote(text)), did_you_mean(text, ids));
            }
        }
    }

    /// Checks that would pass whatever the trainee did.
    fn uncovered(&mut self, ids: &[&str]) {
        // A name with a spelling mistake has been reported, and covers the check it means.
        let meant = |text| if ids.contains(&text) { Some(text) } else { nearest(text, ids.iter().copied()) };
        let covered: HashSet<&str> = self.broken().filter_map(|name| meant(name.text)).collect();
        for Name { text, place } in self.checks().filter_map(id).filter(|id| !covered.contains(id.text)) {
            let message = format!("the check {} passes whatever the trainee does", quote(text));
            let help = "name it in the `breaks` of a fault or in the `still_fails` of a wrong fix";
            self.wrong(place, message, help);
        }
    }

    /// Checks without `after` run first, so they cannot wait for one that runs later.
    fn order(&mut self) {
        let late: HashSet<&str> =
            self.checks().filter(|check| check.is_late()).filter_map(id).map(|id| id.text).collect();
        for Name { text, place } in self.checks().filter(|check| !check.is_late()).flat_map(needs) {
            if late.contains(text) {
                let message = format!("{} runs only after the restart", quote(text));
                self.wrong(place, message, "add `after: restart` to this check too, or do not need it");
            }
        }
    }

    /// Reports one cycle of prerequisites; the next one is reported once this one is fixed.
    fn circle(&mut self) {
        let needs: HashMap<&str, Vec<Name<'_>>> =
            self.checks().filter_map(|check| Some((id(check)?.text, needs(check).collect()))).collect();
        let waits = |free: &HashSet<&str>, id: &str| {
            let blocks = |need: &&Name<'_>| needs.contains_key(need.text) && !free.contains(need.text);
            needs[id].iter().find(blocks).copied()
        };
        let mut free: HashSet<&str> = HashSet::new();
        while let Some(id) = needs.keys().find(|id| !free.contains(*id) && waits(&free, id).is_none()) {
            free.insert(id);
        }
        // Starts at the first check in the file, for a stable message, and follows the cycle until a check repeats.
        let mut names = self.checks().filter_map(id).map(|id| id.text);
        let Some(mut at) = names.find(|id| !free.contains(id)) else { return };
        let mut way = vec![at];
        while let Some(need) = waits(&free, at) {
            at = need.text;
            if let Some(start) = way.iter().position(|id| *id == at) {
                return self.wrong(need.place, "this need closes a circle", open_circle(&way[start..]));
            }
            way.push(at);
        }
    }
}

fn open_circle(names: &[&str]) -> String {
    match names {
        [_] => "a check cannot wait for itself: remove it from its own `needs`".into(),
        names => format!("{} wait for each other: remove one need", list(names.iter().copied(), "and")),
    }
}
