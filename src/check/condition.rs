//! Inspects an environment before and after its checks, and starts a container once if its trainee brought it down.

use std::time::Duration;

use jiff::SignedDuration;

use super::cause::{Condition, Evidence, Failure, Remedy, Wreck};
use crate::app::App;
use crate::attempt::{Happening, TimelineEvent, Workspace, timeline};
use crate::engine::{Command, ContainerFacts, EngineError, OutputLimit, Runner};
use crate::environment::readiness::{NotReady, unknown, wait_configured};
use crate::environment::{Disk, GITLAB_HOST, disk, wait_until_stable};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};

/// Time between a request to stop a container and its end: the engine lets it shut down.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// The engine records a request to stop a container only after it has sent the signal, at most this long after the
/// container's end.
const LATE: SignedDuration = SignedDuration::from_secs(3);
/// Files that the engine itself opens in a container, without a deadline, before it starts anything there.
const OPENED: [&str; 2] = ["/etc/passwd", "/etc/group"];
/// Largest file that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// Whether an environment can be graded, and if not, who caused that.
pub async fn condition(app: &App, workspace: &Workspace) -> Result<Condition, EngineError> {
    let (gitlab, probe) = (workspace.environment.gitlab(), workspace.environment.probe());
    let (gitlab, probe) = tokio::join!(found(app, &gitlab), found(app, &probe));
    let (gitlab, probe) = (gitlab?, probe?);
    let events = app.store.timeline(&workspace.attempt.id).unwrap_or_default();
    let was_ended = match &gitlab {
        Some(facts) if !facts.running => was_ended(app, workspace, facts, &events).await,
        _ => false,
    };
    let halt = timeline::pause(&events).map(String::from);
    Ok(Evidence { gitlab, probe, network: workspace.environment.network(), was_ended, halt }.condition())
}

