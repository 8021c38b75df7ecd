use std::collections::BTreeSet;

use clap::Args as ClapArgs;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

use super::common::pick;
use crate::attempt::{Entry, State, timeline};
use crate::class::gather::failure;
use crate::class::{Course, Member};
use crate::cli::status::{container, left};
use crate::cli::ui::{bold, table};
use crate::cli::{Environment, Exit, Ui};
use crate::engine::Engine;
use crate::error::Result;
use crate::grade::Grade;
use crate::id::AttemptId;
use crate::store::Store;

/// Boxes that the engine is asked about at one time.
const SIDE_BY_SIDE: usize = 16;

/// Show where everybody in a class stands
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which class, where several are under way
    class: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    class: String,
    title: String,
    started: Timestamp,
    members: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    member: Member,
    attempts: Vec<Standing>,
}

#[derive(Serialize)]
struct Standing {
    attempt: AttemptId,
    lab: String,
    state: State,
    /// What the engine says of the box: `up`, `paused`, `down`, `gone`, `unknown`.
    container: &'static str,
    url: String,
    due: Option<Timestamp>,
    expires: Timestamp,
    hints_taken: usize,
    score: Option<u32>,
    solved: bool,
    late_minutes: u32,
    late_deduction: u32,
    /// Why its environment could not be made, or its box was paused.
    problem: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let store = around.store()?;
    let course = pick(&store, args.class.as_deref())?;
    // An engine that is away does not keep the store from answering.
    let engine = around.engine().await.ok();
    let mut entries = store.class_attempts(&course.class.id)?;
    let failed = superseded(&store, &entries)?;
    entries.retain(|entry| !failed.contains(&entry.attempt.id));
    let engine = engine.as_ref().map(|engine| engine as &dyn Engine);
    let standings = entries.iter().map(|entry| standing(&store, engine, &course, entry));
    let standings: Vec<Result<Standing>> = stream::iter(standings).buffered(SIDE_BY_SIDE).collect().await;
    let mut standings: Vec<Standing> = standings.into_iter().collect::<Result<_>>()?;
    let mut members = vec![];
    for member in store.members(&course.class.id)? {
        let of = |standing: &mut Standing| {
            entries.iter().any(|entry| entry.attempt.id == standing.attempt && entry.attempt.trainee == member.slug)
        };
        members.push(Row { attempts: standings.extract_if(.., of).collect(), member });
    }
    let answer = Answer { class: course.class.id, title: course.class.title, started: course.started, members };
    ui.answer(&answer, || human(&answer));
    Ok(Exit::Done)
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

async fn standing(store: &Store, engine: Option<&dyn Engine>, course: &Course, entry: &Entry) -> Result<Standing> {
    let Entry { attempt, environment, state } = entry;
    let container = match engine {
        _ if *state == State::Stopped => "gone",
        Some(engine) => container(engine.inspect(&environment.gitlab()).await),
        None => "unknown",
    };
    let last = store.latest_grade(&attempt.id)?;
    let points = last.as_ref().map(Grade::score);
    let late = last.as_ref().map(|grade| course.class.late.judge(attempt.due, grade.at));
    let events = store.timeline(&attempt.id)?;
    let paused = timeline::pause(&events).filter(|_| container == "paused").map(String::from);
    Ok(Standing {
        attempt: attempt.id.clone(),
        lab: attempt.lab.to_string(),
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

fn human(answer: &Answer) -> String {
    let mut lines = table(&["NAME", "TRAINEE", "LAB", "STATE", "BOX", "ADDRESS", "LEFT", "HINTS", "SCORE"]);
    for row in &answer.members {
        let (name, slug) = (row.member.person.name.as_str(), row.member.slug.as_str());
        if row.attempts.is_empty() {
            lines.add_row([name, slug, "-", "not started", "-", "-", "-", "-", "-"]);
        }
        for standing in &row.attempts {
            lines.add_row(cells(name, slug, standing));
        }
    }
    format!("{}\n\n{lines}", bold(&answer.title))
}

fn cells(name: &str, slug: &str, standing: &Standing) -> [String; 9] {
    let score = standing.score.map_or("-".into(), |score| match (standing.solved, standing.late_deduction) {
        (_, points) if points > 0 => format!("{score} less {points}, late"),
        (true, _) => format!("{score} solved"),
        (false, _) => score.to_string(),
    });
    let over = standing.state == State::Stopped;
    let left = standing.due.filter(|_| !over).map_or_else(|| "-".into(), left);
    let url = if over { "-".into() } else { standing.url.clone() };
    [
        name.into(),
        slug.into(),
        standing.lab.clone(),
        (if over && standing.problem.is_some() { "failed" } else { standing.state.as_str() }).into(),
        standing.container.into(),
        url,
        left,
        standing.hints_taken.to_string(),
        score,
    ]
}
