//! Reads the results of a class from the store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::attempt::{Entry, State, TimelineEvent, timeline};
use crate::class::results::{AttemptResults, CheckFacts, Grading, LabFacts, Order, Phase, Results, TraineeResults};
use crate::class::{Course, Member, Work};
use crate::error::Result;
use crate::grade::hints_cost;
use crate::id::LabId;
use crate::lab::Lab;
use crate::store::{ClassState, Store};

/// What came of a class until `now`. `containers` are the names of the containers that the engine has; `None` where it could
/// not be asked, and then no container is missed.
pub fn gather(
    store: &Store,
    course: &Course,
    labs: &BTreeMap<LabId, Lab>,
    containers: Option<&BTreeSet<String>>,
    now: Timestamp,
) -> Result<Results> {
    let entries = store.class_attempts(&course.class.id)?;
    let trainee = |member: Member| {
        let own = entries.iter().filter(|entry| entry.attempt.trainee == member.slug);
        let attempts = own.map(|entry| attempt(store, course, labs, containers, entry)).collect::<Result<_>>()?;
        let person = member.person;
        Ok(TraineeResults { name: person.name, email: person.email, id: person.id, slug: member.slug, attempts })
    };
    let stopped = matches!(store.class(&course.class.id)?, Some((_, ClassState::Stopped)));
    Ok(Results {
        class: course.class.id.clone(),
        title: course.class.title.clone(),
        trainer: course.class.trainer.clone(),
        started: Some(course.started),
        generated: now,
        phase: if stopped { Phase::Over } else { Phase::Running },
        order: match course.class.work {
            Work::Labs(_) => Order::SideBySide,
            Work::Path(_) => Order::Path,
        },
        labs: course.class.work.labs().iter().filter_map(|id| labs.get(id)).map(facts).collect(),
        trainees: store.members(&course.class.id)?.into_iter().map(trainee).collect::<Result<_>>()?,
    })
}

fn facts(lab: &Lab) -> LabFacts {
    let check = |check: &crate::lab::Check| CheckFacts {
        id: check.id.clone(),
        title: check.title.clone(),
        points: check.points,
    };
    LabFacts {
        id: lab.id.clone(),
        title: lab.title.clone(),
        level: lab.level,
        minutes: lab.minutes,
        topics: lab.topics.clone(),
        checks: lab.checks.iter().map(check).collect(),
    }
}

fn attempt(
    store: &Store,
    course: &Course,
    labs: &BTreeMap<LabId, Lab>,
    containers: Option<&BTreeSet<String>>,
    entry: &Entry,
) -> Result<AttemptResults> {
    let Entry { attempt, environment, state } = entry;
    let (grades, events) = (store.grades(&attempt.id)?, store.timeline(&attempt.id)?);
    let container_there = containers.map(|containers| containers.contains(&environment.gitlab()));
    let problem = failure(&events).or_else(|| problem(*state, container_there));
    let solved_at = grades.iter().find(|grade| grade.solved()).map(|grade| grade.at);
    let gradings = grades.into_iter().map(|grade| {
        let late = course.class.late.judge(attempt.due, grade.at);
        Grading { late_deduction: late.deduction(grade.score()), grade }
    });
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
        hints_cost: labs.get(&attempt.lab).map_or(0, |lab| hints_cost(&lab.hints, attempt.hints_taken)),
        gradings: gradings.collect(),
        timeline: events,
        problem,
    })
}

/// Why the latest start or reset of an environment failed; `None` if it did not.
#[must_use]
pub fn failure(events: &[TimelineEvent]) -> Option<String> {
    Some(format!("the environment could not be created: {}", timeline::failure(events)?))
}

/// Problem of an environment, from its state and whether its container exists.
fn problem(state: State, there: Option<bool>) -> Option<String> {
    match (state, there) {
        (State::Failed, _) => Some("the environment could not be created".into()),
        (State::Running, Some(false)) => Some("the engine has no such container any more".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn only_an_expected_container_is_reported_as_missing() {
        assert_eq!(problem(State::Running, Some(true)), None);
        assert_eq!(problem(State::Running, None), None);
        assert_eq!(problem(State::Stopped, Some(false)), None);
        assert!(problem(State::Running, Some(false)).is_some());
        assert!(problem(State::Failed, None).is_some());
    }
}