async fn found(app: &App, container: &str) -> Result<Option<ContainerFacts>, EngineError> {
    match app.engine.inspect(container).await {
        Ok(facts) => Ok(Some(facts)),
        Err(EngineError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks the engine whether it was told to stop the container. The answer is stored, because the engine keeps only 256
/// events, and each program that runs in a container makes three.
async fn was_ended(app: &App, workspace: &Workspace, facts: &ContainerFacts, events: &[TimelineEvent]) -> bool {
    let (Some(started), Some(ended)) = (facts.started, facts.ended) else { return false };
    if timeline::ended_from_outside(events, ended) {
        return true;
    }
    let from = started.max(ended.checked_sub(GRACE).unwrap_or(started));
    let end = ended.max(started);
    let to = end.checked_add(LATE).unwrap_or(end);
    let was_ended = app.engine.was_ended(&workspace.environment.gitlab(), from, to).await.unwrap_or(false);
    if was_ended {
        app.store.note(&workspace.attempt.id, &Happening::EndedFromOutside { at: ended }, app.now()).ok();
    }
    was_ended
}

/// Makes sure that an environment can be graded: a container that its trainee brought down is started once. Gives the
/// reason if it still cannot be graded, in which case no check can pass.
///
/// # Errors
/// An outage that came from outside.
pub async fn bring_up(app: &App, workspace: &Workspace) -> Result<Option<String>> {
    let wreck = match look(app, workspace).await? {
        Condition::Up => return Ok(None),
        Condition::Failed(failure) => return Err(told(&failure, workspace)),
        Condition::Wrecked(wreck @ Wreck::Halted(_)) => return Ok(Some(wreck.words())),
        Condition::Wrecked(wreck) => wreck,
    };
    app.emit(Event::Progress(Step::Grade, "its container had stopped by itself; starting it again".into()));
    app.store.note(&workspace.attempt.id, &Happening::StartedOnceMore { why: wreck.words() }, app.now())?;
    match app.cancel.run_until_cancelled(start(app, workspace)).await.ok_or_else(Error::interrupted)? {
        Ok(()) => {}
        Err(NotReady::Unknown(error)) => return Err(error),
        // If it runs without being configured, the checks decide.
        Err(NotReady::Broken(error)) => match look(app, workspace).await? {
            Condition::Up => {}
            _ => return Ok(Some(error.message)),
        },
    }
    match look(app, workspace).await? {
        Condition::Up => Ok(None),
        Condition::Wrecked(wreck) => Ok(Some(wreck.words())),
        Condition::Failed(failure) => Err(told(&failure, workspace)),
    }
}

async fn start(app: &App, workspace: &Workspace) -> Result<(), NotReady> {
    can_be_opened(app, workspace).await?;
    if let Err(error) = app.engine.start(&workspace.environment.gitlab()).await {
        return Err(refused(app, workspace, error).await);
    }
    let since = app.engine.inspect(&workspace.environment.gitlab()).await.map_err(unknown)?.run_since;
    wait_configured(app, &workspace.environment, since, &Step::Grade).await?;
    wait_until_stable(app, &workspace.environment, &Step::Grade).await.ok();
    Ok(())
}

/// Checks the files that the engine opens. A pipe in their place would block the engine for ever, and it could neither
/// start nor remove the container.
pub(super) async fn can_be_opened(app: &App, workspace: &Workspace) -> Result<(), NotReady> {
    for path in OPENED {
        let file = app.engine.read_file(&workspace.environment.gitlab(), path, LARGEST).await;
        let is_file = matches!(&file, Ok(Some(facts)) if !facts.directory);
        if let Err(error @ (EngineError::Unreachable { .. } | EngineError::Stalled { .. })) = file {
            return Err(unknown(error));
        }
        if !is_file {
            let why = Wreck::Unstartable(format!("{path} is missing or not a regular file"));
            return Err(NotReady::Broken(Error::environment(why.words())));
        }
    }
    Ok(())
}

/// Why the engine did not start the container: because of what is in it, or for another reason.
pub(super) async fn refused(app: &App, workspace: &Workspace, error: EngineError) -> NotReady {
    match condition(app, workspace).await {
        Ok(Condition::Wrecked(wreck)) if !is_full(app, workspace, &error).await => {
            NotReady::Broken(Error::environment(wreck.words()))
        }
        Ok(Condition::Failed(failure)) => NotReady::Unknown(told(&failure, workspace)),
        // The engine answers about everything but this container.
        Err(EngineError::Stalled { .. }) if app.engine.inspect(&workspace.environment.probe()).await.is_ok() => {
            NotReady::Broken(Error::environment("GitLab is down: the engine waits in vain for a file in its container"))
        }
        _ => unknown(error),
    }
}

/// Whether the disk is really full. Root in the container can make the engine report that; the disk itself shows it.
async fn is_full(app: &App, workspace: &Workspace, error: &EngineError) -> bool {
    matches!(error, EngineError::DiskFull(_))
        && disk(app, &workspace.environment).await.is_none_or(Disk::is_nearly_full)
}

/// Inspects the environment after checks that did not all pass, and gives the reason if the container went down.
///
/// # Errors
/// An outage that came from outside: the checks say nothing then.
pub async fn look_again(app: &App, workspace: &Workspace, probe: Option<&dyn Runner>) -> Result<Option<String>> {
    match condition(app, workspace).await {
        Ok(Condition::Wrecked(wreck)) => Ok(Some(wreck.words())),
        Ok(Condition::Failed(failure)) => Err(told(&failure, workspace)),
        Ok(Condition::Up) if !has_name(app, workspace, probe).await => Err(told(&Failure::NoName, workspace)),
        // If the engine is unreachable, checks could not be run, and say so.
        Ok(Condition::Up) | Err(_) => Ok(None),
    }
}

/// Whether the probe resolves GitLab's name to its container. If the engine cannot tell, the checks will.
async fn has_name(app: &App, workspace: &Workspace, probe: Option<&dyn Runner>) -> bool {
    let Some(probe) = probe else { return true };
    let command = Command::new(["getent", "ahostsv4", GITLAB_HOST], Duration::from_secs(10), OutputLimit::First(4096));
    let gitlab = workspace.environment.gitlab();
    let (Ok(facts), Ok(asked)) = tokio::join!(app.engine.inspect(&gitlab), probe.run(&command)) else { return true };
    let address = facts.networks.get(&workspace.environment.network()).cloned().unwrap_or_default();
    let found = String::from_utf8_lossy(&asked.stdout);
    found.split_whitespace().next() == Some(address.as_str())
}

async fn look(app: &App, workspace: &Workspace) -> Result<Condition> {
    condition(app, workspace).await.context(|| "the environment cannot be inspected".into())
}

/// The failure as an error with a suggestion.
fn told(failure: &Failure, workspace: &Workspace) -> Error {
    let error = Error::environment(format!("{} cannot be graded", workspace.attempt.id)).because(failure.words());
    let (resume, reset) = match &workspace.attempt.class {
        Some(_) => ("`breakfix class resume`".into(), format!("`breakfix class reset {}`", workspace.attempt.trainee)),
        None => (
            format!("`breakfix resume {}`", workspace.attempt.id),
            format!("`breakfix reset {}`", workspace.attempt.id),
        ),
    };
    error.hint(match failure.remedy() {
        Remedy::Resume => format!("{resume} brings it back as it was; {reset} recreates it."),
        Remedy::Reset => format!("{reset} recreates it."),
        Remedy::Unpause => {
            format!("`docker unpause {}` resumes it; {reset} recreates it.", workspace.environment.gitlab())
        }
        Remedy::Room => "Make room (`docker system df` shows what uses it), then grade again.".into(),
    })
}
