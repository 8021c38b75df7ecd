//! From a draft to a broken GitLab: create, boot, seed, break, confirm.

use super::footprint;
use crate::app::App;
use crate::attempt::{Faults, Happening, Workspace};
use crate::check::{self, Occasion, run_checks};
use crate::environment::readiness::{NotReady, wait_ready};
use crate::environment::{self, Environment, PortChoice, make_root_token, run_script, teardown, wait_until_stable};
use crate::error::{Error, Kind, Result};
use crate::event::{Event, Step};
use crate::grade::{all_ran, differences};
use crate::id::{CheckId, EnvironmentId};
use crate::lab::{Lab, LabPath};

/// Parameters of a launch.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Choice of the environment's port.
    pub port: PortChoice,
    /// Source of the environment.
    pub source: EnvironmentSource,
    /// Faults to apply.
    pub faults: Faults,
}

/// Source of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentSource {
    /// The pool, if it has a compatible one; otherwise it is created.
    Pool,
    /// It is created.
    Fresh,
}

/// Creates the environment, unless it came from the pool, and applies the faults. After a failure, the caller removes the
/// rest.
pub async fn launch(app: &App, workspace: &mut Workspace, what: &Launch<'_>) -> Result<()> {
    let from_pool = resumed(app, workspace).await?;
    if !from_pool {
        environment::create(app, &mut workspace.environment, what.port).await?;
        let port = workspace.environment.port;
        *workspace = app.store.update_environment(&workspace.attempt.id, |record| record.port = port)?;
        boot(app, workspace).await?;
    }
    let prepare = async {
        // An environment from the pool already has its token.
        if !from_pool {
            make_root_token(app, &workspace.environment).await?;
        }
        seed(app, workspace, what.lab).await
    };
    app.step(Step::Seed, prepare).await?;
    if what.faults == Faults::None {
        return hand_over(app, workspace).await;
    }
    let found = break_it(app, workspace, what).await?;
    if found.is_empty() {
        return hand_over(app, workspace).await;
    }
    let error = Error::environment(format!("lab {} is not broken in the way it says", what.lab.id))
        .hint(format!("`breakfix prove {}` shows what its faults do.", what.lab.id));
    Err(found.into_iter().fold(error, Error::because))
}

/// Hands the environment over: from now on, changes in the container count as the trainee's.
pub async fn hand_over(app: &App, workspace: &mut Workspace) -> Result<()> {
    let now = check::now(app, &workspace.environment).await?;
    *workspace = app.store.update(&workspace.attempt.id, |record| record.handed_over = Some(now))?;
    Ok(())
}

/// Resumes the environment that was taken from the pool, if one was. One that does not resume is removed, and the
/// attempt gets one of its own.
async fn resumed(app: &App, workspace: &mut Workspace) -> Result<bool> {
    let own = EnvironmentId::new(workspace.attempt.id.as_str());
    if workspace.environment.id == own {
        return Ok(false);
    }
    let Err(error) = app.step(Step::Take, environment::resume(app, &workspace.environment)).await else {
        app.store.note(&workspace.attempt.id, &Happening::Woken, app.now())?;
        return Ok(true);
    };
    if error.kind == Kind::Interrupted {
        return Err(error);
    }
    app.emit(Event::Failed(Step::Take, error.to_string()));
    teardown(app, &workspace.environment.id).await?;
    *workspace = on_its_own(app, workspace)?;
    Ok(false)
}

/// Gives the attempt an environment under its own id, of which nothing exists yet: of the same specification and with
/// the same credentials and port.
pub(super) fn on_its_own(app: &App, workspace: &Workspace) -> Result<Workspace> {
    let own = workspace.clone().tagged().environment;
    let (id, expires) = (EnvironmentId::new(workspace.attempt.id.as_str()), workspace.attempt.expires);
    app.store.update_environment(&workspace.attempt.id, |record| *record = Environment { id, expires, ..own })
}

/// Waits until GitLab is up.
async fn boot(app: &App, workspace: &Workspace) -> Result<()> {
    let ready = async { wait_ready(app, &workspace.environment).await.map_err(|why| with_log_hint(why, workspace)) };
    app.step(Step::Boot, ready).await
}

fn with_log_hint(reason: NotReady, workspace: &Workspace) -> Error {
    match reason {
        NotReady::Broken(error) => {
            error.hint(format!("Start it again with --keep, and look at `breakfix logs {}`.", workspace.attempt.id))
        }
        NotReady::Unknown(error) => error,
    }
}

/// Applies the faults, and gives the differences between what is broken now and what they name.
pub async fn break_it(app: &App, workspace: &Workspace, what: &Launch<'_>) -> Result<Vec<String>> {
    let inject = async {
        footprint::before(app, workspace).await;
        for fault in what.faults.of(what.lab) {
            run_lab_script(app, workspace, what.lab, &fault.script).await?;
        }
        footprint::after(app, workspace).await;
        Ok(())
    };
    app.step(Step::Break, inject).await?;
    let confirm = async {
        let found = confirm(app, workspace, what.lab, what.faults).await?;
        footprint::keep(app, workspace).await?;
        Ok(found)
    };
    app.step(Step::Confirm, confirm).await
}

/// Gives the differences between what is broken and what the faults name.
pub(super) async fn confirm(app: &App, workspace: &Workspace, lab: &Lab, faults: Faults) -> Result<Vec<String>> {
    let broken: Vec<CheckId> = faults.of(lab).flat_map(|fault| fault.breaks.clone()).collect();
    let graded = run_checks(app, workspace, lab, Occasion::Breaking).await?;
    all_ran(&graded.checks).map_err(|error| {
        error.hint("That says nothing about the lab: try again; `breakfix doctor` looks at the engine.")
    })?;
    Ok(differences(lab, &graded.checks, &broken))
}

async fn seed(app: &App, workspace: &Workspace, lab: &Lab) -> Result<()> {
    for script in &lab.seed {
        run_lab_script(app, workspace, lab, script).await?;
    }
    wait_until_stable(app, &workspace.environment, &Step::Seed).await
}

/// Runs one of the lab's scripts as root in GitLab's container.
pub async fn run_lab_script(app: &App, workspace: &Workspace, lab: &Lab, path: &LabPath) -> Result<()> {
    let script = workspace.script(lab, path)?;
    run_script(app, &workspace.environment, &format!("{}/{path}", lab.id), script).await
}
