//! A lab that has passed validation: what the rest of the program works with.
//!
//! Values of these types exist only through [`crate::lab::load`]: a `Lab` in hand is a lab without
//! problems, so nothing downstream checks again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::Check;
use super::path::LabPath;
use crate::id::{CheckId, FaultId, LabId};
pub use crate::platform::{Platform, Scheme};

/// A lab.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Name of the lab and of its folder.
    pub id: LabId,
    /// One line, no markup.
    pub title: String,
    /// Experience that the lab asks for.
    pub level: Level,
    /// Free words for `breakfix labs --topic`.
    pub topics: Vec<String>,
    /// Expected time to repair, in minutes; the ticket's SLA.
    pub minutes: u32,
    /// Images that the lab supports; never empty.
    pub runs_on: Vec<Platform>,
    /// The scheme of GitLab's address.
    pub address: Scheme,
    /// Resources of the container that differ from the default.
    pub limits: Limits,
    /// Values that are drawn for each trainee.
    pub variables: BTreeMap<String, Variable>,
    /// Scripts that prepare the healthy environment, in order; run as root in the container.
    pub seed: Vec<LabPath>,
    /// The faults, in order; never empty.
    pub faults: Vec<Fault>,
    /// The hints, in order; never empty.
    pub hints: Vec<Hint>,
    /// The checks; their points add up to 100.
    pub checks: Vec<Check>,
    /// The reference repair; run as root in the container by `prove`.
    pub solution: LabPath,
    /// Tempting repairs that must not pass.
    pub wrong_fixes: Vec<WrongFix>,
    /// Other correct repairs, run as root in the container.
    pub also_fixes: Vec<LabPath>,
    /// Attempts to get points without a repair; run as root in the container.
    pub cheats: Vec<LabPath>,
    /// Programs of the image, or folders of them, whose owner and mode a repair may touch.
    pub may_change: Vec<String>,
    /// The ticket: the customer's words.
    pub ticket: LabPath,
    /// The debriefing, shown once the lab is solved.
    pub debrief: LabPath,
    /// Every file of the lab that a script or text names, by path: contents at load time.
    pub files: BTreeMap<LabPath, String>,
    /// SHA-256 over the lab file and every file named in it, hexadecimal.
    pub digest: String,
}

/// The part of a lab that a list of labs shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the lab.
    pub id: LabId,
    /// One line for lists.
    pub title: String,
    /// Experience that the lab asks for.
    pub level: Level,
    /// Words to find it by.
    pub topics: Vec<String>,
    /// Expected time to repair, in minutes.
    pub minutes: u32,
    /// Images that the lab supports.
    pub runs_on: Vec<Platform>,
}

impl Lab {
    /// The text of one of the lab's files. Validation has read every path the model holds.
    #[must_use]
    pub fn file(&self, path: &LabPath) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// The check of that name, if the lab has it.
    #[must_use]
    pub fn check(&self, id: &CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| &check.id == id)
    }
}

/// Experience that a lab asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The first months.
    Junior,
    /// Somebody who works alone.
    Senior,
    /// Somebody who leads an incident.
    Staff,
}

impl Level {
    /// As lab files write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Junior => "junior",
            Self::Senior => "senior",
            Self::Staff => "staff",
        }
    }
}

/// Limits of the container's resources that differ from the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Size of `/var/opt/gitlab` in MiB, where the lab is about a disk that fills; unlimited otherwise.
    pub data_mib: Option<u32>,
}

/// A value that differs from trainee to trainee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// One of these values, chosen by the seed.
    Pick(Vec<String>),
    /// A word of that many characters of `[a-z0-9]`, chosen by the seed.
    Word(u8),
}

/// One way in which the environment is broken.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Name of the fault, for reports.
    pub id: FaultId,
    /// The script, run as root in the container.
    pub script: LabPath,
    /// Checks that must not pass once the fault is applied; all others must still pass.
    pub breaks: Vec<CheckId>,
}

/// A hint, which costs points.
#[derive(Clone, Debug)]
pub struct Hint {
    /// Points taken off the score.
    pub cost: u32,
    /// The text of the hint, a template.
    pub text: String,
}

/// A repair that tempts and must not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongFix {
    /// The script, run as root in the container.
    pub script: LabPath,
    /// Every check that fails outright after it; never empty.
    pub still_fails: Vec<CheckId>,
}
