//! Statements of the Experience API (xAPI): which trainee worked on which lab, with what result.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::words::line;
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};

/// IRIs of the verbs and of the activity type.
const ADL: &str = "http://adlnet.gov/expapi";
/// Prefix of our own identifiers; they resolve to no page.
const OURS: &str = "https://breakfix.invalid";

/// A list of statements, one for each lab that a trainee has begun. Equal results give equal ids, so a learning record store
/// that receives a statement twice keeps it once.
#[must_use]
pub fn class_xapi(results: &Results) -> Value {
    let pairs = results.trainees.iter().flat_map(|trainee| results.labs.iter().map(move |lab| (trainee, lab)));
    pairs.filter_map(|(trainee, lab)| statement(results, trainee, lab, trainee.counted(&lab.id)?)).collect()
}

/// `None` if the lab was never handed over to the trainee.
fn statement(results: &Results, trainee: &TraineeResults, lab: &LabFacts, attempt: &AttemptResults) -> Option<Value> {
    let handed_over = attempt.handed_over?;
    let mut statement = json!({
        "actor": actor(results, trainee),
        "verb": verb(attempt),
        "object": {
            "objectType": "Activity",
            "id": format!("{OURS}/labs/{}", lab.id),
            "definition": {
                "name": { "en": line(&lab.title) },
                "description": { "en": format!("A GitLab to repair; level {}, {} minutes.", lab.level.as_str(), lab.minutes) },
                "type": format!("{ADL}/activities/assessment"),
            },
        },
        "context": {
            "registration": named(&attempt.attempt),
            "extensions": {
                format!("{OURS}/class"): results.class,
                format!("{OURS}/seed"): attempt.seed,
                format!("{OURS}/lab-digest"): attempt.lab_digest,
                format!("{OURS}/hints-taken"): attempt.hints_taken,
            },
        },
        "timestamp": attempt.best().map_or(handed_over, |best| best.grade.at).to_string(),
    });
    if let Some(result) = result(lab, attempt) {
        statement["result"] = result;
    }
    statement["id"] = named(&statement.to_string()).into();
    Some(statement)
}

/// An id derived from the content of the statement.
fn named(text: &str) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, OURS.as_bytes());
    Uuid::new_v5(&namespace, text.as_bytes()).to_string()
}

fn actor(results: &Results, trainee: &TraineeResults) -> Value {
    let address = trainee.email.as_deref().filter(|email| is_address(email));
    let name = line(&trainee.name);
    if let Some(email) = address {
        return json!({ "objectType": "Agent", "name": name, "mbox": format!("mailto:{email}") });
    }
    let (home, id) = match &trainee.id {
        Some(id) => (format!("{OURS}/roster"), line(id)),
        None => (format!("{OURS}/classes/{}", results.class), trainee.slug.to_string()),
    };
    json!({ "objectType": "Agent", "name": name, "account": { "homePage": home, "name": id } })
}

/// Whether a text is a plain e-mail address: one `@` with text on both sides, and no characters that require quoting.
fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let [before, after] = text.split('@').collect::<Vec<_>>()[..] else { return false };
    [before, after].iter().all(|part| !part.is_empty() && part.chars().all(plain))
}

fn verb(attempt: &AttemptResults) -> Value {
    let name = match attempt.standing() {
        Standing::Solved => "passed",
        Standing::NotSolved if !attempt.is_at_work() => "failed",
        _ => "attempted",
    };
    json!({ "id": format!("{ADL}/verbs/{name}"), "display": { "en": name } })
}

/// Only final grades have a result, and none of somebody who is still at work.
fn result(lab: &LabFacts, attempt: &AttemptResults) -> Option<Value> {
    let score = attempt.score().filter(|_| attempt.standing().is_final() && !attempt.is_at_work())?;
    let points = lab.points();
    let mut result = json!({
        "score": { "scaled": f64::from(score) / f64::from(points.max(1)), "raw": score, "min": 0, "max": points },
        "success": attempt.standing() == Standing::Solved,
        "completion": true,
    });
    if let Some(time) = attempt.time_to_solve() {
        result["duration"] = iso(time).into();
    }
    Some(result)
}

/// An ISO 8601 duration in seconds with two decimals, the precision that xAPI compares.
fn iso(time: SignedDuration) -> String {
    format!("PT{}.{:02}S", time.as_secs(), time.subsec_millis() / 10)
}
