//! The terms of a lab in plain words: time, lateness, points, hints, its place on a path.

use crate::class::{Class, Late, Policy, Work};
use crate::lab::{Hint, Lab};

/// Until when a lab is worked on, and what follows. `due` is the end of the time as people read it.
#[must_use]
pub fn time(class: &Class, due: Option<&str>) -> String {
    match (due, class.minutes) {
        (Some(due), _) => format!("Until {due}. {}", lateness(class.late)),
        (None, Some(minutes)) => format!("{minutes} minutes from the hand-over. {}", lateness(class.late)),
        (None, None) => "There is no limit.".into(),
    }
}

/// What is counted is the time of the grading, not of the repair.
fn lateness(late: Late) -> String {
    let rule = match late.policy {
        Policy::Accept => return "A later grading counts in full.".into(),
        Policy::Deduct(percent) => format!("loses {percent} % of its points"),
        Policy::Refuse => "does not count".into(),
    };
    match late.grace_minutes {
        0 => format!("A later grading {rule}."),
        1 => format!("A grading more than a minute later {rule}."),
        minutes => format!("A grading more than {minutes} minutes later {rule}."),
    }
}

/// The points of a lab.
#[must_use]
pub fn points(lab: &Lab) -> String {
    let points: u32 = lab.checks.iter().map(|check| check.points).sum();
    match lab.checks.len() {
        1 => format!("{points} in all, for one check"),
        checks => format!("{points} in all, for {checks} checks"),
    }
}

/// How many hints there are, and their price.
#[must_use]
pub fn hints(hints: &[Hint]) -> String {
    let costs: Vec<String> = hints.iter().map(|hint| hint.cost.to_string()).collect();
    match costs.as_slice() {
        [] => "There are none.".into(),
        [one] => format!("There is one, for {one} points."),
        [before @ .., last] => {
            format!("There are {}, in this order for {} and {last} points.", costs.len(), before.join(", "))
        }
    }
}

/// Where a lab stands on the path; `None` if the class has no path, or only one lab.
#[must_use]
pub fn place(work: &Work, lab: &str) -> Option<String> {
    let Work::Path(labs) = work else { return None };
    let (number, of) = (labs.iter().position(|one| one == lab)? + 1, labs.len());
    match of {
        1 => None,
        _ if number == of => Some(format!("Lab {number} of {of}, the last.")),
        _ => Some(format!("Lab {number} of {of}. Solving it starts the next.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::LabId;

    fn said(policy: Policy, grace_minutes: u32) -> String {
        lateness(Late { policy, grace_minutes })
    }

    #[test]
    fn each_rule_for_late_repairs_is_a_sentence() {
        assert_eq!(said(Policy::Accept, 5), "A later grading counts in full.");
        assert_eq!(said(Policy::Deduct(20), 0), "A later grading loses 20 % of its points.");
        assert_eq!(said(Policy::Refuse, 1), "A grading more than a minute later does not count.");
        assert_eq!(said(Policy::Deduct(20), 5), "A grading more than 5 minutes later loses 20 % of its points.");
    }

    #[test]
    fn hints_are_told_with_their_price() {
        let of = |costs: &[u32]| {
            hints(&costs.iter().map(|cost| Hint { cost: *cost, text: String::new() }).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), "There are none.");
        assert_eq!(of(&[5]), "There is one, for 5 points.");
        assert_eq!(of(&[5, 10, 15]), "There are 3, in this order for 5, 10 and 15 points.");
    }

    #[test]
    fn a_path_says_what_comes_next() {
        let labs = || ["a", "b"].map(LabId::from).to_vec();
        assert_eq!(place(&Work::Path(labs()), "a").as_deref(), Some("Lab 1 of 2. Solving it starts the next."));
        assert_eq!(place(&Work::Path(labs()), "b").as_deref(), Some("Lab 2 of 2, the last."));
        assert_eq!(place(&Work::Labs(labs()), "a"), None);
    }
}
