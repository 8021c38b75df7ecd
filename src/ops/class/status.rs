//! Where everybody in a class stands, and what came of it.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::gather::{failure, gather};
use super::labs;
use crate::attempt::{Entry, State, timeline};
use crate::class::results::Results;
use crate::class::{Course, Member};
use crate::engine::Engine;
use crate::error::Result;
use crate::grade::Grade;
use crate::id::AttemptId;
use crate::lab::LabId;
use crate::ops::ContainerState;
use crate::parallel;
use crate::store::Store;

/// Containers that the engine is asked about at one time.
const JOBS: usize = 16;

/// Where everybody in a class stands.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Its id.
    pub class: String,
    /// Its title.
    pub title: String,
    /// When it was first started.
    pub started: Timestamp,
    /// In roster order.
    pub members: Vec<MemberStatus>,
}

/// Where a member stands.
#[derive(Clone, Debug, Serialize)]
pub struct MemberStatus {
    /// Who.
    #[serde(flatten)]
    pub member: Member,
    /// Their attempts, in order of time.
    pub attempts: Vec<AttemptStatus>,
}

/// Where an attempt stands.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptStatus {
    /// The attempt.
    pub attempt: AttemptId,
    /// The lab.
    pub lab: LabId,
    /// Its state in the store.
    pub state: State,
    /// What the engine says of its container.
    pub container: ContainerState,
    /// GitLab's address.
    pub url: String,
    /// When the time is over.
    pub due: Option<Timestamp>,
    /// When it may be removed.
    pub expires: Timestamp,
    /// Hints taken so far.
    pub hints_taken: usize,
    /// Points at the last grading.
    pub score: Option<u32>,
    /// Whether that found it solved.
    pub solved: bool,
    /// Minutes that it was late.
    pub late_minutes: u32,
    /// Points that this costs.
    pub late_deduction: u32,
    /// Why its environment could not be made, or its container was paused.
    pub problem: Option<String>,
}

/// Where everybody stands. Without an engine, what containers do is unknown.
pub async fn status(store: &Store, engine: Option<&dyn Engine>, course: &Course) -> Result<Status> {
    let mut entries = store.class_attempts(&course.class.id)?;
    let failed = superseded(store, &entries)?;
    entries.retain(|entry| !failed.contains(&entry.attempt.id));
    let attempts = parallel::map(&entries, JOBS, |entry| attempt_status(store, engine, course, entry)).await;
    let mut attempts = attempts.into_iter().collect::<Result<Vec<_>>>()?;
    let mut members = vec![];
    for member in store.members(&course.class.id)? {
        let of = |status: &mut AttemptStatus| {
            entries.iter().any(|entry| entry.attempt.id == status.attempt && entry.attempt.trainee == member.slug)
        };
        members.push(MemberStatus { attempts: attempts.extract_if(.., of).collect(), member });
    }
    let class = &course.class;
    Ok(Status { class: class.id.clone(), title: class.title.clone(), started: course.started, members })
}

/// What came of a class until now. `folder` is that of labs which counts where the class names none. Without an engine,
/// no container is missed.
pub async fn results(
    store: &Store,
    engine: Option<&dyn Engine>,
    course: &Course,
    folder: Option<&Path>,
) -> Result<Results> {
    let containers = match engine {
        Some(engine) => containers(engine, store).await,
        None => None,
    };
    gather(store, course, &labs(folder, course)?, containers.as_ref(), Timestamp::now())
}

async fn containers(engine: &dyn Engine, store: &Store) -> Option<BTreeSet<String>> {
    let objects = engine.list(store.installation()).await.ok()?;
    Some(objects.into_iter().map(|object| object.reference.name).collect())
}

/// Attempts that could not be made, in whose place came another.
fn superseded(store: &Store, entries: &[Entry]) -> Result<BTreeSet<AttemptId>> {
    let mut found = BTreeSet::new();
    for (place, Entry { attempt, state, .. }) in entries.iter().enumerate() {
        let again = |later: &Entry| later.attempt.trainee == attempt.trainee && later.attempt.lab == attempt.lab;
        if *state == State::Stopped
            && entries[place + 1..].iter().any(again)
            && failure(&store.timeline(&attempt.id)?).is_some()
            && store.grades(&attempt.id)?.is_empty()
        {
            found.insert(attempt.id.clone());
        }
    }
    Ok(found)
}

async fn attempt_status(
    store: &Store,
    engine: Option<&dyn Engine>,
    course: &Course,
    entry: &Entry,
) -> Result<AttemptStatus> {
    let Entry { attempt, environment, state } = entry;
    let container = match engine {
        _ if *state == State::Stopped => ContainerState::Gone,
        engine => ContainerState::of(engine, &environment.gitlab()).await,
    };
    let last = store.latest_grade(&attempt.id)?;
    let points = last.as_ref().map(Grade::score);
    let late = last.as_ref().map(|grade| course.class.late.judge(attempt.due, grade.at));
    let events = store.timeline(&attempt.id)?;
    let paused = timeline::pause(&events).filter(|_| container == ContainerState::Paused).map(String::from);
    Ok(AttemptStatus {
        attempt: attempt.id.clone(),
        lab: attempt.lab.clone(),
        state: *state,
        container,
        url: environment.url(),
        due: attempt.due,
        expires: attempt.expires,
        hints_taken: attempt.hints_taken,
        score: points,
        solved: last.is_some_and(|grade| grade.solved()),
        late_minutes: late.map_or(0, |late| late.minutes),
        late_deduction: late.map_or(0, |late| late.deduction(points.unwrap_or_default())),
        problem: failure(&events).or(paused),
    })
}
