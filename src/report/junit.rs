//! `JUnit` XML. GitLab shows the text of `failure`, `error` and `skipped`.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::autograde::ended;
use crate::autograde::{Autograded, End, GradedSubmission};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};
use crate::grade::{CheckResult, Grade, Outcome};
use crate::prove::Claim;
use crate::text::harmless;

/// One test case for each check: `failure` is a wrong answer, `error` a check that could not be run, `skipped` a blocked
/// check.
#[must_use]
pub fn junit(grade: &Grade) -> String {
    let class = harmless(&format!("{}.{}", grade.lab, grade.trainee));
    let mut suite = TestSuite::new(class.clone());
    suite.set_time(grade.duration());
    suite.add_test_cases(grade.checks.iter().map(|check| case_of_check(check, &class)));
    write([suite], grade.duration())
}

/// One suite for each submission. A submission that was not graded has one test case that says so.
#[must_use]
pub fn autograde_junit(all: &Autograded) -> String {
    let time = all.results.iter().map(|graded| Duration::from_millis(graded.milliseconds)).sum();
    write(all.results.iter().map(|graded| suite_of(graded, all)), time)
}

fn suite_of(graded: &GradedSubmission, all: &Autograded) -> TestSuite {
    let class = harmless(&format!("{}.{}", all.lab, graded.trainee));
    let mut suite = TestSuite::new(class.clone());
    suite.set_time(Duration::from_millis(graded.milliseconds));
    let facts = [
        ("submission", graded.name.as_str()),
        ("lab", &all.lab),
        ("lab_digest", &all.lab_digest),
        ("seed", &all.seed),
        ("image", &all.image),
        ("verdict", graded.verdict(all.min_score).as_str()),
    ];
    suite.add_properties(facts.map(|(name, value)| (name.to_string(), harmless(value))));
    suite.add_property(("score".to_string(), graded.score().to_string()));
    suite.add_test_cases(cases_of(graded, &class));
    suite
}

fn cases_of(graded: &GradedSubmission, class: &str) -> Vec<TestCase> {
    let not_run = |name: &str, kind, why: &str| {
        let status = TestCaseStatus::non_success(kind);
        vec![case(name.into(), class, status, why, graded.milliseconds)]
    };
    match &graded.end {
        End::Refused(why) => not_run("submission", NonSuccessKind::Failure, why),
        End::Failed(error) => not_run("environment", NonSuccessKind::Error, &error.to_string()),
        End::Graded(grade) => {
            let mut cases: Vec<TestCase> = grade.checks.iter().map(|check| case_of_check(check, class)).collect();
            // GitLab shows the output of failed test cases only.
            let shown = grade.checks.iter().position(|check| check.outcome != Outcome::Pass).unwrap_or_default();
            if let (Some(case), Some(run)) = (cases.get_mut(shown), &graded.run) {
                case.set_system_out(harmless(&format!("{}\n{}", ended(run), run.output)));
            }
            cases
        }
    }
}

/// One suite for each trainee and lab, with the grade that counts. Without a grade, the suite has one test case: `error` if
/// the environment failed, `skipped` if the lab was never started or graded.
#[must_use]
pub fn class_junit(results: &Results) -> String {
    let pairs = results.trainees.iter().flat_map(|trainee| results.labs.iter().map(move |lab| (trainee, lab)));
    let suites: Vec<TestSuite> = pairs.map(|(trainee, lab)| suite_of_trainee(results, trainee, lab)).collect();
    let time = suites.iter().filter_map(|suite| suite.time).sum();
    write(suites, time)
}

fn suite_of_trainee(results: &Results, trainee: &TraineeResults, lab: &LabFacts) -> TestSuite {
    let class = harmless(&format!("{}.{}", lab.id, trainee.slug));
    let mut suite = TestSuite::new(class.clone());
    let (attempt, standing) = (trainee.counted(&lab.id), results.standing(trainee, &lab.id));
    suite.add_property(("trainee".to_string(), harmless(&trainee.name)));
    suite.add_property(("standing".to_string(), standing.as_str().to_string()));
    if let Some(attempt) = attempt {
        let facts =
            [("attempt", attempt.attempt.as_str()), ("seed", &attempt.seed), ("lab_digest", &attempt.lab_digest)];
        suite.add_properties(facts.map(|(name, value)| (name.to_string(), harmless(value))));
    }
    if let Some(score) = trainee.points(&lab.id) {
        suite.add_property(("score".to_string(), score.to_string()));
    }
    match attempt.and_then(AttemptResults::best).map(|best| &best.grade) {
        Some(grade) => {
            suite.set_time(grade.duration());
            let cases = grade.checks.iter().map(|check| case_of_check(&so_far(check, attempt), &class));
            suite.add_test_cases(cases);
        }
        None => drop(suite.add_test_case(case_without_grade(standing, attempt, &class))),
    }
    suite
}

/// A check that does not hold may yet, while its trainee is at work: it is skipped, and not failed.
fn so_far(check: &CheckResult, attempt: Option<&AttemptResults>) -> CheckResult {
    let is_open = check.outcome == Outcome::Fail && attempt.is_some_and(AttemptResults::is_at_work);
    let outcome = if is_open { Outcome::Blocked } else { check.outcome };
    CheckResult { outcome, ..check.clone() }
}

