//! Statements of the Experience API: who did what, with what result.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::words::line;
use crate::class::results::{AttemptResults, LabFacts, Results, Standing, TraineeResults};

/// Where the verbs and the kind of activity are explained.
const ADL: &str = "http://adlnet.gov/expapi";
/// Prefix of the names that are ours: no page answers there.
const OURS: &str = "https://breakfix.invalid";

/// A list of statements, one for each lab that a trainee has begun. The same results give the same statements with the
/// same ids: a store that receives them twice keeps them once.
#[must_use]
pub fn class_xapi(results: &Results) -> Value {
    let pairs = results.trainees.iter().flat_map(|trainee| results.labs.iter().map(move |lab| (trainee, lab)));
    pairs.filter_map(|(trainee, lab)| statement(results, trainee, lab, trainee.counted(&lab.id)?)).collect()
}

/// `None` where the trainee never had it in hand.
fn statement(results: &Results, trainee: &TraineeResults, lab: &LabFacts, attempt: &AttemptResults) -> Option<Value> {
    let handed_over = attempt.handed_over?;
    let mut statement = json!({
        "actor": actor(results, trainee),
        "verb": verb(attempt.standing()),
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

/// An id derived from what it names.
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

/// One `@` with something on both sides, and nothing that an address of mail would have to quote.
fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let [before, after] = text.split('@').collect::<Vec<_>>()[..] else { return false };
    [before, after].iter().all(|part| !part.is_empty() && part.chars().all(plain))
}

fn verb(standing: Standing) -> Value {
    let name = match standing {
        Standing::Solved => "passed",
        Standing::NotSolved => "failed",
        _ => "attempted",
    };
    json!({ "id": format!("{ADL}/verbs/{name}"), "display": { "en": name } })
}

/// Only a final grade is a result; a grade with a check that could not be run says nothing about success.
fn result(lab: &LabFacts, attempt: &AttemptResults) -> Option<Value> {
    let score = attempt.score().filter(|_| attempt.standing().is_final())?;
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

/// ISO 8601, in seconds with two digits behind the point, which is as exact as such durations are compared.
fn iso(time: SignedDuration) -> String {
    format!("PT{}.{:02}S", time.as_secs(), time.subsec_millis() / 10)
}
