//! Status and results of a class.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::gather::{gather, lab_facts, trainee};
use super::labs;
use crate::attempt::{Entry, State, timeline};
use crate::class::results::{LabFacts, Results, Standing, TraineeResults};
use crate::class::{Course, Member};
use crate::engine::Engine;
use crate::error::Result;
use crate::id::{AttemptId, ClassId, LabId};
use crate::ops::ContainerState;
use crate::ops::results::{attempt_results, failure};
use crate::parallel;
use crate::store::Store;

/// Concurrent engine requests.
const JOBS: usize = 16;

/// Status of a class.
#[derive(Clone, Debug, Serialize)]
pub struct ClassStatus {
    /// Id of the class.
    pub class: ClassId,
    /// Title of the class.
    pub title: String,
    /// Time of its first start.
    pub started: Timestamp,
    /// Members in roster order.
    pub members: Vec<MemberStatus>,
}

/// Status of a member.
#[derive(Clone, Debug, Serialize)]
pub struct MemberStatus {
    /// Member of the class.
    #[serde(flatten)]
    pub member: Member,
    /// The member's attempts, oldest first.
    pub attempts: Vec<AttemptStatus>,
}

/// Status of an attempt.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptStatus {
    /// Id of the attempt.
    pub attempt: AttemptId,
    /// Id of the lab.
    pub lab: LabId,
    /// State in the store.
    pub state: State,
    /// State of its container in the engine.
    pub container: ContainerState,
    /// GitLab's address.
    pub url: String,
    /// End of the trainee's time; `None` without a limit.
    pub due: Option<Timestamp>,
    /// Time from which `gc` may remove it.
    pub expires: Timestamp,
    /// Number of hints taken.
    pub hints_taken: usize,
    /// Points that count, after the deduction for lateness; `None` before the first grading.
    pub score: Option<u32>,
    /// Whether the grading that counts solves the lab.
    pub solved: bool,
    /// Lateness of the grading that counts, in minutes.
    pub late_minutes: u32,
    /// Points that were deducted for lateness.
    pub late_deduction: u32,
    /// Why its environment failed or its container was paused.
    pub problem: Option<String>,
}

/// Status of a class. Without an engine, container states are unknown.
pub async fn status(store: &Store, engine: Option<&dyn Engine>, course: &Course) -> Result<ClassStatus> {
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
    Ok(ClassStatus { class: class.id.clone(), title: class.title.clone(), started: course.started, members })
}

/// Results of a class until now. `folder` has the labs of classes without a folder of their own. Without an engine, no
/// container is reported as missing.
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

/// The labs of a class and the results of one member, as far as the store knows them.
pub fn results_of(
    store: &Store,
    course: &Course,
    member: &Member,
    folder: Option<&Path>,
) -> Result<(Vec<LabFacts>, TraineeResults)> {
    let labs = labs(folder, course)?;
    Ok((lab_facts(course, &labs), trainee(store, course, &labs, None, member.clone())?))
}

async fn containers(engine: &dyn Engine, store: &Store) -> Option<BTreeSet<String>> {
    let objects = engine.list(store.installation()).await.ok()?;
    Some(objects.into_iter().map(|object| object.reference.name).collect())
}

/// Failed attempts that were replaced by a later one.
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
    let results = attempt_results(store, course.class.late, entry)?;
    let (best, events) = (results.best(), &results.timeline);
    let paused = timeline::pause(events).filter(|_| container == ContainerState::Paused).map(String::from);
    Ok(AttemptStatus {
        attempt: attempt.id.clone(),
        lab: attempt.lab.clone(),
        state: *state,
        container,
        url: environment.url(),
        due: attempt.due,
        expires: attempt.expires,
        hints_taken: attempt.hints_taken,
        score: results.score(),
        solved: results.standing() == Standing::Solved,
        late_minutes: best.map_or(0, |best| best.late_minutes),
        late_deduction: best.map_or(0, |best| best.late_deduction),
        problem: failure(events).or(paused),
    })
}
