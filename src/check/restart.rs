//! Restarts GitLab's container, as its customer would.

use std::time::Duration;

use super::condition::{can_be_opened, refused};
use crate::app::App;
use crate::attempt::Workspace;
use crate::environment::readiness::{NotReady, unknown, wait_configured};
use crate::environment::wait_until_stable;
use crate::event::{Event, Step};

/// Time that the container's init has to shut down.
const GRACE: Duration = Duration::from_secs(20);

/// Restarts the container, and waits until it is configured and its services have had their time. The checks find out
/// whether they answer. If the engine cannot start what is left in the container, it is broken.
pub async fn restart(app: &App, workspace: &Workspace, step: &Step) -> Result<(), NotReady> {
    app.emit(Event::Progress(step.clone(), "restarting GitLab to see whether the repair lasts".into()));
    can_be_opened(app, workspace).await?;
    if let Err(error) = app.engine.restart(&workspace.environment.gitlab(), GRACE).await {
        return Err(refused(app, workspace, error).await);
    }
    let since = app.engine.inspect(&workspace.environment.gitlab()).await.map_err(unknown)?.run_since;
    wait_configured(app, &workspace.environment, since, step).await?;
    // A failure of the engine shows in the checks.
    wait_until_stable(app, &workspace.environment, step).await.ok();
    Ok(())
}
