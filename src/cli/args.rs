//! Arguments that several commands take.

use std::time::Duration;

use crate::id::TraineeId;
use clap::Args;
use jiff::SignedDuration;

/// Attempt that a command refers to.
#[derive(Debug, Args)]
pub struct AttemptArg {
    /// Attempt, if several are running
    attempt: Option<String>,
}

impl AttemptArg {
    /// Name of the attempt, if given.
    pub fn name(&self) -> Option<&str> {
        self.attempt.as_deref()
    }
}

/// Class that a command refers to.
#[derive(Debug, Args)]
pub struct ClassArg {
    /// Class, if several are running
    class: Option<String>,
}

impl ClassArg {
    /// Id of the class, if given.
    pub fn id(&self) -> Option<&str> {
        self.class.as_deref()
    }
}

/// Class as an option, for commands that take names of people.
#[derive(Debug, Args)]
pub struct ClassOption {
    /// Class, if several are running
    #[arg(long, short, value_name = "CLASS")]
    class: Option<String>,
}

impl ClassOption {
    /// Id of the class, if given.
    pub fn id(&self) -> Option<&str> {
        self.class.as_deref()
    }
}

/// Number of concurrent environments.
#[derive(Debug, Args)]
pub struct Jobs {
    /// Environments worked on at one time [default: two a processor, at most 8]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

impl Jobs {
    /// Number of jobs, if given.
    pub fn number(&self) -> Option<usize> {
        self.jobs.map(usize::from)
    }
}

/// How long something is kept.
pub fn time_to_live(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text.parse().map_err(|_| "write a time such as 90m or 8h")?;
    Duration::try_from(span).ok().filter(|time| !time.is_zero()).ok_or_else(|| "it must be longer than zero".into())
}

/// A time with its unit, or seconds.
pub fn deadline(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map(Duration::from_secs).ok();
    let span = || text.parse::<SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    let day = Duration::from_hours(24);
    let fits = |time: &Duration| !time.is_zero() && *time <= day;
    seconds.or_else(span).filter(fits).ok_or_else(|| "write a time such as 90s or 10m, at most a day".into())
}

/// Who works on an attempt, in the alphabet of ids.
pub fn trainee(text: &str) -> Result<TraineeId, String> {
    if crate::slug::is_trainee(text) {
        Ok(text.into())
    } else {
        Err("a name begins with a letter and has up to 30 lower-case letters, digits and dashes".into())
    }
}
