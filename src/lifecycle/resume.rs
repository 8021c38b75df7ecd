//! Resumes an environment with its data after a reboot or a crash of the engine.

use std::time::Duration;

use tokio::time::Instant;

use super::footprint;
use super::launch::{Launch, break_it, confirm};
use crate::app::App;
use crate::attempt::{Faults, Footprint, Happening, Workspace};
use crate::engine::{ContainerFacts, EngineError, ObjectKind, Role};
use crate::environment::readiness::{NotReady, unknown, wait_configured};
use crate::environment::wait_until_stable;
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::id::AttemptId;

/// Time that a fault may take to show again after a start if nothing of it was undone: a disk, for one, fills slowly.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_secs(1);

/// How an environment was resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumeOutcome {
    /// It was running.
    Running,
    /// It was started again; a remark if something is not as before, which its fault or its trainee may have caused.
    Back(Option<String>),
    /// It cannot be resumed, for this reason.
    Lost(String),
}

/// Starts every container of an attempt that does not run, and waits until GitLab has configured itself. If that alone
/// repaired the fault, the fault is applied again.
pub async fn resume(app: &App, id: &AttemptId, what: &Launch<'_>) -> Result<ResumeOutcome> {
    let _lock = app.lock(id).await?;
    let workspace = &app.store.known(id)?.workspace();
    let mut down = vec![];
    let mut found = vec![];
    for (role, name) in containers(app, workspace).await? {
        let facts = app.engine.inspect(&name).await;
        if !facts.context(|| "the environment cannot be inspected".into())?.running {
            down.push((role, name));
        }
        found.push(role);
    }
    if workspace.environment.spec.machines.iter().any(|machine| !found.contains(&machine.role)) {
        return Ok(ResumeOutcome::Lost("the engine has lost its containers".into()));
    }
    // A volume in memory lives only while a container holds it.
    if what.lab.limits.data_mib.is_some() && down.iter().any(|(role, _)| *role == Role::Probe) {
        return Ok(ResumeOutcome::Lost("its data was in memory and is lost".into()));
    }
    start(app, workspace, what, &down).await
}

/// The environment's containers, GitLab's last, because it uses the others.
async fn containers(app: &App, workspace: &Workspace) -> Result<Vec<(Role, String)>> {
    let objects = app.engine.list(&app.installation).await;
    let objects = objects.context(|| "the engine's objects cannot be listed".into())?.into_iter();
    let containers = objects.filter(|object| object.reference.kind == ObjectKind::Container);
    let own = |object: crate::engine::Object| {
        let owner = object.owner.filter(|owner| owner.environment == workspace.environment.id)?;
        Some((owner.role, object.reference.name))
    };
    let mut own: Vec<(Role, String)> = containers.filter_map(own).collect();
    own.sort_by_key(|(role, name)| (*role == Role::Gitlab, name.clone()));
    Ok(own)
}

async fn start(app: &App, workspace: &Workspace, what: &Launch<'_>, down: &[(Role, String)]) -> Result<ResumeOutcome> {
    let is_gitlab = down.last().is_some_and(|(role, _)| *role == Role::Gitlab);
    let breaks = is_gitlab && what.faults != Faults::None;
    let fault = if breaks { BeforeStart::look(app, workspace).await? } else { None };
    for (_, name) in down {
        app.check_cancelled()?;
        app.engine.start(name).await.context(|| format!("{name} cannot be started"))?;
    }
    if !is_gitlab {
        return Ok(if down.is_empty() { ResumeOutcome::Running } else { ResumeOutcome::Back(None) });
    }
    app.store.note(&workspace.attempt.id, &Happening::BroughtBack, app.now())?;
    app.emit(Event::Started(Step::Boot));
    let configured =
        async { wait_configured(app, &workspace.environment, ran_before(app, workspace).await?, &Step::Boot).await };
    match app.cancel.run_until_cancelled(configured).await.ok_or_else(Error::interrupted)? {
        Ok(()) => {}
        Err(NotReady::Broken(error)) => return Ok(ResumeOutcome::Back(Some(error.message))),
        Err(NotReady::Unknown(error)) => return Err(error),
    }
    wait_until_stable(app, &workspace.environment, &Step::Boot).await?;
    app.emit(Event::Finished(Step::Boot));
    match fault {
        Some(fault) => Ok(ResumeOutcome::Back(fault.restore(app, workspace, what).await?)),
        None => Ok(ResumeOutcome::Back(None)),
    }
}

