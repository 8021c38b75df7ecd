//! Bringing an environment back after a reboot, or after its engine has crashed: with the data that it had.

use super::ready::{NotReady, unknown, wait_configured};
use super::{Attempt, lock, settle};
use crate::app::App;
use crate::engine::{ContainerFacts, EngineError, Kind, Role};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::lab::Lab;

/// How an environment came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It had never gone.
    Running,
    /// It is back; what it complains about, which its fault or its trainee may have caused.
    Back(Option<String>),
    /// It cannot come back as it was; why.
    Lost(String),
}

/// Starts every container of an attempt that does not run, and waits until the box has configured itself.
pub async fn resume(app: &App, attempt: &Attempt, lab: &Lab) -> Result<Resumed> {
    let _lock = lock(app, &attempt.id).await?;
    let mut down = vec![];
    let mut found = vec![];
    for (role, name) in containers(app, attempt).await? {
        let facts = app.engine.inspect(&name).await;
        if !facts.context(|| "the environment cannot be looked at".into())?.running {
            down.push((role, name));
        }
        found.push(role);
    }
    if [Role::Gitlab, Role::Probe].iter().any(|role| !found.contains(role)) {
        return Ok(Resumed::Lost("the engine has lost its containers".into()));
    }
    // Memory lives only while somebody holds it.
    if lab.limits.data_mib.is_some() && down.iter().any(|(role, _)| *role == Role::Probe) {
        return Ok(Resumed::Lost("its data lived in memory and went with the engine".into()));
    }
    start(app, attempt, &down).await
}

/// The box last: it is what uses the others.
async fn containers(app: &App, attempt: &Attempt) -> Result<Vec<(Role, String)>> {
    let objects = app.engine.list(app.store.installation()).await;
    let objects = objects.context(|| "what there is cannot be listed".into())?.into_iter();
    let containers = objects.filter(|object| object.reference.kind == Kind::Container);
    let own = |object: crate::engine::Object| {
        let owner = object.owner.filter(|owner| owner.attempt == attempt.environment_id())?;
        Some((owner.role, object.reference.name))
    };
    let mut own: Vec<(Role, String)> = containers.filter_map(own).collect();
    own.sort_by_key(|(role, name)| (*role == Role::Gitlab, name.clone()));
    Ok(own)
}

async fn start(app: &App, attempt: &Attempt, down: &[(Role, String)]) -> Result<Resumed> {
    for (_, name) in down {
        app.check_cancelled()?;
        app.engine.start(name).await.context(|| format!("{name} cannot be started"))?;
    }
    match down.last() {
        None => return Ok(Resumed::Running),
        Some((role, _)) if *role != Role::Gitlab => return Ok(Resumed::Back(None)),
        Some(_) => {}
    }
    app.store.note(&attempt.id, "brought back", app.now())?;
    app.tell(Event::Started(Step::Boot));
    let configured = async { wait_configured(app, attempt, ran_before(app, attempt).await?, &Step::Boot).await };
    match app.cancel.run_until_cancelled(configured).await.ok_or_else(Error::interrupted)? {
        Ok(()) => {}
        Err(NotReady::Broken(error)) => return Ok(Resumed::Back(Some(error.message))),
        Err(NotReady::Unknown(error)) => return Err(error),
    }
    settle(app, attempt, &Step::Boot).await?;
    app.tell(Event::Finished(Step::Boot));
    Ok(Resumed::Back(None))
}

async fn ran_before(app: &App, attempt: &Attempt) -> Result<Option<jiff::Timestamp>, NotReady> {
    let facts: Result<ContainerFacts, EngineError> = app.engine.inspect(&attempt.gitlab()).await;
    Ok(facts.map_err(unknown)?.run_since)
}
