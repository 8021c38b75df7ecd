//! A grade as text for the terminal.

use super::{score, verdict};
use crate::class::results::{AttemptResults, Grading};
use crate::grade::{CheckResult, Grade, Outcome};
use crate::text::{clock, count, harmless};

/// Each check with its findings, then the score.
#[must_use]
pub fn text(grade: &Grade) -> String {
    let checks = grade.checks.iter().flat_map(lines);
    let score = format!("{}, {}", score(grade), verdict(grade));
    let all = checks.chain(changed(grade)).chain([String::new(), score]).chain(remark(grade));
    all.collect::<Vec<_>>().join("\n")
}

fn lines(check: &CheckResult) -> Vec<String> {
    let mark = match check.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "FAIL",
        Outcome::Error => "could not run",
        Outcome::Blocked => "blocked",
    };
    let title = format!("{mark:<13}  {:>3}  {}", check.points, harmless(&check.title));
    let message = (!check.message.is_empty()).then(|| format!("{:20}{}", "", harmless(&check.message)));
    std::iter::once(title).chain(message).collect()
}

/// Changed programs, because of which no check counts as passed.
fn changed(grade: &Grade) -> Vec<String> {
    let found = grade.integrity.iter().map(|finding| format!("  {}", harmless(&finding.sentence())));
    let heading =
        ["", "No check counts while this is so. Put it back as the image has it, then grade again:"].map(String::from);
    if grade.integrity.is_empty() { vec![] } else { heading.into_iter().chain(found).collect() }
}

fn remark(grade: &Grade) -> Option<String> {
    let failed = grade.checks.iter().filter(|check| check.outcome == Outcome::Error).count();
    let checks = if failed == 1 { "check" } else { "checks" };
    (failed > 0).then(|| format!("{failed} {checks} could not be run, which is not a wrong answer: grade again."))
}

/// What the latest grading counts for, where it is not what its checks say: it was late, or an earlier one counts.
#[must_use]
pub fn counting(results: &AttemptResults) -> Option<String> {
    let (last, best) = (results.last()?, results.best()?);
    let late = late(last);
    let counts = match (last.score() == best.score(), last.late_deduction) {
        (true, 0) => None,
        (true, _) => Some(format!("{} count.", count(best.score() as usize, "point"))),
        (false, _) => Some(format!(
            "The grading of {} counts, with {}.",
            clock(best.grade.at),
            count(best.score() as usize, "point")
        )),
    };
    let all: Vec<String> = late.into_iter().chain(counts).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn late(last: &Grading) -> Option<String> {
    let minutes = || count(last.late_minutes as usize, "minute");
    match (last.late_minutes, last.late_deduction) {
        (0, _) => None,
        (_, 0) => Some(format!("This was {} late, which costs nothing.", minutes())),
        (_, off) => Some(format!("This was {} late: {} off.", minutes(), count(off as usize, "point"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::class::results::tests::attempt;
    use crate::class::{Late, Policy};
    use crate::grade::tests::graded;

    fn counted(gradings: &[(u32, u32)]) -> Option<String> {
        let due = Some(jiff::Timestamp::UNIX_EPOCH);
        let one = |(minute, (points, percent)): (i64, &(u32, u32))| {
            let policy = if *percent == 0 { Policy::Accept } else { Policy::Deduct(*percent) };
            let at = jiff::Timestamp::from_second(minute * 60).unwrap();
            let grade = Grade { at, ..graded(&[(*points, Outcome::Pass), (100 - points, Outcome::Fail)], 0) };
            Grading::new(grade, Late { policy, grace_minutes: 0 }, due)
        };
        let gradings = (0..).zip(gradings).map(one).collect();
        counting(&AttemptResults { gradings, ..attempt("a", vec![]) })
    }

    #[test]
    fn what_counts_is_told_where_it_is_not_what_the_checks_say() {
        assert_eq!(counted(&[]), None);
        assert_eq!(counted(&[(40, 0)]), None);
        assert_eq!(counted(&[(40, 0), (40, 0)]).as_deref(), Some("This was 1 minute late, which costs nothing."));
        let late = counted(&[(0, 0), (40, 50)]);
        assert_eq!(late.as_deref(), Some("This was 1 minute late: 20 points off. 20 points count."));
        let refused = counted(&[(30, 0), (40, 0), (90, 100)]).unwrap();
        assert!(refused.starts_with("This was 2 minutes late: 90 points off. The grading of "), "{refused}");
        assert!(refused.ends_with(" counts, with 40 points."), "{refused}");
    }

    #[test]
    fn every_outcome_has_its_word() {
        let expected = "\
pass            40  People can sign in again
FAIL            30  The <b>banner</b> | is *gone*
                    got <&>]]> `x` | y
could not run   20  It survives a restart
                    no answer within 10 s
blocked         10  People can clone
                    needs sign-in

35 of 100 points (40 less 5 for hints), incomplete
1 check could not be run, which is not a wrong answer: grade again.";
        assert_eq!(text(&example::grade()), expected);
    }

    #[test]
    fn programs_that_were_changed_are_named() {
        let finding = serde_json::from_str(r#"{"path": "/usr/bin/jq", "why": "is gone"}"#).unwrap();
        let grade = Grade { integrity: vec![finding], checks: vec![], ..example::grade() };
        let expected = "
No check counts while this is so. Put it back as the image has it, then grade again:
  /usr/bin/jq is gone
";
        assert!(text(&grade).starts_with(expected), "{}", text(&grade));
    }

    #[test]
    fn a_solved_lab_is_marked_as_solved() {
        let text = text(&example::solved());
        assert_eq!(text.lines().last(), Some("100 of 100 points, solved"));
    }
}
