//! Keeps the clocks of classes while the gate runs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::state::Gate;
use crate::class::Course;
use crate::id::ClassId;
use crate::ops::class::{TaskResult, tick};
use crate::store::ClassState;

/// Time between two looks at the clocks.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Time after which a class is looked at again in which somebody could not be graded.
const RETRY_INTERVAL: Duration = Duration::from_mins(1);

/// Warns and grades trainees as the clocks of their classes demand, until the gate closes.
pub(super) async fn watch(gate: Arc<Gate>) {
    let mut retries: HashMap<ClassId, Instant> = HashMap::new();
    while gate.app.cancel.run_until_cancelled(tokio::time::sleep(POLL_INTERVAL)).await.is_some() {
        for (course, _) in open_classes(&gate) {
            let id = course.class.id.clone();
            if retries.get(&id).is_some_and(|next| Instant::now() < *next) {
                continue;
            }
            if !tick_one(&gate, &course).await {
                retries.insert(id, Instant::now() + RETRY_INTERVAL);
            }
        }
    }
}

fn open_classes(gate: &Gate) -> Vec<(Course, ClassState)> {
    let mut classes = gate.app.store.classes().unwrap_or_default();
    classes.retain(|(_, state)| *state == ClassState::Open);
    classes
}

/// Whether everybody who is due could be graded.
async fn tick_one(gate: &Gate, course: &Course) -> bool {
    let log = |text: String| gate.log(&text);
    let results = match tick(&gate.services(gate.app.events.clone()), course).await {
        Ok(results) => results,
        Err(error) => {
            log(format!("the clock of class {} cannot be kept: {error}", course.class.id));
            return false;
        }
    };
    for TaskResult { task, result } in &results {
        let label = task.label();
        log(match result {
            Ok(graded) => format!("{label}: time over, {} points", graded.results.score().unwrap_or_default()),
            Err(error) => format!("{label}: time over, and it could not be graded: {error}"),
        });
    }
    results.iter().all(|one| one.result.is_ok())
}
