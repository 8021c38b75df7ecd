use clap::Args as ClapArgs;
use jiff::{Timestamp, Unit};
use serde::Serialize;

use super::{CliContext, Exit, Ui};
use crate::attempt::{Entry, State, TimelineEvent};
use crate::engine::{Engine, EngineError};
use crate::error::{Context, Result};
use crate::id::{AttemptId, LabId, TraineeId};
use crate::ops::ContainerState;
use crate::ops::results::achieved;
use crate::secret::Secret;
use crate::store::Store;
use crate::text::time_left;

/// Show the attempts and their status
///
/// Exit code 3 if the engine does not report the state of their containers.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// One attempt, with its timeline
    attempt: Option<String>,
    /// Stopped ones as well
    #[arg(long, short)]
    all: bool,
}

/// How much is shown of an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Row,
    Timeline,
}

#[derive(Serialize)]
struct StatusRow {
    attempt: AttemptId,
    lab: LabId,
    trainee: TraineeId,
    state: State,
    /// Started without its faults.
    healthy: bool,
    /// State of the container in the engine.
    container: ContainerState,
    url: String,
    user: &'static str,
    password: Secret,
    seed: String,
    image: String,
    hints_taken: usize,
    created: Timestamp,
    /// End of the trainee's time in a class.
    due: Option<Timestamp>,
    expires: Timestamp,
    score: Option<u32>,
    solved: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<TimelineEvent>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    let detail = if args.attempt.is_some() { Detail::Timeline } else { Detail::Row };
    let mut entries = match &args.attempt {
        Some(name) => vec![super::pick::pick(&store, Some(name))?],
        None => store.attempts()?,
    };
    if args.attempt.is_none() {
        entries.retain(|entry| args.all || entry.state != State::Stopped);
    }
    // The list also works without an engine; container states are then unknown.
    let engine =
        if entries.iter().any(|entry| entry.state != State::Stopped) { Some(context.engine().await) } else { None };
    let (mut rows, mut engine_error, mut down) = (vec![], None, vec![]);
    for entry in entries {
        let state = entry.state;
        let inspected = match &engine {
            Some(Ok(engine)) if state != State::Stopped => inspect(engine, &entry).await,
            Some(Err(error)) if state != State::Stopped => Err(error.clone()),
            _ => Ok(ContainerState::Gone),
        };
        if let (Ok(ContainerState::Down), State::Running) = (&inspected, state) {
            down.push(super::entry::advice(&entry.attempt));
        }
        let container = inspected.unwrap_or_else(|error| {
            engine_error.get_or_insert(error);
            ContainerState::Unknown
        });
        rows.push(row(&store, container, entry, detail)?);
    }
    ui.answer(&rows, || text(&rows, detail));
    for advice in &down {
        ui.note(&format!("A container is down. {advice}"));
    }
    engine_error.map_or(Ok(Exit::Done), Err)
}

async fn inspect(engine: &dyn Engine, entry: &Entry) -> Result<ContainerState> {
    match engine.inspect(&entry.environment.gitlab()).await {
        Err(error) if !matches!(error, EngineError::NotFound(_)) => {
            Err(error).context(|| format!("the container of {} cannot be inspected", entry.attempt.id))
        }
        known => Ok(known.into()),
    }
}

fn row(store: &Store, container: ContainerState, entry: Entry, detail: Detail) -> Result<StatusRow> {
    let achieved = achieved(store, &entry)?;
    let Entry { attempt, environment, state } = entry;
    Ok(StatusRow {
        url: environment.url(),
        image: environment.spec.image().into(),
        container,
        state,
        score: achieved.map(|achieved| achieved.score),
        solved: achieved.is_some_and(|achieved| achieved.solved),
        timeline: if detail == Detail::Timeline { store.timeline(&attempt.id)? } else { vec![] },
        user: "root",
        healthy: attempt.healthy,
        attempt: attempt.id,
        lab: attempt.lab,
        trainee: attempt.trainee,
        password: environment.root.password,
        seed: attempt.seed,
        hints_taken: attempt.hints_taken,
        created: attempt.created,
        due: attempt.due,
        expires: attempt.expires,
    })
}

fn text(rows: &[StatusRow], detail: Detail) -> String {
    if rows.is_empty() {
        return "No attempt is running. `breakfix start LAB` starts one; `breakfix labs` lists the labs.".into();
    }
    let mut table = super::ui::table(&["ATTEMPT", "STATE", "CONTAINER", "ADDRESS", "LEFT", "HINTS", "SCORE"]);
    for row in rows {
        let score = row.score.map_or("-".into(), |score| format!("{score}{}", if row.solved { " solved" } else { "" }));
        let healthy = if row.healthy { ", healthy" } else { "" };
        let (state, left) =
            (format!("{}{healthy}", row.state.as_str()), time_left(row.due.unwrap_or(row.expires), Timestamp::now()));
        table.add_row([
            row.attempt.to_string(),
            state,
            row.container.as_str().into(),
            row.url.clone(),
            left,
            row.hints_taken.to_string(),
            score,
        ]);
    }
    let timeline = |row: &StatusRow| {
        let lines = row
            .timeline
            .iter()
            .map(|event| format!("  {}  {}\n", event.at.round(Unit::Second).unwrap_or(event.at), event.what));
        format!(
            "\n\nuser root, password {}, seed {}, image {}\n{}",
            row.password.expose(),
            row.seed,
            row.image,
            lines.collect::<String>()
        )
    };
    format!("{table}{}", rows.iter().filter(|_| detail == Detail::Timeline).map(timeline).collect::<String>())
}
