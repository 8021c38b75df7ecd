//! Names: each once, none that nothing bears, none in a circle.

use std::collections::{HashMap, HashSet};

use super::Rules;
use crate::diagnostic::{did_you_mean, list, nearest, quote};
use crate::yaml::tree::Node;
use crate::yaml::words::Text;

/// A name; one that is none has been told already.
fn valid_id(node: &Node) -> Option<&str> {
    node.text().filter(|text| Text::Id.problem(text).is_none())
}

impl<'a> Rules<'a, '_> {
    pub(super) fn names(&mut self) {
        self.folder();
        self.distinct("checks");
        self.distinct("faults");
        self.scripts_of_their_own();
        // With a check whose name cannot be read, a reference to it would look mistaken.
        let ids: Option<Vec<&str>> = self.checks().iter().map(|check| check.get("id").and_then(valid_id)).collect();
        let Some(mut ids) = ids.filter(|ids| !ids.is_empty()) else { return };
        ids.dedup();
        self.unknown(&ids);
        self.uncovered(&ids);
        self.order();
        self.circle();
    }

    fn folder(&mut self) {
        let Some(id) = self.root.get("id") else { return };
        let folder = self.files.folder();
        if let Some(text) = valid_id(id).filter(|text| *text != folder) {
            let message = format!("the lab {} lies in a folder named {}", quote(text), quote(folder));
            self.wrong(id.place, message, "give both the same name");
        }
    }

    fn distinct(&mut self, key: &str) {
        let mut lines = HashMap::new();
        for id in self.root.list(key).iter().filter_map(|item| item.get("id")) {
            let Some(text) = id.text() else { continue };
            if let Some(line) = lines.insert(text, id.place.line) {
                let help = format!("line {line} has it already: choose another");
                self.wrong(id.place, format!("the name {} is taken", quote(text)), help);
            }
        }
    }

    /// The same script cannot be a repair and a cheat.
    fn scripts_of_their_own(&mut self) {
        let mut seen: HashMap<&str, &str> =
            self.root.text_at("solution").map(|text| (text, "the solution")).into_iter().collect();
        for (list, what) in [("wrong_fixes", "a wrong fix"), ("also_fixes", "another repair"), ("cheats", "a cheat")] {
            for script in self.root.list(list).iter().filter_map(|item| item.get("script")) {
                let Some(text) = script.text() else { continue };
                if let Some(other) = seen.insert(text, what) {
                    let message = format!("{} is {other} already", quote(text));
                    self.wrong(script.place, message, format!("{what} has a script of its own"));
                }
            }
        }
    }

    /// Names under a key of all entries of a list.
    fn under(&self, list: &str, key: &'static str) -> impl Iterator<Item = &'a Node> + use<'a> {
        self.root.list(list).iter().flat_map(move |item| item.list(key))
    }

    /// Names of checks that something breaks.
    fn broken(&self) -> impl Iterator<Item = &'a Node> + use<'a> {
        self.under("faults", "breaks").chain(self.under("wrong_fixes", "still_fails"))
    }

    fn unknown(&mut self, ids: &[&str]) {
        for name in self.broken().chain(self.under("checks", "needs")) {
            if let Some(text) = valid_id(name).filter(|text| !ids.contains(text))
                && !self.problems.skip_if_full()
            {
                self.wrong(name.place, format!("there is no check {}", quote(text)), did_you_mean(text, ids));
            }
        }
    }

    /// Checks that would pass whatever the trainee did.
    fn uncovered(&mut self, ids: &[&str]) {
        // A name written slightly wrong has been told, and covers the check it means.
        let meant = |text| if ids.contains(&text) { Some(text) } else { nearest(text, ids.iter().copied()) };
        let covered: HashSet<&str> = self.broken().filter_map(Node::text).filter_map(meant).collect();
        for id in self.checks().iter().filter_map(|check| check.get("id")) {
            if let Some(text) = id.text().filter(|text| !covered.contains(text)) {
                let message = format!("the check {} passes whatever the trainee does", quote(text));
                let help = "name it in the `breaks` of a fault or in the `still_fails` of a wrong fix";
                self.wrong(id.place, message, help);
            }
        }
    }

    /// Checks without `after` run first, so they cannot wait for one that runs later.
    fn order(&mut self) {
        let is_late = |check: &&Node| check.get("after").is_some();
        let late: HashSet<&str> =
            self.checks().iter().filter(is_late).filter_map(|check| check.text_at("id")).collect();
        for need in self.checks().iter().filter(|check| !is_late(check)).flat_map(|check| check.list("needs")) {
            if let Some(text) = need.text().filter(|text| late.contains(text)) {
                let message = format!("{} runs only after the restart", quote(text));
                self.wrong(need.place, message, "add `after: restart` to this check too, or do not need it");
            }
        }
    }

    /// Tells one circle of needs; the next shows once that is mended.
    fn circle(&mut self) {
        let needs: HashMap<&str, &[Node]> =
            self.checks().iter().filter_map(|check| Some((check.text_at("id")?, check.list("needs")))).collect();
        let waits = |free: &HashSet<&str>, id: &str| {
            let blocks =
                |need: &&Node| need.text().is_some_and(|need| needs.contains_key(need) && !free.contains(need));
            needs[id].iter().find(blocks)
        };
        let mut free: HashSet<&str> = HashSet::new();
        while let Some(id) = needs.keys().find(|id| !free.contains(*id) && waits(&free, id).is_none()) {
            free.insert(id);
        }
        // From the first in the file, so that the message is the same each time; then along until one comes again.
        let mut names = self.checks().iter().filter_map(|check| check.text_at("id"));
        let Some(mut at) = names.find(|id| !free.contains(id)) else { return };
        let mut way = vec![at];
        while let Some(need) = waits(&free, at) {
            at = need.text().unwrap_or_default();
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
