//! A container that is stopped and started, as its customer would do it.

use std::time::Duration;

use super::condition::{can_be_opened, refused};
use crate::app::App;
use crate::attempt::Workspace;
use crate::environment::readiness::{NotReady, unknown, wait_configured};
use crate::environment::wait_until_stable;
use crate::event::{Event, Step};

/// How long the container's init gets to end before it is killed.
const GRACE: Duration = Duration::from_secs(20);

/// Restarts the container, and waits until it is configured and its services have had their time. Whether they
/// answer then is for the checks to say. What the engine cannot start because of what is left in it is broken.
pub async fn restart(app: &App, workspace: &Workspace, step: &Step) -> Result<(), NotReady> {
    app.tell(Event::Progress(step.clone(), "restarting GitLab to see whether the repair lasts".into()));
    can_be_opened(app, workspace).await?;
    if let Err(error) = app.engine.restart(&workspace.environment.gitlab(), GRACE).await {
        return Err(refused(app, workspace, error).await);
    }
    let since = app.engine.inspect(&workspace.environment.gitlab()).await.map_err(unknown)?.run_since;
    wait_configured(app, &workspace.environment, since, step).await?;
    // An engine in trouble shows in the checks.
    wait_until_stable(app, &workspace.environment, step).await.ok();
    Ok(())
}
