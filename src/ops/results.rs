//! Reads the results of an attempt from the store.

use crate::attempt::{Entry, TimelineEvent, timeline};
use crate::class::Late;
use crate::class::results::{AttemptResults, Grading, Standing};
use crate::error::Result;
use crate::grade::Grade;
use crate::store::Store;

/// The results of an attempt, under the rule for lateness of its class.
pub fn results(store: &Store, entry: &Entry) -> Result<AttemptResults> {
    let class = entry.attempt.class.as_ref().map(|id| store.class(id)).transpose()?.flatten();
    attempt_results(store, class.map_or_else(Late::default, |(course, _)| course.class.late), entry)
}

/// What an attempt has achieved, as it is shown to its trainee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Achieved {
    /// Points.
    pub score: u32,
    /// Whether the lab is solved.
    pub solved: bool,
}

/// What an attempt has achieved: in a class, what counts for it; by oneself, the latest grading since the last reset. `None`
/// before the first grading.
pub fn achieved(store: &Store, entry: &Entry) -> Result<Option<Achieved>> {
    let id = &entry.attempt.id;
    if entry.attempt.class.is_none() {
        let of = |grade: &Grade| Achieved { score: grade.score(), solved: grade.solved() };
        return Ok(store.latest_grade(id)?.as_ref().map(of));
    }
    let results = results(store, entry)?;
    let solved = results.standing() == Standing::Solved;
    Ok(results.score().map(|score| Achieved { score, solved }))
}

/// The results of one attempt under the class's rule for lateness, as far as the store knows them: without the cost of
/// hints, and with no problem but a failed start.
pub fn attempt_results(store: &Store, late: Late, Entry { attempt, state, .. }: &Entry) -> Result<AttemptResults> {
    let (grades, events) = (store.grades(&attempt.id)?, store.timeline(&attempt.id)?);
    let solved_at = grades.iter().find(|grade| grade.solved()).map(|grade| grade.at);
    let gradings = grades.into_iter().map(|grade| Grading::new(grade, late, attempt.due));
    Ok(AttemptResults {
        attempt: attempt.id.clone(),
        lab: attempt.lab.clone(),
        seed: attempt.seed.clone(),
        lab_digest: attempt.lab_digest.clone(),
        state: *state,
        started: attempt.created,
        handed_over: timeline::handed_over(&events),
        solved_at,
        hints_taken: attempt.hints_taken,
        hints_cost: 0,
        gradings: gradings.collect(),
        problem: failure(&events),
        timeline: events,
    })
}

/// Why the latest start or reset of an environment failed; `None` if it did not.
#[must_use]
pub fn failure(events: &[TimelineEvent]) -> Option<String> {
    Some(format!("the environment could not be created: {}", timeline::failure(events)?))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::attempt::Happening;

    #[test]
    fn only_a_failure_of_the_latest_start_counts() {
        let timeline = |whats: &[&str]| -> Option<String> {
            let event = |what: &&str| TimelineEvent { at: Timestamp::UNIX_EPOCH, what: Happening::from_words(what) };
            failure(&whats.iter().map(event).collect::<Vec<_>>())
        };
        let failed = Some("the environment could not be created: no luck".into());
        assert_eq!(timeline(&["starting", "failed: no luck", "stopping", "stopped"]), failed);
        assert_eq!(timeline(&["starting", "running", "resetting", "failed: no luck", "stopped"]), failed);
        assert_eq!(timeline(&["starting", "failed: no luck", "running"]), None);
        assert_eq!(timeline(&["starting"]), None);
    }
}
