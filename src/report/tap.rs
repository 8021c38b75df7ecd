//! The Test Anything Protocol, version 14: one line for each check, all submissions in one plan.

use super::autograde::ended;
use crate::autograde::{Autograded, End, GradedSubmission};
use crate::grade::{CheckResult, Outcome};
use crate::text::harmless;

/// A blocked check is skipped. A check that could not be run is `not ok`; its diagnostic says that this is not a wrong
/// answer.
#[must_use]
pub fn tap(all: &Autograded) -> String {
    let points: Vec<Point> = all.results.iter().flat_map(points).collect();
    let seal = format!("# lab {} {}, seed {}, image {}\n", all.lab, all.lab_digest, all.seed, all.image);
    let lines = points.iter().enumerate().map(|(index, point)| point.line(index + 1));
    format!("TAP version 14\n{}1..{}\n{}", comment(&seal), points.len(), lines.collect::<String>())
}

/// One line of the plan, with its diagnostic.
struct Point {
    ok: bool,
    name: String,
    skip: Option<String>,
    diagnosis: Vec<(&'static str, String)>,
    comments: String,
}

fn points(graded: &GradedSubmission) -> Vec<Point> {
    let who = &graded.trainee;
    let not_run = |name: &str, outcome: &str, why: &str| {
        let diagnosis = vec![("outcome", outcome.to_string()), ("message", why.to_string())];
        vec![Point { ok: false, name: format!("{who}: {name}"), skip: None, diagnosis, comments: String::new() }]
    };
    match &graded.end {
        End::Refused(why) => not_run("submission", "fail", why),
        End::Failed(error) => not_run("environment", "error", &error.to_string()),
        End::Graded(grade) => {
            let mut points: Vec<Point> = grade.checks.iter().map(|check| point(check, who)).collect();
            if let (Some(first), Some(run)) = (points.first_mut(), &graded.run) {
                first.comments = comment(&format!("{who}: {}\n{}", ended(run), run.output));
            }
            points
        }
    }
}

fn point(check: &CheckResult, who: &str) -> Point {
    let diagnosis = match check.outcome {
        Outcome::Pass | Outcome::Blocked => vec![],
        Outcome::Fail => vec![("outcome", "fail".into()), ("message", check.message.clone())],
        Outcome::Error => vec![("outcome", "error".into()), ("message", check.message.clone())],
    };
    let blocked = check.outcome == Outcome::Blocked;
    Point {
        ok: blocked || check.outcome == Outcome::Pass,
        name: format!("{who}: {} ({} points)", check.title, check.points),
        skip: blocked.then(|| check.message.clone()),
        diagnosis,
        comments: String::new(),
    }
}

impl Point {
    fn line(&self, number: usize) -> String {
        let ok = if self.ok { "ok" } else { "not ok" };
        let skip = self.skip.as_ref().map(|why| format!(" # SKIP {}", plain(why))).unwrap_or_default();
        let field = |(name, text): &(&str, String)| format!("  {name}: {}\n", quoted(text));
        let fields: String = self.diagnosis.iter().map(field).collect();
        let diagnosis = if fields.is_empty() { fields } else { format!("  ---\n{fields}  ...\n") };
        format!("{}{ok} {number} - {}{skip}\n{diagnosis}", self.comments, plain(&self.name))
    }
}

/// One line without the character that begins a directive.
fn plain(text: &str) -> String {
    harmless(text).replace('\n', " ").replace('\\', "\\\\").replace('#', "\\#")
}

/// A JSON string is also a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(harmless(text)).to_string()
}

/// Turns every line into a comment.
fn comment(text: &str) -> String {
    harmless(text).lines().map(|line| format!("# {}\n", line.trim_start_matches("# "))).collect()
}
