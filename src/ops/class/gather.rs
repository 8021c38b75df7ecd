//! Reads the results of a class from the store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::attempt::{Entry, State};
use crate::class::results::{self, AttemptResults, CheckFacts, LabFacts, Order, Phase, Results, TraineeResults};
use crate::class::{Course, Member, Person, Work};
use crate::error::Result;
use crate::grade::hints_cost;
use crate::id::LabId;
use crate::lab::Lab;
use crate::ops::results::attempt_results;
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
    let trainee = |member: Member| trainee(store, course, labs, containers, member);
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
        labs: lab_facts(course, labs),
        trainees: store.members(&course.class.id)?.into_iter().map(trainee).collect::<Result<_>>()?,
    })
}

/// The results of one member.
pub fn trainee(
    store: &Store,
    course: &Course,
    labs: &BTreeMap<LabId, Lab>,
    containers: Option<&BTreeSet<String>>,
    member: Member,
) -> Result<TraineeResults> {
    let mut entries = store.class_attempts(&course.class.id)?;
    entries.retain(|entry| entry.attempt.trainee == member.slug);
    let attempts =
        entries.iter().map(|entry| attempt(store, course, labs, containers, entry)).collect::<Result<_>>()?;
    let Person { name, email, id, login, origin } = member.person;
    let not_reached = BTreeSet::new();
    let mut trainee = TraineeResults { name, email, id, login, origin, slug: member.slug, attempts, not_reached };
    if store.class(&course.class.id)?.is_some_and(|(_, state)| state == ClassState::Stopped) {
        trainee.not_reached = results::not_reached(&course.class.work, &trainee);
    }
    Ok(trainee)
}

/// The labs of a class, in its order.
pub fn lab_facts(course: &Course, labs: &BTreeMap<LabId, Lab>) -> Vec<LabFacts> {
    course.class.work.labs().iter().filter_map(|id| labs.get(id)).map(facts).collect()
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
    let mut results = attempt_results(store, course.class.late, entry)?;
    let there = containers.map(|containers| containers.contains(&entry.environment.gitlab()));
    results.problem = results.problem.or_else(|| problem(entry.state, there));
    results.hints_cost = labs.get(&results.lab).map_or(0, |lab| hints_cost(&lab.hints, results.hints_taken));
    Ok(results)
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

    #[test]
    fn only_an_expected_container_is_reported_as_missing() {
        assert_eq!(problem(State::Running, Some(true)), None);
        assert_eq!(problem(State::Running, None), None);
        assert_eq!(problem(State::Stopped, Some(false)), None);
        assert!(problem(State::Running, Some(false)).is_some());
        assert!(problem(State::Failed, None).is_some());
    }
}
