//! Rules for points and costs.

use super::Rules;

impl Rules<'_, '_> {
    pub(super) fn amounts(&mut self) {
        self.points();
        self.costs();
    }

    fn points(&mut self) {
        let checks = self.draft.checks.as_ref();
        let points = checks.and_then(|checks| checks.iter().map(|check| check.as_ref()?.points).collect());
        let (Some(points), Some(place)) = (points, self.draft.checks_place) else { return };
        let points: Vec<u32> = points;
        let sum: u32 = points.iter().sum();
        if sum != 100 && !points.is_empty() {
            let change =
                if sum < 100 { format!("give out {} more", 100 - sum) } else { format!("take {} away", sum - 100) };
            self.wrong(place, format!("the points of the checks add up to {sum}, not to 100"), change);
        }
    }

    fn costs(&mut self) {
        let hints = self.draft.hints.as_ref();
        let sum = hints.and_then(|hints| hints.iter().map(|hint| hint.as_ref()?.cost).sum::<Option<u32>>());
        let (Some(sum), Some(place)) = (sum, self.draft.hints_place) else { return };
        if sum >= 100 {
            let help =
                "a trainee who takes every hint and repairs the lab has earned something: keep the sum below 100";
            self.wrong(place, format!("the hints cost {sum} points together"), help);
        }
    }
}
