//! Gradescope's `results.json`: one submission, or one trainee of a class.

use std::time::Duration;

use serde_json::{Value, json};

use super::autograde::ended;
use crate::autograde::{Autograded, End, GradedSubmission};
use crate::class::results::{AttemptResults, CheckFacts, LabFacts, Results, Standing, TraineeResults};
use crate::grade::{CheckResult, Grade, Outcome};
use crate::text::printable;

/// The first submission's result. A submission that could not be graded has no points, and the output says why: the format
/// has no state for it.
#[must_use]
pub fn gradescope(all: &Autograded) -> String {
    let result = all.results.first().map(|graded| value(graded, all)).unwrap_or_default();
    format!("{result:#}\n")
}

fn value(graded: &GradedSubmission, all: &Autograded) -> Value {
    let tests: Vec<Value> = match &graded.end {
        End::Graded(grade) => grade.checks.iter().enumerate().map(test).collect(),
        _ => vec![],
    };
    json!({
        "score": graded.score(),
        "execution_time": Duration::from_millis(graded.milliseconds).as_secs(),
        "output": output(graded),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "lab": all.lab, "lab_digest": all.lab_digest, "seed": all.seed, "image": all.image,
            "trainee": graded.trainee, "verdict": graded.verdict(all.min_score).as_str(), "tries": graded.tries,
        },
        "tests": tests,
    })
}

/// One trainee's result: the checks of all labs, prefixed with the lab if there are several. A lab without a final grade
/// counts with the points so far, and the output says so. Only the checks of labs whose environment failed are missing, so
/// that the points of the others are a share of the whole.
#[must_use]
pub fn class_gradescope(results: &Results, trainee: &TraineeResults) -> String {
    let best = |lab: &LabFacts| Some(&trainee.counted(&lab.id)?.best()?.grade);
    let named = |lab: &LabFacts, check: CheckResult| match results.labs.len() {
        1 => check,
        _ => CheckResult { title: format!("{}: {}", lab.title, check.title), ..check },
    };
    let checks = results.labs.iter().flat_map(|lab| {
        let checks = best(lab)
            .map_or_else(|| without_grade(lab, results.standing(trainee, &lab.id)), |best| best.checks.clone());
        checks.into_iter().map(move |check| named(lab, check))
    });
    let tests: Vec<Value> = checks.enumerate().map(|(index, check)| test((index, &check))).collect();
    let took = results.labs.iter().filter_map(best).map(Grade::duration).sum::<Duration>();
    let attempts: Vec<Value> = results.labs.iter().filter_map(|lab| attempt(trainee.counted(&lab.id)?)).collect();
    let output: Vec<String> = results.labs.iter().map(|lab| standing(results, trainee, lab)).collect();
    let result = json!({
        "score": trainee.score(&results.labs).unwrap_or_default(),
        "execution_time": took.as_secs(),
        "output": output.join("\n"),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": { "class": results.class, "trainee": trainee.slug, "attempts": attempts },
        "tests": tests,
    });
    format!("{result:#}\n")
}

/// The checks of a lab that was not graded.
fn without_grade(lab: &LabFacts, standing: Standing) -> Vec<CheckResult> {
    let check = |check: &CheckFacts| CheckResult {
        id: check.id.clone(),
        title: check.title.clone(),
        points: check.points,
        outcome: Outcome::Blocked,
        message: standing.as_str().into(),
        milliseconds: 0,
    };
    if standing == Standing::EnvironmentFailed { vec![] } else { lab.checks.iter().map(check).collect() }
}

fn attempt(attempt: &AttemptResults) -> Option<Value> {
    let best = attempt.best()?;
    Some(json!({
        "attempt": attempt.attempt, "lab": attempt.lab, "lab_digest": attempt.lab_digest, "seed": attempt.seed,
        "standing": attempt.standing(), "hints_taken": attempt.hints_taken, "late_deduction": best.late_deduction,
        "image": best.grade.image,
    }))
}

fn standing(results: &Results, trainee: &TraineeResults, lab: &LabFacts) -> String {
    let standing = results.standing(trainee, &lab.id);
    let score = trainee.points(&lab.id);
    let score = score.map_or_else(String::new, |score| format!(", {score} of {} points", lab.points()));
    let fault = match standing {
        Standing::EnvironmentFailed | Standing::Incomplete => ", which is not the trainee's doing",
        _ => "",
    };
    printable(&format!("{}: {}{score}{fault}.", lab.title, standing.as_str()))
}

fn output(graded: &GradedSubmission) -> String {
    let run = graded.run.as_ref().map(|run| format!("{}\n\n{}", ended(run), run.output));
    let result = match &graded.end {
        End::Graded(grade) => verdict(grade),
        End::Refused(why) => format!("The submission was not run: {}.", printable(why)),
        End::Failed(error) => format!("The submission could not be graded, which is not its fault: {error}."),
    };
    format!("{result}\n\n{}", run.unwrap_or_default()).trim_end().to_string()
}

fn verdict(grade: &Grade) -> String {
    format!("{}: {}, {}.", grade.lab, super::score(grade), super::verdict(grade))
}

fn test((index, check): (usize, &CheckResult)) -> Value {
    let passed = check.outcome == Outcome::Pass;
    let prefix =
        if check.outcome == Outcome::Error { "It could not be run, which is not a wrong answer: " } else { "" };
    json!({
        "score": if passed { check.points } else { 0 },
        "max_score": check.points,
        "status": if passed { "passed" } else { "failed" },
        "name": printable(&check.title),
        "name_format": "text",
        "number": (index + 1).to_string(),
        "output": format!("{prefix}{}", printable(&check.message)),
        "output_format": "text",
        "tags": [check.id],
        "visibility": "visible",
        "extra_data": { "outcome": check.outcome },
    })
}
