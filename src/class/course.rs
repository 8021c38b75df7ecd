//! A class as it was started: its file, and what was decided at the start.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::model::{Class, Member, Work};
use crate::attempt::{Draft, Workspace};
use crate::environment::{EnvironmentSpec, ImageSet};
use crate::error::{Error, Result};
use crate::id::LabId;
use crate::lab::Lab;
use crate::secret::Secret;

/// Upper limit for creating an environment.
const MAKING: Duration = Duration::from_mins(30);
/// Time that an environment is kept for the trainer after its time limit.
const GRACE: Duration = Duration::from_hours(4);
/// Time that an environment is kept if there is no time limit.
const UNLIMITED: Duration = Duration::from_hours(12);

/// A class as it was started, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// What its file says.
    pub class: Class,
    /// What trainees' seeds are drawn from.
    pub secret: Secret,
    /// Folder that the labs were taken from; the binary's own labs if `None`.
    pub labs_dir: Option<PathBuf>,
    /// Another GitLab image than ours, as it was asked for.
    pub image: Option<String>,
    /// Name or address by which trainees reach this machine.
    pub address: Option<String>,
    /// Where handouts are written.
    pub handouts: PathBuf,
    /// When it was first started.
    pub started: Timestamp,
    /// When the break began that it is in.
    #[serde(default)]
    pub paused: Option<Timestamp>,
}

/// The facts about a member's attempt that decide what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried<'a> {
    /// Lab id.
    pub lab: &'a LabId,
    /// Whether it is not stopped.
    pub alive: bool,
    /// Whether a grading found it solved.
    pub solved: bool,
}

/// Labs that a member should have and does not have.
#[must_use]
pub fn missing<'a>(work: &'a Work, tried: &[Tried<'_>]) -> Vec<&'a LabId> {
    let any = |lab: &LabId, fits: fn(&Tried<'_>) -> bool| tried.iter().any(|tried| tried.lab == lab && fits(tried));
    let open = work.labs().iter().filter(|lab| !any(lab, |tried| tried.solved));
    let absent = |lab: &&LabId| !any(lab, |tried| tried.alive);
    match work {
        Work::Labs(_) => open.filter(absent).collect(),
        Work::Path(_) => open.take(1).filter(absent).collect(),
    }
}

impl Course {
    /// A draft of a member's attempt. Its seed reveals neither the class's secret nor another trainee's seed.
    pub fn draft(&self, lab: &Lab, images: &ImageSet, member: &Member, now: Timestamp) -> Result<Workspace> {
        let seed = crate::lab::seed(self.secret.expose(), &member.slug);
        let draft = Draft { lab, images, trainee: &member.slug, seed: &seed, time_to_live: self.time_to_live() };
        let Workspace { mut attempt, mut environment } = draft.workspace(now)?;
        attempt.labs_dir.clone_from(&self.labs_dir);
        attempt.class = Some(self.class.id.clone());
        attempt.due = self.due(now)?;
        environment.spec = self.spec(lab, images);
        Ok(Workspace { attempt, environment }.tagged())
    }

    /// What the environments of a lab are made of in this class.
    #[must_use]
    pub fn spec(&self, lab: &Lab, images: &ImageSet) -> EnvironmentSpec {
        let spec = EnvironmentSpec::of(images).limited(self.class.limits);
        let (listen, address) = (self.class.listen, self.address.clone());
        EnvironmentSpec { scheme: lab.address, data_mib: lab.limits.data_mib, listen, address, ..spec }
    }

    /// How long an environment is kept.
    #[must_use]
    pub fn time_to_live(&self) -> Duration {
        self.class.minutes.map_or(UNLIMITED, |minutes| {
            MAKING + GRACE + Duration::from_mins(u64::from(minutes) + u64::from(self.class.late.grace_minutes))
        })
    }

    /// The deadline of a lab that is handed over now.
    pub fn due(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let due = self.class.minutes.map(|minutes| now.checked_add(Duration::from_mins(u64::from(minutes))));
        due.transpose().map_err(|cause| Error::invalid("the time limit is too long").caused_by(cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labs() -> Vec<LabId> {
        ["a", "b", "c"].map(LabId::from).to_vec()
    }

    /// Missing labs, given which labs are running or solved.
    fn missing(work: &Work, tried: &[(&str, bool, bool)]) -> Vec<String> {
        let ids: Vec<LabId> = tried.iter().map(|(lab, ..)| LabId::from(*lab)).collect();
        let tried =
            ids.iter().zip(tried).map(|(lab, (_, alive, solved))| Tried { lab, alive: *alive, solved: *solved });
        super::missing(work, &tried.collect::<Vec<_>>()).into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn side_by_side_everything_that_is_not_there_is_missing() {
        let work = Work::Labs(labs());
        assert_eq!(missing(&work, &[]), ["a", "b", "c"]);
        let there = [("a", true, false), ("b", false, true), ("c", false, false)];
        assert_eq!(missing(&work, &there), ["c"], "what was solved or is there is not");
    }

    #[test]
    fn on_a_path_the_next_is_missing_once_the_one_before_is_solved() {
        let work = Work::Path(labs());
        assert_eq!(missing(&work, &[]), ["a"]);
        assert_eq!(missing(&work, &[("a", true, false)]), [""; 0]);
        assert_eq!(missing(&work, &[("a", false, false)]), ["a"]);
        assert_eq!(missing(&work, &[("a", false, true)]), ["b"]);
        assert_eq!(missing(&work, &["a", "b", "c"].map(|lab| (lab, false, true))), [""; 0]);
    }
}
