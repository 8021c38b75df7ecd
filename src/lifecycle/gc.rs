//! Garbage collection: removes expired, interrupted and orphaned environments. The plan is pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::attempt::{Entry, State};
use crate::engine::Object;
use crate::environment::teardown;
use crate::error::{Context, Result};
use crate::id::{AttemptId, EnvironmentId};
use crate::store::Pooled;

/// Why an environment is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// It has expired.
    Expired,
    /// The process that worked on it has ended.
    Interrupted,
    /// The store does not know it, or has recorded its removal.
    Orphaned,
    /// The store lists it as running, and the engine has none of its objects.
    Lost,
    /// It belongs to another installation and has expired.
    Abandoned,
}

/// An environment to remove, of an attempt or of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The attempt; for an environment of the pool, its own id.
    pub attempt: AttemptId,
    /// The environment that its objects belong to.
    #[serde(skip)]
    pub environment: EnvironmentId,
    /// Why it is removed.
    pub reason: Reason,
    /// How many objects it has in the engine.
    pub objects: usize,
}

/// What the store knows of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEnvironment {
    /// The attempt that has it, or its own id while it is in the pool.
    pub attempt: AttemptId,
    /// Its state.
    pub state: State,
    /// When it may be removed.
    pub expires: Timestamp,
    /// Whether a living process works on it.
    pub busy: bool,
    /// Whether the process is gone that needed it.
    pub deserted: bool,
}

impl KnownEnvironment {
    fn interrupted(&self) -> bool {
        self.state != State::Stopped && (self.state.under_way() || self.deserted)
    }
}

/// Chooses environments to remove. An environment that a living process works on is left alone, whatever its labels say.
#[must_use]
pub fn plan(objects: &[Object], known: &BTreeMap<EnvironmentId, KnownEnvironment>, now: Timestamp) -> Vec<Candidate> {
    let mut found: BTreeMap<&EnvironmentId, (usize, Timestamp)> = BTreeMap::new();
    for owner in objects.iter().filter_map(|object| object.owner.as_ref()) {
        let entry = found.entry(&owner.environment).or_insert((0, owner.expires));
        entry.0 += 1;
    }
    let in_engine = found.iter().map(|(id, (count, expires))| (*id, *count, reason(id, known.get(*id), *expires, now)));
    let lost = known.iter().filter(|(id, _)| !found.contains_key(id)).map(|(id, standing)| (id, 0, absent(standing)));
    let candidate = in_engine.chain(lost);
    let doom = |(id, objects, reason): (&EnvironmentId, usize, Option<Reason>)| {
        let attempt = known.get(id).map_or_else(|| AttemptId::new(id.as_str()), |standing| standing.attempt.clone());
        Some(Candidate { attempt, environment: id.clone(), reason: reason?, objects })
    };
    candidate.filter_map(doom).collect()
}

fn reason(
    id: &EnvironmentId,
    standing: Option<&KnownEnvironment>,
    expires: Timestamp,
    now: Timestamp,
) -> Option<Reason> {
    match standing {
        Some(standing) if standing.busy => None,
        None => Some(Reason::Orphaned),
        Some(standing) if standing.state == State::Stopped => Some(Reason::Orphaned),
        Some(standing) if standing.interrupted() => Some(Reason::Interrupted),
        // The labels of an environment from the pool have the expiry of the pool.
        Some(standing) if standing.attempt != **id => (standing.expires <= now).then_some(Reason::Expired),
        Some(standing) => (standing.expires.max(expires) <= now).then_some(Reason::Expired),
    }
}

fn absent(standing: &KnownEnvironment) -> Option<Reason> {
    match standing.state {
        _ if standing.busy => None,
        State::Stopped => None,
        _ if standing.interrupted() => Some(Reason::Interrupted),
        _ => Some(Reason::Lost),
    }
}

/// Lists the engine's objects and the store's records, and chooses.
pub async fn survey(app: &App) -> Result<Vec<Candidate>> {
    let objects =
        app.engine.list(&app.installation).await.context(|| "the engine's objects cannot be listed".into())?;
    let mut known = BTreeMap::new();
    // The pool first: an environment that is taken meanwhile belongs to an attempt then, and is in the second list.
    for Pooled { environment, ready, .. } in app.store.pool()? {
        let state = if ready { State::Running } else { State::Starting };
        let busy = is_busy(app, &environment.id)?;
        let (attempt, expires) = (AttemptId::new(environment.id.as_str()), environment.expires);
        known.insert(environment.id, KnownEnvironment { attempt, state, expires, busy, deserted: false });
    }
    for Entry { attempt, environment, state } in app.store.attempts()? {
        let busy = state != State::Stopped && is_busy(app, &attempt.id)?;
        let environment = environment.id;
        let deserted = state != State::Stopped && app.store.is_deserted(&attempt)?;
        let (attempt, expires) = (attempt.id, attempt.expires);
        known.insert(environment, KnownEnvironment { attempt, state, expires, busy, deserted });
    }
    // An environment that was begun between the two queries is in neither list: its lock shows that it is in use.
    for owner in objects.iter().filter_map(|object| object.owner.as_ref()) {
        if !known.contains_key(&owner.environment) && is_busy(app, &owner.environment)? {
            let attempt = AttemptId::new(owner.environment.as_str());
            let (state, expires) = (State::Starting, owner.expires);
            let standing = KnownEnvironment { attempt, state, expires, busy: true, deserted: false };
            known.insert(owner.environment.clone(), standing);
        }
    }
    Ok(plan(&objects, &known, app.now()))
}

fn is_busy(app: &App, attempt: &str) -> Result<bool> {
    Ok(!app.store.lock(attempt)?.try_take()?)
}

