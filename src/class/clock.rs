//! What the clock of a class demands of an attempt. Pure.

use jiff::{SignedDuration, Timestamp};

use super::model::Class;
use super::results::AttemptResults;
use crate::attempt::{Happening, timeline};
use crate::grade::GradedBy;

/// Times before the end, in minutes, at which trainees are warned; the shortest first.
const WARNINGS: [u32; 3] = [1, 5, 10];
/// A grading that begins this soon after the end shows what stood at the end, whoever is at work.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// What the clock demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing now.
    Nothing,
    /// To warn the trainee.
    Warn {
        /// Which of the warnings it is.
        warning: u32,
        /// Minutes that are left, rounded up.
        left: i64,
    },
    /// To grade what there is.
    Grade {
        /// [`GradedBy::Deadline`] if this is what stood at the end; otherwise it counts as late.
        by: GradedBy,
    },
}

/// What the clock demands now of a running attempt that is due at `due`.
#[must_use]
pub fn demand(class: &Class, attempt: &AttemptResults, due: Timestamp, now: Timestamp) -> Demand {
    let left = due.duration_since(now);
    if left.is_positive() {
        return warning(class, attempt, left);
    }
    let end = due.saturating_add(SignedDuration::from_mins(i64::from(class.late.grace_minutes)));
    let end = end.unwrap_or(due);
    if now < end || is_settled(attempt, end) {
        return Demand::Nothing;
    }
    let stands = now.duration_since(end) <= TOLERANCE || class.ssh.is_some() && !has_returned(attempt, end);
    Demand::Grade { by: if stands { GradedBy::Deadline } else { GradedBy::Trainer } }
}

fn warning(class: &Class, attempt: &AttemptResults, left: SignedDuration) -> Demand {
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let next = WARNINGS.into_iter().find(|warning| left <= minutes(*warning));
    // A class of five minutes needs no warning of five minutes.
    let next = next.filter(|warning| class.minutes.is_some_and(|all| all > *warning));
    match next.filter(|warning| !timeline::is_warned(&attempt.timeline, *warning)) {
        Some(warning) => Demand::Warn { warning, left: (left.as_secs() + 59) / 60 },
        None => Demand::Nothing,
    }
}

/// Whether nothing can change any more: it is solved, or was graded after the end on somebody else's behalf.
fn is_settled(attempt: &AttemptResults, end: Timestamp) -> bool {
    let is_solved = attempt.last().is_some_and(|last| last.grade.solved());
    let after = |at: Timestamp, by: GradedBy| at >= end && by != GradedBy::Trainee;
    is_solved || attempt.gradings.iter().any(|one| after(one.grade.at, one.grade.by))
}

/// Whether the trainee came through the gate after the end.
fn has_returned(attempt: &AttemptResults, end: Timestamp) -> bool {
    attempt.timeline.iter().any(|event| event.at >= end && matches!(event.what, Happening::LoggedIn { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::TimelineEvent;
    use crate::class::results::tests::attempt;
    use crate::class::tests::class;
    use crate::class::{Late, Policy};
    use crate::grade::tests::graded;
    use crate::grade::{Grade, Outcome};

    const WARN: fn(u32) -> Demand = |minutes| Demand::Warn { warning: minutes, left: i64::from(minutes) };
    const AT_THE_END: Demand = Demand::Grade { by: GradedBy::Deadline };
    const LATE: Demand = Demand::Grade { by: GradedBy::Trainer };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn hour() -> Class {
        Class { minutes: Some(60), ssh: Some(22), ..class() }
    }

    /// What is demanded so many seconds after the end.
    fn after(class: &Class, seconds: i64, attempt: &AttemptResults) -> Demand {
        demand(class, attempt, at(0), at(seconds))
    }

    fn with_event(second: i64, what: Happening) -> AttemptResults {
        AttemptResults { timeline: vec![TimelineEvent { at: at(second), what }], ..attempt("a", vec![]) }
    }

    fn with_grade(second: i64, by: GradedBy, outcome: Outcome) -> AttemptResults {
        attempt("a", vec![Grade { at: at(second), by, ..graded(&[(10, outcome)], 0) }])
    }

    #[test]
    fn each_warning_is_given_once() {
        let nobody = attempt("a", vec![]);
        let demands = [-601, -600, -300, -60, -59].map(|second| after(&hour(), second, &nobody));
        assert_eq!(demands, [Demand::Nothing, WARN(10), WARN(5), WARN(1), WARN(1)]);
        assert_eq!(after(&hour(), -200, &nobody), Demand::Warn { warning: 5, left: 4 }, "a gate that came late");
        let warned = with_event(-300, Happening::Warned { minutes: 5 });
        assert_eq!(after(&hour(), -200, &warned), Demand::Nothing);
        let mut extended = warned.clone();
        extended.timeline.push(TimelineEvent { at: at(-250), what: Happening::Extended { minutes: 5 } });
        assert_eq!(after(&hour(), -200, &extended), Demand::Warn { warning: 5, left: 4 });
    }

    #[test]
    fn nobody_is_warned_of_all_the_time_that_there_is() {
        let short = Class { minutes: Some(5), ..hour() };
        assert_eq!(after(&short, -299, &attempt("a", vec![])), Demand::Nothing);
        assert_eq!(after(&short, -59, &attempt("a", vec![])), WARN(1));
    }

    #[test]
    fn everybody_is_graded_once_the_grace_is_over() {
        let nobody = attempt("a", vec![]);
        assert_eq!(after(&hour(), 0, &nobody), AT_THE_END);
        let gracious = Class { late: Late { policy: Policy::Refuse, grace_minutes: 5 }, ..hour() };
        assert_eq!([299, 300].map(|second| after(&gracious, second, &nobody)), [Demand::Nothing, AT_THE_END]);
        let graded = |second, by, outcome| after(&hour(), 60, &with_grade(second, by, outcome));
        assert_eq!(graded(-9, GradedBy::Trainee, Outcome::Pass), Demand::Nothing, "it is solved");
        assert_eq!(graded(-9, GradedBy::Deadline, Outcome::Fail), AT_THE_END, "the time was extended since");
        assert_eq!(graded(9, GradedBy::Deadline, Outcome::Fail), Demand::Nothing);
        assert_eq!(graded(9, GradedBy::Trainee, Outcome::Fail), AT_THE_END);
    }

    #[test]
    fn a_grading_that_comes_late_is_in_time_only_if_nobody_can_have_been_at_it() {
        let login = |second| {
            let address = [127, 0, 0, 1].into();
            with_event(second, Happening::LoggedIn { address, with: crate::attempt::timeline::CredentialKind::Key })
        };
        assert_eq!(after(&hour(), 120, &login(60)), AT_THE_END);
        assert_eq!(after(&hour(), 121, &login(60)), LATE);
        assert_eq!(after(&hour(), 9999, &login(-60)), AT_THE_END);
        let without_gate = Class { ssh: None, ..hour() };
        assert_eq!(after(&without_gate, 9999, &attempt("a", vec![])), LATE, "who was at it is not known");
    }
}
