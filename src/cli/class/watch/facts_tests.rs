use std::time::Duration;

use super::*;
use crate::attempt::{Attempt, Workspace};
use crate::class::{Joined, Person};
use crate::id::LabId;

pub(super) fn member(slug: &str) -> Member {
    let person = Person { name: slug.to_uppercase(), ..Person::default() };
    Member { person, slug: slug.into(), joined: Joined::ByRoster }
}

fn entry(id: &str, lab: &str, trainee: &str, state: State) -> Entry {
    let Workspace { attempt, environment } = crate::attempt::tests::workspace(id);
    Entry { attempt: Attempt { lab: lab.into(), trainee: trainee.into(), ..attempt }, environment, state }
}

fn ids<'a>(work: &Work, entries: &'a [Entry]) -> Vec<&'a str> {
    shown(work, &member("ada"), entries).into_iter().map(|entry| entry.attempt.id.as_str()).collect()
}

#[test]
fn of_every_lab_the_latest_attempt_is_shown_and_on_a_path_the_latest_of_all() {
    let entries = [
        entry("a1", "a", "ada", State::Stopped),
        entry("x", "a", "bob", State::Running),
        entry("a2", "a", "ada", State::Running),
        entry("b1", "b", "ada", State::Stopped),
    ];
    let labs = ["b", "a", "c"].map(LabId::from).to_vec();
    assert_eq!(ids(&Work::Labs(labs.clone()), &entries), ["b1", "a2"]);
    assert_eq!(ids(&Work::Path(labs), &entries), ["b1"]);
}

fn said(state: State, interrupted: bool, of_container: Option<&str>) -> Option<String> {
    let snapshot = Some(ContainerSnapshot { problem: of_container.map(String::from), ..ContainerSnapshot::default() });
    problem(state, &AttemptDetails { interrupted, snapshot, ..AttemptDetails::default() })
}

#[test]
fn the_problem_that_explains_the_others_is_told() {
    assert_eq!(said(State::Running, false, None), None);
    assert_eq!(said(State::Running, false, Some("its container is down")).unwrap(), "its container is down");
    assert_eq!(said(State::Failed, false, Some("its container is down")).unwrap(), "it could not be created: reset it");
    let interrupted = said(State::Resetting, true, None).unwrap();
    assert_eq!(interrupted, "no process is working on it although it is resetting: reset it");
}

#[test]
fn a_share_of_a_processor_needs_two_looks() {
    let usage = |millis| Ok(Usage { processor: Duration::from_millis(millis), memory: 1 << 20 });
    assert_eq!(snapshot(usage(900), None).processor, None);
    let before = (Duration::from_millis(400), Duration::from_secs(2));
    assert_eq!(snapshot(usage(900), Some(before)).processor, Some(25));
    assert_eq!(
        snapshot(usage(100), Some(before)).processor,
        Some(0),
        "a container that was restarted counts from nothing"
    );
}

#[test]
fn a_container_without_figures_has_none() {
    assert_eq!(snapshot(Ok(Usage::default()), None), ContainerSnapshot::default());
    let gone = snapshot(Err(EngineError::NotFound("container".into())), None);
    assert_eq!(gone.problem.as_deref(), Some("its container is gone"));
}

#[test]
fn the_time_left_is_as_exact_as_it_matters() {
    let left = |seconds: i64| {
        let row = BoardRow {
            due: Some(Timestamp::from_second(100_000 + seconds).unwrap()),
            ..not_started_row(&member("ada"))
        };
        row.left(Timestamp::from_second(100_000).unwrap())
    };
    let said = [59, 60, 3599, 6000, 0, -1, -60].map(left);
    assert_eq!(said, ["59 s", "1 min", "59 min", "1 h 40 min", "over", "over", "-1 min"]);
}
