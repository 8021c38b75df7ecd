//! Graded submissions as JSON, as text and as Markdown.

use serde_json::{Value, json};

use super::markdown::{code, fenced};
use crate::autograde::{Autograded, End, GradedSubmission, Run, Verdict};
use crate::text::{harmless, markdown_escaped as escaped};

/// All results, in the shape that `docs/json.md` documents.
#[must_use]
pub fn autograde_json(all: &Autograded) -> Value {
    json!({
        "lab": all.lab, "lab_digest": all.lab_digest, "seed": all.seed, "image": all.image,
        "min_score": all.min_score,
        "submissions": all.results.iter().map(|graded| value(graded, all)).collect::<Vec<_>>(),
    })
}

fn value(graded: &GradedSubmission, all: &Autograded) -> Value {
    let (grade, why) = match &graded.end {
        End::Graded(grade) => (super::json(grade), Value::Null),
        End::Refused(why) => (Value::Null, why.as_str().into()),
        End::Failed(error) => (Value::Null, error.to_string().into()),
    };
    json!({
        "name": graded.name, "trainee": graded.trainee, "verdict": graded.verdict(all.min_score).as_str(),
        "score": graded.score(), "why": why, "run": graded.run, "grade": grade, "tries": graded.tries,
        "milliseconds": graded.milliseconds,
    })
}

/// One submission in full; several as a table.
#[must_use]
pub fn autograde_text(all: &Autograded) -> String {
    match all.results.as_slice() {
        [graded] => one_text(graded, all.min_score),
        several => several.iter().map(|graded| line(graded, all.min_score)).collect::<Vec<_>>().join("\n"),
    }
}

fn one_text(graded: &GradedSubmission, min_score: Option<u32>) -> String {
    let run = graded.run.as_ref().map(run_text).unwrap_or_default();
    let body = match &graded.end {
        End::Graded(grade) => super::text(grade),
        End::Refused(why) => format!("The submission was not run: {}.", harmless(why)),
        End::Failed(error) => format!("The submission could not be graded: {}.", harmless(&error.to_string())),
    };
    let mark = min_score.map(|least| format!("\nPass mark {least}: {}.", graded.verdict(min_score).as_str()));
    format!("{run}{body}{}", mark.unwrap_or_default())
}

/// The run of a submission as text; ends with an empty line.
fn run_text(run: &Run) -> String {
    let output: String = harmless(&run.output).lines().map(|line| format!("    {line}\n")).collect();
    format!("{}\n{output}\n", ended(run))
}

/// The outcome of a submission, in one or more sentences.
pub(super) fn ended(run: &Run) -> String {
    let code = run.exit_code.map(|code| format!("The submission ended with exit code {code}."));
    let notes = run.notes.iter().map(|note| format!("About the submission: {}.", harmless(note)));
    code.into_iter().chain(notes).collect::<Vec<_>>().join("\n")
}

fn line(graded: &GradedSubmission, min_score: Option<u32>) -> String {
    let verdict = graded.verdict(min_score).as_str();
    format!(
        "{verdict:<10}  {:>3}  {}{}",
        graded.score(),
        harmless(&graded.name),
        why(graded).map_or_else(String::new, |why| format!(": {why}"))
    )
}

/// The reason for lost points, in one line; `None` if there is none.
fn why(graded: &GradedSubmission) -> Option<String> {
    match &graded.end {
        End::Refused(why) => Some(harmless(why)),
        End::Failed(error) => Some(harmless(&error.to_string())),
        End::Graded(grade) => {
            let open = grade.checks.iter().filter(|check| check.outcome != crate::grade::Outcome::Pass);
            let names: Vec<String> = open.map(|check| check.id.to_string()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
    }
}

/// A table if there are several submissions, then each submission with its checks and output.
#[must_use]
pub fn autograde_markdown(all: &Autograded) -> String {
    let table = if all.results.len() > 1 { summary(all) } else { String::new() };
    let each: Vec<String> = all.results.iter().map(|graded| section(graded, all)).collect();
    let seal = format!("Seed {}, lab {}, image {}.\n", code(&all.seed), code(&all.lab_digest), code(&all.image));
    format!("{table}{}\n{seal}", each.join("\n"))
}

fn summary(all: &Autograded) -> String {
    let row = |graded: &GradedSubmission| {
        let verdict = graded.verdict(all.min_score).as_str();
        format!("| {} | {verdict} | {} |\n", escaped(&graded.name), graded.score())
    };
    let rows: String = all.results.iter().map(row).collect();
    format!("## {}\n\n| Submission | Verdict | Points |\n| --- | --- | ---: |\n{rows}\n", escaped(&all.lab))
}

fn section(graded: &GradedSubmission, all: &Autograded) -> String {
    let body = match &graded.end {
        End::Graded(grade) => super::markdown(grade),
        End::Refused(why) => format!("{}The submission was not run: {}\n", heading(graded, all), code(why)),
        End::Failed(error) => {
            format!("{}It could not be graded: {}\n", heading(graded, all), code(&error.to_string()))
        }
    };
    let Some(run) = &graded.run else { return body };
    let output = if run.output.is_empty() { String::new() } else { format!("\n{}", fenced(&run.output)) };
    let ended = ended(run).lines().map(|line| format!("\n{}\n", escaped(line))).collect::<String>();
    format!("{body}{ended}{output}")
}

fn heading(graded: &GradedSubmission, all: &Autograded) -> String {
    let verdict = match graded.verdict(all.min_score) {
        Verdict::Failed(_) => "not graded",
        _ => "not passed",
    };
    format!("### {}: {}, {verdict}\n\n", escaped(&all.lab), escaped(&graded.trainee))
}
