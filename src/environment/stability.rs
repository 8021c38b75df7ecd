//! Waits until GitLab is stable: after repairs, seeds and restarts, services that have just been started get the time
//! to come up. The container's processor time separates a late service from a broken one: on a busy machine a starting
//! service uses the processor; a broken one leaves the container idle, or has used more than any start needs. Nothing
//! runs in the container for this, because a trainee may have replaced any program there. Processor time includes the
//! trainee's own programs, so stop these first.

use std::time::Duration;

use tokio::time::Instant;

use super::{Environment, GITLAB_HOST};
use crate::engine::{Command, EngineError, OutputLimit, Process};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::host::Host;
use crate::platform::Profile;

/// Pause between two polls: the first and the longest. Polling costs the container processor time as well.
const POLL: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// A younger service may not be listening yet.
const YOUNG: Duration = Duration::from_secs(2);

/// Share of one processor below which a container is idle.
const IDLE: f64 = 0.05;

/// Number of consecutive idle polls that is not a coincidence.
const IDLE_LOOKS: u32 = 2;

/// Measurements of a container that is not ready.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Age of its youngest service.
    age: Duration,
    /// Time since waiting began.
    waited: Duration,
    /// Processor time used meanwhile, without our polls.
    work: Duration,
    /// Consecutive idle polls.
    idle: u32,
}

impl Seen {
    fn look(&mut self, work: Duration, during: Duration) {
        self.work += work;
        self.idle = if work < during.mul_f64(IDLE) { self.idle + 1 } else { 0 };
    }
}

impl Seen {
    /// Whether a service that does not answer is broken rather than late.
    fn is_over(self, profile: Profile) -> bool {
        let had_its_time = self.age.max(self.waited) >= profile.grace;
        let is_working = self.idle < IDLE_LOOKS && self.work < profile.work;
        self.age.max(self.waited) >= profile.limit || had_its_time && !is_working
    }
}

/// Waits until GitLab is ready, or until its services have had their time. A service that does not answer then is
/// broken rather than late.
///
/// # Errors
/// Ctrl-C, and a failure of the engine.
pub async fn wait_until_stable(host: &Host, environment: &Environment, step: &Step) -> Result<()> {
    let stable = host.cancel.run_until_cancelled(wait(host, environment, step)).await.ok_or_else(Error::interrupted)?;
    stable.context(|| "the environment cannot be watched".into())
}

/// Whether GitLab is ready now.
pub async fn is_stable(host: &Host, environment: &Environment) -> bool {
    let look = Look::take(host, environment).await;
    look.is_ok_and(|look| look.is_stable(environment.spec.platform.profile(), Duration::ZERO))
}

async fn wait(host: &Host, environment: &Environment, step: &Step) -> Result<(), EngineError> {
    let (profile, begin) = (environment.spec.platform.profile(), Instant::now());
    let (mut seen, mut pause, mut looks) = (Seen::default(), POLL.0, 0);
    loop {
        let look = Look::take(host, environment).await?;
        if look.is_stable(profile, begin.elapsed()) {
            return Ok(());
        }
        (seen.age, seen.waited) = (look.youngest.unwrap_or_default(), begin.elapsed());
        if seen.is_over(profile) {
            return Ok(());
        }
        host.emit(Event::Progress(step.clone(), "services were just started, waiting for them".into()));
        let looked = Instant::now();
        let work = work_during(host, environment, pause.mul_f64(part(looks))).await?;
        seen.look(work, looked.elapsed());
        (pause, looks) = ((pause * 2).min(POLL.1), looks + 1);
    }
}

/// The fraction of a pause to wait this time, between 0.5 and 1. Even pauses could fall in step with a service that comes
/// and goes, and meet it young each time. Multiples of the golden ratio are spread evenly.
fn part(looks: u32) -> f64 {
    0.5 + (f64::from(looks) * 0.618_034).fract() / 2.0
}

/// State of a container at one moment.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// HTTP status of GitLab's answer; `None` without an answer.
    status: Option<u16>,
    /// Age of the youngest service; `None` without services.
    youngest: Option<Duration>,
}

impl Look {
    async fn take(host: &Host, environment: &Environment) -> Result<Self, EngineError> {
        let (status, youngest) = tokio::join!(answer(host, environment), youngest(host, environment));
        Ok(Self { status: status?, youngest: youngest? })
    }

