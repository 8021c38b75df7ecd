//! The attempt that a command refers to. If there is only one, its name may be omitted.

use std::time::Duration;

use crate::app::App;
use crate::attempt::{Entry, State, Workspace};
use crate::error::{Error, Result};
use crate::store::Store;

/// How long to wait for an attempt that is being created.
const MAKING: Duration = Duration::from_mins(20);

/// The attempt with this id or lab; the only one if no name is given.
pub fn pick(store: &Store, name: Option<&str>) -> Result<Entry> {
    let mut alive = store.attempts()?;
    if let Some(name) = name
        && let Some(entry) = alive.iter().find(|entry| entry.attempt.id == name)
    {
        return Ok(entry.clone());
    }
    alive.retain(|entry| entry.state != State::Stopped && name.is_none_or(|name| *entry.attempt.lab == *name));
    match alive.as_slice() {
        [entry] => Ok(entry.clone()),
        [] => Err(none(name)),
        several => Err(ambiguous(several)),
    }
}

/// Like [`pick`], but only an attempt that was handed over. Waits for one that another process is creating.
pub async fn pick_ready(app: &App, name: Option<&str>) -> Result<Workspace> {
    let entry = pick(&app.store, name)?;
    if !matches!(entry.state, State::Starting | State::Resetting) {
        return entry.handed_over();
    }
    let id = entry.attempt.id;
    app.lock_within(&id, MAKING).await?.release();
    pick(&app.store, Some(&id))?.handed_over()
}

fn none(name: Option<&str>) -> Error {
    let error = match name {
        Some(name) => Error::not_found(format!("there is no attempt {name}")),
        None => Error::not_found("no attempt is running"),
    };
    error.hint("`breakfix status` lists the attempts; `breakfix start LAB` starts one.")
}

fn ambiguous(several: &[Entry]) -> Error {
    let names: Vec<&str> = several.iter().map(|entry| entry.attempt.id.as_str()).collect();
    Error::usage("several attempts are running")
        .hint(format!("Name the one you mean after the command: {}.", names.join(", ")))
}
