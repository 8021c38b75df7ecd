use std::net::IpAddr;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::args::time_to_live;
use super::ui::table;
use super::{CliContext, Exit, Ui};
use crate::engine::Engine;
use crate::error::Result;
use crate::id::EnvironmentId;
use crate::ops::ContainerState;
use crate::ops::pool::{self, Drained, FillRequest, Filled, PoolStatus};
use crate::platform::Scheme;

/// Keep a pool of running environments for fast starts
///
/// They are paused: they use memory but no processor. `start` takes one that fits its lab.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Fill(Fill),
    List(List),
    Drain(Drain),
}

/// Create environments and pause them
#[derive(Debug, ClapArgs)]
struct Fill {
    /// Lab whose scheme and limits they get [default: those of most labs]
    lab: Option<String>,
    /// How many
    #[arg(short = 'n', long = "number", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=200))]
    number: u32,
    /// Another GitLab image than the training image
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Address that their ports are bound to
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Time to live in the pool; `breakfix gc` removes what is older
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time_to_live)]
    ttl: Duration,
}

/// Show the environments in the pool and their memory usage
#[derive(Debug, ClapArgs)]
struct List {}

/// Remove the environments in the pool
#[derive(Debug, ClapArgs)]
struct Drain {}

#[derive(Serialize)]
struct PoolRow {
    id: EnvironmentId,
    image: String,
    scheme: Scheme,
    listen: IpAddr,
    ready: bool,
    container: ContainerState,
    memory: Option<u64>,
    created: Timestamp,
    expires: Timestamp,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    match &args.action {
        Action::Fill(args) => fill(args, context, ui).await,
        Action::List(_) => list(context, ui).await,
        Action::Drain(_) => drain(context, ui).await,
    }
}

async fn fill(args: &Fill, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let request = FillRequest {
        lab: args.lab.as_deref().map(|lab| context.library().load(lab)).transpose()?,
        number: args.number,
        image: args.image.clone(),
        listen: args.listen,
        address: context.address_for(args.listen)?,
        ttl: args.ttl,
    };
    let Filled { made, error } = pool::fill(&context.services().await?, &request).await?;
    ui.answer(&json!({ "filled": made }), || match made.as_slice() {
        [] => String::new(),
        made => format!("In the pool: {}.", names(made)),
    });
    error.map_or(Ok(Exit::Done), Err)
}

async fn list(context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    // The list also works without an engine; its states are then unknown.
    let engine = if store.pool()?.is_empty() { None } else { context.engine().await.ok() };
    let list = pool::list(&store, engine.as_ref().map(|engine| engine as &dyn Engine)).await?;
    let rows: Vec<PoolRow> = list.into_iter().map(row).collect();
    ui.answer(&rows, || text(&rows));
    Ok(Exit::Done)
}

fn row(PoolStatus { environment, ready, container, memory }: PoolStatus) -> PoolRow {
    PoolRow {
        container,
        memory,
        ready,
        image: environment.spec.image().into(),
        id: environment.id,
        scheme: environment.spec.scheme,
        listen: environment.spec.listen,
        created: environment.created,
        expires: environment.expires,
    }
}

fn text(rows: &[PoolRow]) -> String {
    if rows.is_empty() {
        return "The pool is empty. `breakfix pool fill` adds an environment.".into();
    }
    let mut table = table(&["ID", "STATE", "MEMORY", "IMAGE", "ADDRESS", "UNTIL"]);
    for row in rows {
        let state = if row.ready { row.container.as_str() } else { "being created" };
        let memory = row.memory.map_or("?".into(), |bytes| format!("{} MiB", bytes >> 20));
        let address = format!("{}://{}", row.scheme.as_str(), row.listen);
        table.add_row([row.id.as_str(), state, &memory, &row.image, &address, &format!("{:.0}", row.expires)]);
    }
    let all: u64 = rows.iter().filter_map(|row| row.memory).sum();
    format!("{}\n\n{} in the pool, {} MiB together", table.trim_fmt(), rows.len(), all >> 20)
}

async fn drain(context: &CliContext, ui: &Ui) -> Result<Exit> {
    let Drained { removed: drained, busy } = pool::drain(&context.app().await?).await?;
    for id in &busy {
        ui.note(&format!("{id} is left alone: another breakfix process is working on it"));
    }
    ui.answer(&json!({ "drained": drained, "busy": busy }), || match drained.as_slice() {
        [] => "Nothing was in the pool.".into(),
        drained => format!("Removed {}.", names(drained)),
    });
    Ok(Exit::Done)
}

fn names(ids: &[EnvironmentId]) -> String {
    ids.iter().map(EnvironmentId::as_str).collect::<Vec<_>>().join(", ")
}
