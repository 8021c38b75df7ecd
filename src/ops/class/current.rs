//! Where a trainee of a class stands.

use super::{ClassContext, run};
use crate::attempt::{Entry, State};
use crate::class::{Course, Member, Tried, missing};
use crate::error::Result;
use crate::id::LabId;
use crate::ops::Services;
use crate::store::{ClassState, Store};

/// Where a trainee stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Current {
    /// The trainee works on this attempt.
    Attempt(Box<Entry>),
    /// A lab is due that has no environment: [`start_current`] starts it.
    Missing,
    /// Every lab is solved.
    Finished,
    /// The class is over.
    Over,
}

/// The attempt that a trainee works on: at `lab`, or else at the first lab that is not solved.
pub fn current(store: &Store, course: &Course, member: &Member, lab: Option<&LabId>) -> Result<Current> {
    let mut entries = store.class_attempts(&course.class.id)?;
    entries.retain(|entry| entry.attempt.trainee == member.slug);
    let all = entries.iter().map(|entry| run::tried(store, entry)).collect::<Result<Vec<_>>>()?;
    let is_meant = |one: &LabId| lab.is_none_or(|lab| lab == one);
    // What is being stopped on a path makes room for the next lab.
    let is_current =
        |entry: &Entry, tried: &Tried<'_>| entry.state != State::Stopping && tried.alive && is_meant(tried.lab);
    let alive = entries.iter().zip(&all).filter(|(entry, tried)| is_current(entry, tried));
    if let Some((entry, _)) = alive.min_by_key(|(_, tried)| (tried.solved, place(course, tried.lab))) {
        return Ok(Current::Attempt(Box::new(entry.clone())));
    }
    if store.class(&course.class.id)?.is_none_or(|(_, state)| state == ClassState::Stopped) {
        return Ok(Current::Over);
    }
    let is_missing = missing(&course.class.work, &all).into_iter().any(is_meant);
    Ok(if is_missing { Current::Missing } else { Current::Finished })
}

fn place(course: &Course, lab: &LabId) -> usize {
    course.class.work.labs().iter().position(|one| one == lab).unwrap_or(usize::MAX)
}

/// Starts the labs that a trainee should have and does not have.
pub async fn start_current(services: &Services, course: &Course, member: &Member) -> Result<()> {
    let class = ClassContext::open(services, course, None).await?;
    while run::start_missing(&services.app, &class, member).await?.is_some() {}
    Ok(())
}