    /// Whether there is nothing to wait for.
    fn is_stable(self, profile: Profile, waited: Duration) -> bool {
        // Without services nothing is starting.
        let Some(age) = self.youngest else { return true };
        match self.status {
            // The checks find out whether a service still comes and goes after its grace period.
            Some(200..500) => age >= YOUNG || waited >= profile.grace,
            // This answer is from the application, not from an nginx that waits for it.
            Some(500) => age >= profile.grace,
            _ => false,
        }
    }
}

/// The status with which GitLab answers the probe.
async fn answer(host: &Host, environment: &Environment) -> Result<Option<u16>, EngineError> {
    let url = format!("{}://{GITLAB_HOST}/users/sign_in", environment.spec.scheme.as_str());
    let asked = ["curl", "--silent", "--insecure", "--max-time", "5", "--output", "/dev/null", "--write-out"];
    let command =
        Command::new(asked.into_iter().chain(["%{http_code}", &url]), Duration::from_secs(10), OutputLimit::First(64));
    let output = host.engine.exec(&environment.probe(), &command).await?;
    let status = String::from_utf8_lossy(&output.stdout).trim().parse().ok();
    Ok(status.filter(|_| output.exit_code == 0))
}

/// Age of the youngest service, from the engine's process list. `None` if there is no service.
pub async fn youngest(host: &Host, environment: &Environment) -> Result<Option<Duration>, EngineError> {
    Ok(youngest_of(&host.engine.processes(&environment.gitlab()).await?))
}

/// Each service is a child of its own supervisor, next to the process that writes its log.
fn youngest_of(processes: &[Process]) -> Option<Duration> {
    let is_supervised = |process: &&Process| {
        let parent = processes.iter().find(|other| other.number == process.parent);
        parent.is_some_and(|parent| parent.name == "runsv") && process.name != "svlogd"
    };
    processes.iter().filter(is_supervised).map(|process| process.age).min()
}

/// Waits, and gives the processor time that the container used meanwhile.
async fn work_during(host: &Host, environment: &Environment, pause: Duration) -> Result<Duration, EngineError> {
    let container = environment.gitlab();
    let before = host.engine.usage(&container).await?.processor;
    tokio::time::sleep(pause).await;
    Ok(host.engine.usage(&container).await?.processor.saturating_sub(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    #[test]
    fn the_youngest_service_is_found_below_its_supervisor() {
        let process = |(number, parent, age, name): (u32, u32, u64, &str)| Process {
            number,
            parent,
            age: Duration::from_secs(age),
            name: name.into(),
        };
        let all =
            [(1, 0, 900, "init"), (2, 1, 900, "runsv"), (3, 2, 7, "nginx"), (4, 2, 1, "svlogd"), (5, 3, 0, "nginx")];
        assert_eq!(youngest_of(&all.map(process)), Some(Duration::from_secs(7)));
        assert_eq!(youngest_of(&all[..2].iter().copied().map(process).collect::<Vec<_>>()), None);
    }

    /// Seconds: age of the youngest service, waited, processor time; and idle looks.
    fn is_over(age: u64, waited: u64, work: u64, idle: u32) -> bool {
        let seconds = Duration::from_secs;
        let seen = Seen { age: seconds(age), waited: seconds(waited), work: seconds(work), idle };
        seen.is_over(Platform::Light.profile())
    }

    #[test]
    fn what_answers_is_stable_unless_a_service_is_very_young() {
        let seconds = Duration::from_secs;
        let is_stable = |status, youngest: Option<u64>, waited| {
            Look { status, youngest: youngest.map(seconds) }.is_stable(Platform::Light.profile(), seconds(waited))
        };
        for (status, youngest, waited, stable) in [
            (None, None, 0, true),
            (Some(200), Some(2), 0, true),
            (Some(422), Some(9), 0, true),
            (Some(200), Some(1), 0, false),
            (Some(200), Some(1), 20, true),
            (Some(502), Some(60), 60, false),
            (None, Some(60), 60, false),
            (Some(500), Some(19), 60, false),
            (Some(500), Some(20), 0, true),
        ] {
            assert_eq!(is_stable(status, youngest, waited), stable, "{status:?} {youngest:?} {waited}");
        }
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
    fn a_container_that_idles_after_its_window_is_broken() {
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