/// The footprint of a fault, and the part of it that was undone before the container was started again. Only the trainee
/// can have done that.
struct BeforeStart {
    footprints: Vec<Footprint>,
    undone: Vec<String>,
}

/// Why a fault does not show any more after a start.
#[derive(Debug, PartialEq, Eq)]
enum Healed {
    /// The start alone repaired it.
    ByTheStart,
    /// The trainee worked on it, in this file among others.
    Perhaps(String),
    /// None of its files has changed.
    Unknown,
}

impl BeforeStart {
    /// `None` if the attempt is solved: a start must not undo that.
    async fn look(app: &App, workspace: &Workspace) -> Result<Option<Self>> {
        if app.store.latest_grade(&workspace.attempt.id)?.is_some_and(|grade: Grade| grade.solved()) {
            return Ok(None);
        }
        let footprints = app.store.footprints(&workspace.attempt.id)?;
        let undone = undone(app, workspace, &footprints).await?;
        Ok(Some(Self { footprints, undone }))
    }

    /// Applies the fault again if the start repaired it. Gives a remark for the trainer.
    async fn restore(self, app: &App, workspace: &Workspace, what: &Launch<'_>) -> Result<Option<String>> {
        let Some(healed) = app.step(Step::Confirm, self.healed(app, workspace, what)).await? else {
            return Ok(None);
        };
        let note = match healed {
            Healed::ByTheStart => {
                let again = break_it(app, workspace, what).await?;
                app.store.note(&workspace.attempt.id, &Happening::BrokenAgain, app.now())?;
                match again.first() {
                    None => "starting it had repaired its fault, which was applied again".into(),
                    Some(why) => format!("starting it had repaired its fault, which could not be applied again: {why}"),
                }
            }
            Healed::Perhaps(path) => {
                format!("left as it is: its trainee has changed {path}, and starting may have helped")
            }
            Healed::Unknown => {
                "left as it is: its fault does not show as before, by its trainee's work or by starting".into()
            }
        };
        Ok(Some(note))
    }

    /// `None` if the fault shows as before.
    async fn healed(&self, app: &App, workspace: &Workspace, what: &Launch<'_>) -> Result<Option<Healed>> {
        let end = Instant::now() + PATIENCE;
        loop {
            if confirm(app, workspace, what.lab, Faults::All).await?.is_empty() {
                return Ok(None);
            }
            match healed(&self.undone, &undone(app, workspace, &self.footprints).await?) {
                Healed::Unknown if Instant::now() < end => tokio::time::sleep(POLL).await,
                healed => return Ok(Some(healed)),
            }
        }
    }
}

fn healed(before: &[String], now: &[String]) -> Healed {
    match before.first().cloned() {
        Some(path) => Healed::Perhaps(path),
        None if now.is_empty() => Healed::Unknown,
        None => Healed::ByTheStart,
    }
}

async fn undone(app: &App, workspace: &Workspace, footprints: &[Footprint]) -> Result<Vec<String>> {
    footprint::undone(app, workspace, footprints).await.context(|| "the environment's files cannot be inspected".into())
}

async fn ran_before(app: &App, workspace: &Workspace) -> Result<Option<jiff::Timestamp>, NotReady> {
    let facts: Result<ContainerFacts, EngineError> = app.engine.inspect(&workspace.environment.gitlab()).await;
    Ok(facts.map_err(unknown)?.run_since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_else_has_touched_was_healed_by_the_start() {
        let paths = |paths: &[&str]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(healed(&[], &paths(&["/a"])), Healed::ByTheStart);
        assert_eq!(healed(&paths(&["/b"]), &paths(&["/a", "/b"])), Healed::Perhaps("/b".into()));
        assert_eq!(healed(&[], &[]), Healed::Unknown);
    }
}
