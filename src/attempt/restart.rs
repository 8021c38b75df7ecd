//! A box that is stopped and started, as its customer would do it.

use std::time::Duration;

use super::ready::{NotReady, unknown, wait_configured};
use super::{Attempt, settle};
use crate::app::App;
use crate::error::Context;
use crate::event::{Event, Step};

/// How long the box's init gets to end before it is killed.
const GRACE: Duration = Duration::from_secs(20);

/// Restarts the box, and waits until it is configured and its services have had their time. Whether they
/// answer then is for the checks to say.
pub async fn restart(app: &App, attempt: &Attempt, step: &Step) -> Result<(), NotReady> {
    app.tell(Event::Progress(step.clone(), "restarting GitLab to see whether the repair lasts".into()));
    let restarted = app.engine.restart(&attempt.gitlab(), GRACE).await;
    restarted.context(|| "GitLab could not be restarted".into()).map_err(NotReady::Unknown)?;
    let since = app.engine.inspect(&attempt.gitlab()).await.map_err(unknown)?.run_since;
    wait_configured(app, attempt, since, step).await?;
    // An engine in trouble shows in the checks.
    settle(app, attempt, step).await.ok();
    Ok(())
}
