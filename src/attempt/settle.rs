//! Repairs, seeds and restarts end with services that have just been started. They get the time to come up
//! before anything is concluded. Late is told from broken by the box's own work: on a crowded machine a service
//! that is coming up takes its time and uses its processor; one that is broken leaves the box idle, or has used
//! more than any start needs.

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

/// A box that uses less than this part of one processor is idle.
const IDLE: f64 = 0.05;

/// That many idle looks in a row are none by chance.
const IDLE_LOOKS: u32 = 2;

/// How long services may be coming up.
#[derive(Clone, Copy)]
struct Patience {
    /// Since they were started, however idle they look.
    window: Duration,
    /// Processor time after which a start that needs still more is broken.
    work: Duration,
    /// In no case longer.
    limit: Duration,
}

fn patience(platform: Platform) -> Patience {
    let seconds = Duration::from_secs;
    match platform {
        Platform::Light => Patience { window: seconds(20), work: seconds(20), limit: seconds(180) },
        Platform::GitlabCe => Patience { window: seconds(180), work: seconds(180), limit: seconds(900) },
    }
}

/// What was seen of a box that is not ready.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Since its youngest service changed its state.
    age: Duration,
    /// Since we began to wait.
    waited: Duration,
    /// Processor time that it used meanwhile, apart from our questions.
    work: Duration,
    /// Idle looks in a row.
    idle: u32,
}

impl Seen {
    fn look(&mut self, work: Duration, during: Duration) {
        self.work += work;
        self.idle = if work < during.mul_f64(IDLE) { self.idle + 1 } else { 0 };
    }
}

impl Patience {
    /// Whether what does not answer now is broken, not late.
    fn is_over(self, seen: Seen) -> bool {
        let had_its_window = seen.age.max(seen.waited) >= self.window;
        let is_working = seen.idle < IDLE_LOOKS && seen.work < self.work;
        seen.age.max(seen.waited) >= self.limit || had_its_window && !is_working
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
    let (patience, begin) = (patience(attempt.platform), Instant::now());
    let (mut seen, mut pause) = (Seen::default(), POLL.0);
    while ask(app, attempt, &readiness(attempt.scheme)).await?.exit_code != 0 {
        let status = ask(app, attempt, &["/opt/gitlab/bin/gitlab-ctl".into(), "status".into()]).await?;
        let Some(age) = youngest(&String::from_utf8_lossy(&status.stdout)) else { return Ok(()) };
        (seen.age, seen.waited) = (age, begin.elapsed());
        if patience.is_over(seen) {
            return Ok(());
        }
        app.tell(Event::Progress(step.clone(), "services were just started, waiting for them".into()));
        let looked = Instant::now();
        let work = work_during(app, attempt, pause).await?;
        seen.look(work, looked.elapsed());
        pause = (pause * 2).min(POLL.1);
    }
    Ok(())
}

/// Waits, and tells how much of a processor the box used meanwhile.
async fn work_during(app: &App, attempt: &Attempt, pause: Duration) -> Result<Duration, EngineError> {
    let container = attempt.gitlab();
    let before = app.engine.usage(&container).await?.processor;
    tokio::time::sleep(pause).await;
    Ok(app.engine.usage(&container).await?.processor.saturating_sub(before))
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

    /// Seconds: age of the youngest service, waited, processor time; and idle looks.
    fn is_over(age: u64, waited: u64, work: u64, idle: u32) -> bool {
        let seconds = Duration::from_secs;
        let seen = Seen { age: seconds(age), waited: seconds(waited), work: seconds(work), idle };
        patience(Platform::Light).is_over(seen)
    }

    #[test]
    fn a_service_that_was_just_started_is_late_even_while_it_idles() {
        assert!(!is_over(5, 5, 1, 9));
    }

    #[test]
    fn a_service_that_works_is_late_until_it_has_used_more_than_a_start_needs() {
        assert!(!is_over(60, 60, 12, 0));
        assert!(is_over(60, 60, 20, 0));
    }

    #[test]
    fn a_box_that_idles_after_its_window_is_broken() {
        assert!(!is_over(30, 30, 3, 1));
        assert!(is_over(30, 30, 3, 2));
    }

    #[test]
    fn a_service_that_comes_and_goes_is_broken_in_the_end() {
        assert!(!is_over(0, 25, 10, 0));
        assert!(is_over(0, 25, 20, 0));
    }

    #[test]
    fn idle_looks_count_in_a_row() {
        let millis = Duration::from_millis;
        let mut seen = Seen::default();
        for (work, idle) in [(10, 1), (90, 2), (500, 0), (0, 1)] {
            seen.look(millis(work), millis(2000));
            assert_eq!(seen.idle, idle);
        }
        assert_eq!(seen.work, millis(600));
    }

    #[test]
    fn nothing_is_waited_for_longer_than_the_limit() {
        assert!(is_over(600, 0, 0, 0));
        assert!(is_over(1, 180, 5, 0));
    }
}
