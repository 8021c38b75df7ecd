//! Repairs and seeds end with services that have just been started. They get the time to come up before
//! anything is concluded.

use std::time::Duration;

use tokio::time::Instant;

use super::Attempt;
use super::ready::{ask, readiness};
use crate::app::App;
use crate::engine::EngineError;
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::lab::Platform;

/// Between two questions: the first, and the longest. To ask costs the box's processor as well.
const POLL: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// How long after its start a service may still be coming up.
fn window(platform: Platform) -> Duration {
    match platform {
        Platform::Light => Duration::from_secs(20),
        Platform::GitlabCe => Duration::from_mins(3),
    }
}

/// Waits until GitLab is ready, or until its services have had their time: what does not answer then is
/// broken, not late.
///
/// # Errors
/// Ctrl-C, and an engine in trouble.
pub async fn settle(app: &App, attempt: &Attempt, step: &Step) -> Result<()> {
    let settled = app.cancel.run_until_cancelled(wait(app, attempt, step)).await.ok_or_else(Error::interrupted)?;
    settled.context(|| "the environment cannot be watched".into())
}

async fn wait(app: &App, attempt: &Attempt, step: &Step) -> Result<(), EngineError> {
    let window = window(attempt.platform);
    let end = Instant::now() + window;
    let mut pause = POLL.0;
    while Instant::now() < end && ask(app, attempt, &readiness(attempt.scheme)).await?.exit_code != 0 {
        let status = ask(app, attempt, &["/opt/gitlab/bin/gitlab-ctl".into(), "status".into()]).await?;
        if youngest(&String::from_utf8_lossy(&status.stdout)).is_none_or(|age| age >= window) {
            return Ok(());
        }
        app.tell(Event::Progress(step.clone(), "services were just started, waiting for them".into()));
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(POLL.1);
    }
    Ok(())
}

/// How long ago the youngest service changed its state, as `gitlab-ctl status` says:
/// `run: nginx: (pid 972) 7s; run: log: (pid 971) 300s`.
fn youngest(status: &str) -> Option<Duration> {
    let seconds = |word: &str| word.trim_end_matches([';', ',']).strip_suffix('s')?.parse().ok();
    status.lines().filter_map(|line| line.split_whitespace().find_map(seconds)).min().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_youngest_service_is_found_whether_it_runs_or_not() {
        let status = "run: nginx: (pid 972) 7s; run: log: (pid 971) 2s\n\
                      down: puma: 3s, normally up; run: log: (pid 970) 1s\n\
                      run: redis: (pid 42) 600s; run: log: (pid 41) 600s\n";
        assert_eq!(youngest(status), Some(Duration::from_secs(3)));
    }

    #[test]
    fn nonsense_has_no_age() {
        assert_eq!(youngest("fail: puma: runsv not running\n-5s 99999999999999999999s s\n"), None);
        assert_eq!(youngest(""), None);
    }
}
