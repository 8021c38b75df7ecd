//! A class's results as JSON.

use serde_json::{Value, json};

use crate::class::results::{AttemptResults, Results, TraineeResults};

/// All results, with the grade that counts for each trainee and lab.
#[must_use]
pub fn class_json(results: &Results) -> Value {
    let mut value = serde_json::to_value(results).unwrap_or_default();
    let trainees = value["trainees"].as_array_mut().into_iter().flatten();
    for (value, trainee) in trainees.zip(&results.trainees) {
        value["score"] = trainee.score(&results.labs).into();
        value["counted"] = counted(trainee, results);
    }
    value
}

fn counted(trainee: &TraineeResults, results: &Results) -> Value {
    let of_lab = results.labs.iter().map(|lab| {
        let attempt = trainee.counted(&lab.id);
        json!({
            "lab": lab.id,
            "standing": results.standing(trainee, &lab.id),
            "attempt": attempt.map(|attempt| &attempt.attempt),
            "score": trainee.points(&lab.id),
            "points": lab.points(),
            "solve_milliseconds": attempt.and_then(AttemptResults::time_to_solve).map(|time| time.as_millis()),
        })
    });
    of_lab.collect()
}
