//! Remarks that a trainer needs before reading the figures.

use serde::Serialize;

use super::words::{count, line, names};
use crate::class::results::{AttemptResults, LabFacts, Results, Standing};
use crate::grade::Outcome;

/// A remark and the trainees that it concerns.
#[derive(Serialize)]
pub struct Remark {
    kind: &'static str,
    lab: String,
    what: String,
    who: String,
    /// Names of all trainees if they are too many for the heading.
    names: Option<String>,
}

/// Most names in a heading, of trainees or of labs.
const MAX_NAMES: usize = 3;

/// Failed environments first, then incomplete gradings, then trainees who have not started.
pub fn remarks(results: &Results) -> Vec<Remark> {
    let names = names(&results.trainees);
    let kinds: [Kind; 3] = [problem, incomplete, not_started];
    let of_kind = |kind: Kind| results.labs.iter().flat_map(move |lab| of_lab(kind, lab, results));
    let groups = merged(kinds.into_iter().flat_map(of_kind));
    groups.into_iter().map(|group| remark(group, &names)).collect()
}

/// Finds a remark about a trainee's standing and attempt in a lab: its kind and text.
type Kind = fn(Standing, Option<&AttemptResults>) -> Option<(&'static str, String)>;

/// Indices of the trainees with the same remark.
struct RemarkGroup {
    kind: &'static str,
    labs: Vec<String>,
    what: String,
    whom: Vec<usize>,
}

/// Groups trainees with the same remark.
fn of_lab(kind: Kind, lab: &LabFacts, results: &Results) -> Vec<RemarkGroup> {
    let mut all: Vec<RemarkGroup> = Vec::new();
    for (whom, trainee) in results.trainees.iter().enumerate() {
        let standing = results.standing(trainee, &lab.id);
        let Some((kind, what)) = kind(standing, trainee.counted(&lab.id)) else { continue };
        match all.iter_mut().find(|group| group.what == what) {
            Some(group) => group.whom.push(whom),
            None => all.push(RemarkGroup { kind, labs: vec![line(&lab.title)], what, whom: vec![whom] }),
        }
    }
    all
}

/// One group for labs that have the same remark about the same trainees.
fn merged(groups: impl Iterator<Item = RemarkGroup>) -> Vec<RemarkGroup> {
    let mut all: Vec<RemarkGroup> = Vec::new();
    for group in groups {
        let same = |one: &&mut RemarkGroup| one.kind == group.kind && one.what == group.what && one.whom == group.whom;
        match all.iter_mut().find(same) {
            Some(one) => one.labs.extend(group.labs),
            None => all.push(group),
        }
    }
    all
}

fn remark(group: RemarkGroup, names: &[String]) -> Remark {
    let list = group.whom.iter().map(|one| names[*one].as_str()).collect::<Vec<_>>().join(", ");
    let RemarkGroup { kind, labs, what, whom } = group;
    let lab = if labs.len() > MAX_NAMES { count(labs.len(), "lab") } else { labs.join("; ") };
    match whom.len() {
        ..=MAX_NAMES => Remark { kind, lab, what, who: list, names: None },
        many => Remark { kind, lab, what, who: count(many, "trainee"), names: Some(list) },
    }
}

fn problem(standing: Standing, attempt: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    let attempt = attempt?;
    let why = match &attempt.problem {
        Some(problem) => line(problem),
        None if standing == Standing::EnvironmentFailed => "it could not be created".into(),
        None => return None,
    };
    let end = match standing {
        Standing::EnvironmentFailed => "It is not the trainee's doing, and there is no grade.",
        Standing::NotGraded => "There is no grade yet.",
        _ => "The grade from before counts.",
    };
    Some((Standing::EnvironmentFailed.as_str(), format!("{why}. {end}")))
}

fn incomplete(standing: Standing, attempt: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    let grade = &attempt?.best().filter(|_| standing == Standing::Incomplete)?.grade;
    let checks = grade.checks.iter().filter(|check| check.outcome == Outcome::Error).count();
    let what = format!("{} could not be run, which is not a wrong answer: grade again.", count(checks, "check"));
    Some((Standing::Incomplete.as_str(), what))
}

fn not_started(standing: Standing, _: Option<&AttemptResults>) -> Option<(&'static str, String)> {
    let what = "No environment was ever handed over.";
    (standing == Standing::NotStarted).then(|| (standing.as_str(), what.into()))
}