fn case_without_grade(standing: Standing, attempt: Option<&AttemptResults>, class: &str) -> TestCase {
    let status = match standing {
        Standing::EnvironmentFailed => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::skipped(),
    };
    let problem = attempt.and_then(|attempt| attempt.problem.as_ref());
    let why = problem.map_or_else(|| standing.as_str().into(), |problem| format!("{}: {problem}", standing.as_str()));
    case("environment".into(), class, status, &why, 0)
}

/// One test case for each claim: `failure` does not hold, `error` could not be verified.
#[must_use]
pub fn prove_junit(claims: &[Claim]) -> String {
    let time = claims.iter().map(|claim| Duration::from_millis(claim.milliseconds)).sum();
    let mut suite = TestSuite::new("prove");
    suite.set_time(time);
    // Of several cases with the same name, GitLab counts only the first.
    let mut seen: BTreeMap<(&str, String), u32> = BTreeMap::new();
    for claim in claims {
        let name = format!("{} (seed {})", claim.claim, claim.seed);
        let count = seen.entry((&claim.lab, name.clone())).or_default();
        *count += 1;
        let name = if *count == 1 { name } else { format!("{name} #{count}") };
        suite.add_test_case(case_of_claim(claim, &name));
    }
    write([suite], time)
}

fn case_of_check(check: &CheckResult, class: &str) -> TestCase {
    let status = match check.outcome {
        Outcome::Pass => TestCaseStatus::success(),
        Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Blocked => TestCaseStatus::skipped(),
    };
    let text = format!("{} ({} points): {}", check.title, check.points, check.message);
    case(check.id.to_string(), class, status, &text, check.milliseconds)
}

fn case_of_claim(claim: &Claim, name: &str) -> TestCase {
    let status = match claim.holds {
        Some(true) => TestCaseStatus::success(),
        Some(false) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        None => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    case(harmless(name), &claim.lab, status, &claim.why.join("\n"), claim.milliseconds)
}

fn case(name: String, class: &str, mut status: TestCaseStatus, text: &str, milliseconds: u64) -> TestCase {
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_description(harmless(text));
    }
    let mut case = TestCase::new(name, status);
    case.set_classname(class).set_time(Duration::from_millis(milliseconds));
    case
}

fn write(suites: impl IntoIterator<Item = TestSuite>, time: Duration) -> String {
    let mut report = Report::new("breakfix");
    report.set_time(time).add_test_suites(suites);
    // Writing to memory fails only for characters that XML does not allow, and quick-junit omits those.
    let text = report.to_string().unwrap_or_default();
    // The schema of Jenkins' xUnit plugin has this attribute on each suite but not on the root element.
    text.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn every_outcome_has_its_element() {
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="breakfix" tests="4" failures="1" errors="1" time="4.000">
    <testsuite name="nginx-502.ada" tests="4" skipped="1" errors="1" failures="1" time="4.000">
        <testcase name="sign-in" classname="nginx-502.ada" time="1.250"/>
        <testcase name="motd" classname="nginx-502.ada" time="1.250">
            <failure>The &lt;b&gt;banner&lt;/b&gt; | is *gone* (30 points): got &lt;&amp;&gt;]]&gt; `x` | y</failure>
        </testcase>
        <testcase name="restart" classname="nginx-502.ada" time="1.250">
            <error>It survives a restart (20 points): no answer within 10 s</error>
        </testcase>
        <testcase name="clone" classname="nginx-502.ada" time="1.250">
            <skipped>People can clone (10 points): needs sign-in</skipped>
        </testcase>
    </testsuite>
</testsuites>
"#;
        assert_eq!(junit(&example::grade()), expected);
    }

    fn claim(claim: &str, holds: Option<bool>, why: &[&str]) -> Claim {
        Claim {
            lab: "nginx-502".into(),
            seed: "1".into(),
            claim: claim.into(),
            holds,
            why: why.iter().map(|line| (*line).into()).collect(),
            milliseconds: 500,
        }
    }

    #[test]
    fn claims_of_one_name_are_told_apart() {
        let claims = [
            claim("stopping leaves nothing", Some(true), &[]),
            claim("wrong/hand-edit.sh does not pass", Some(false), &["check a passes and should not", "so does b"]),
            claim("stopping leaves nothing", None, &["the engine went away"]),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="breakfix" tests="3" failures="1" errors="1" time="1.500">
    <testsuite name="prove" tests="3" skipped="0" errors="1" failures="1" time="1.500">
        <testcase name="stopping leaves nothing (seed 1)" classname="nginx-502" time="0.500"/>
        <testcase name="wrong/hand-edit.sh does not pass (seed 1)" classname="nginx-502" time="0.500">
            <failure>check a passes and should not
so does b</failure>
        </testcase>
        <testcase name="stopping leaves nothing (seed 1) #2" classname="nginx-502" time="0.500">
            <error>the engine went away</error>
        </testcase>
    </testsuite>
</testsuites>
"#;
        assert_eq!(prove_junit(&claims), expected);
    }
}