/// Removes a chosen environment, unless a process has begun to work on it meanwhile.
pub async fn collect(app: &App, candidate: &Candidate) -> Result<bool> {
    let lock = app.store.lock(&candidate.attempt)?;
    if !lock.try_take()? {
        return Ok(false);
    }
    let was_in_pool = app.store.pool()?.iter().any(|pooled| pooled.environment.id == candidate.environment);
    if was_in_pool && !app.store.pool_remove(&candidate.environment)? {
        return Ok(false);
    }
    match app.store.find(&candidate.attempt)? {
        // It was reset or taken meanwhile.
        Some(entry) if entry.environment.id != candidate.environment => return Ok(false),
        // The process that worked on it has finished since the survey.
        Some(entry)
            if candidate.reason == Reason::Interrupted
                && !entry.state.under_way()
                && !app.store.is_deserted(&entry.attempt)? =>
        {
            return Ok(false);
        }
        Some(entry) if entry.state != State::Stopped => {
            app.store.advance(&candidate.attempt, State::Stopping, app.now())?;
        }
        _ => {}
    }
    teardown(app, &candidate.environment).await?;
    if app.store.find(&candidate.attempt)?.is_some() {
        app.store.advance(&candidate.attempt, State::Stopped, app.now())?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ObjectKind, ObjectRef, Owner};

    const NOW: i64 = 1000;

    fn object(attempt: &str, expires: i64) -> Object {
        let owner = Owner {
            environment: attempt.into(),
            expires: Timestamp::from_second(expires).unwrap(),
            ..Owner::default()
        };
        let reference = ObjectRef { kind: ObjectKind::Volume, id: attempt.into(), name: attempt.into() };
        Object { reference, owner: Some(owner) }
    }

    fn planned(objects: &[Object], known: &[(&str, State, i64, bool)]) -> Vec<(AttemptId, Reason, usize)> {
        let standing = |&(id, state, expires, busy): &(&str, State, i64, bool)| {
            let attempt = AttemptId::new(id);
            let expires = Timestamp::from_second(expires).unwrap();
            (id.into(), KnownEnvironment { attempt, state, expires, busy, deserted: false })
        };
        let known = known.iter().map(standing).collect();
        let now = Timestamp::from_second(NOW).unwrap();
        plan(objects, &known, now)
            .into_iter()
            .map(|candidate| (candidate.attempt, candidate.reason, candidate.objects))
            .collect()
    }

    #[test]
    fn what_runs_and_has_time_left_stays() {
        assert_eq!(planned(&[object("a", NOW + 1)], &[("a", State::Running, NOW + 1, false)]), []);
    }

    #[test]
    fn what_has_expired_goes() {
        let objects = [object("a", NOW), object("a", NOW)];
        assert_eq!(planned(&objects, &[("a", State::Running, NOW, false)]), [("a".into(), Reason::Expired, 2)]);
    }

    #[test]
    fn an_extension_in_the_store_outlives_the_label() {
        assert_eq!(planned(&[object("a", NOW)], &[("a", State::Running, NOW + 60, false)]), []);
    }

    #[test]
    fn what_came_from_the_pool_has_its_attempts_time() {
        let standing = |expires| KnownEnvironment {
            attempt: "ada".into(),
            state: State::Running,
            expires: Timestamp::from_second(expires).unwrap(),
            busy: false,
            deserted: false,
        };
        let now = Timestamp::from_second(NOW).unwrap();
        let planned =
            |label, expires| plan(&[object("pool-x", label)], &[("pool-x".into(), standing(expires))].into(), now);
        assert_eq!(planned(NOW, NOW + 1), []);
        let candidate =
            Candidate { attempt: "ada".into(), environment: "pool-x".into(), reason: Reason::Expired, objects: 1 };
        assert_eq!(planned(NOW + 9, NOW), [candidate]);
    }

    #[test]
    fn what_somebody_works_on_stays_even_if_expired() {
        assert_eq!(planned(&[object("a", NOW)], &[("a", State::Starting, NOW, true)]), []);
    }

    #[test]
    fn what_nobody_works_on_any_more_goes() {
        for state in [State::Starting, State::Resetting, State::Stopping] {
            let expected = [("a".into(), Reason::Interrupted, 1)];
            assert_eq!(planned(&[object("a", NOW + 9)], &[("a", state, NOW + 9, false)]), expected);
        }
    }

    #[test]
    fn what_runs_for_a_process_that_is_gone_goes() {
        let expires = Timestamp::from_second(NOW + 9).unwrap();
        let planned = |state, busy| {
            let standing = KnownEnvironment { attempt: "a".into(), state, expires, busy, deserted: true };
            let candidate =
                plan(&[object("a", NOW + 9)], &[("a".into(), standing)].into(), Timestamp::from_second(NOW).unwrap());
            candidate.into_iter().map(|candidate| candidate.reason).collect::<Vec<_>>()
        };
        assert_eq!(planned(State::Running, false), [Reason::Interrupted]);
        assert_eq!(planned(State::Running, true), []);
        assert_eq!(planned(State::Stopped, false), [Reason::Orphaned]);
    }

    #[test]
    fn what_the_store_does_not_know_goes() {
        assert_eq!(planned(&[object("a", NOW + 9)], &[]), [("a".into(), Reason::Orphaned, 1)]);
    }

    #[test]
    fn what_the_engine_lost_is_written_off() {
        let known = [("a", State::Running, NOW + 9, false), ("b", State::Stopped, NOW, false)];
        assert_eq!(planned(&[], &known), [("a".into(), Reason::Lost, 0)]);
    }
}
