//! Points, costs, and expectations that contradict each other.

use super::Rules;
use crate::yaml::tree::Node;

impl Rules<'_, '_> {
    pub(super) fn amounts(&mut self) {
        self.points();
        self.costs();
        for check in self.checks() {
            self.http(check);
            self.file(check);
        }
    }

    fn points(&mut self) {
        let points: Option<Vec<i64>> = self
            .checks()
            .iter()
            .map(|check| check.get("points")?.number().filter(|points| (1..=100).contains(points)))
            .collect();
        let (Some(points), Some(entry)) = (points, self.root.entries().iter().find(|entry| entry.key == "checks"))
        else {
            return;
        };
        let sum: i64 = points.iter().sum();
        if sum != 100 && !points.is_empty() {
            let change =
                if sum < 100 { format!("give out {} more", 100 - sum) } else { format!("take {} away", sum - 100) };
            self.wrong(entry.place, format!("the points of the checks add up to {sum}, not to 100"), change);
        }
    }

    fn costs(&mut self) {
        let costs: Option<Vec<i64>> = self
            .root
            .list("hints")
            .iter()
            .map(|hint| hint.get("cost")?.number().filter(|cost| (0..100).contains(cost)))
            .collect();
        let (Some(costs), Some(entry)) = (costs, self.root.entries().iter().find(|entry| entry.key == "hints")) else {
            return;
        };
        let sum: i64 = costs.iter().sum();
        if sum >= 100 {
            let help = "who takes every hint and repairs it has earned something: keep the sum below 100";
            self.wrong(entry.place, format!("the hints cost {sum} points together"), help);
        }
    }

    fn http(&mut self, check: &Node) {
        let Some(http) = check.get("http") else { return };
        if http.text_at("method") != Some("HEAD") {
            return;
        }
        for key in ["contains", "lacks"] {
            if let Some(value) = http.get(key) {
                let message = format!("the answer to HEAD has no body that `{key}` could look at");
                self.wrong(value.place, message, "write `method: GET`, or expect only a status");
            }
        }
    }

    fn file(&mut self, check: &Node) {
        let Some(file) = check.get("inspect").and_then(|inspect| inspect.get("file")) else { return };
        if file.get("exists").and_then(Node::flag) != Some(false) {
            return;
        }
        for key in ["contains", "lacks", "lacks_setting", "mode"] {
            if let Some(value) = file.get(key) {
                let message = format!("a file that must not exist cannot have `{key}`");
                self.wrong(value.place, message, format!("remove `exists: false` or `{key}`"));
            }
        }
    }
}
