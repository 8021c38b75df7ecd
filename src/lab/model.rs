//! A lab that has passed validation: what the rest of the program works with.
//!
//! Values of these types exist only through [`crate::lab::load`]: a `Lab` in hand is a lab without
//! problems, so nothing downstream checks again.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Name of a lab, its folder, and the first part of an attempt's id: `[a-z][a-z0-9-]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LabId(pub(super) String);

/// Name of a check, unique in its lab: `[a-z][a-z0-9-]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CheckId(pub(super) String);

/// Name of a fault, unique in its lab: `[a-z][a-z0-9-]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FaultId(pub(super) String);

/// A file of the lab, relative to its folder, never leaving it: `wrong/hand-edit.sh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LabPath(pub(super) String);

macro_rules! text_newtype {
    ($($name:ident),*) => {$(
        impl $name {
            /// The name as it stands in the lab file.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}
text_newtype!(LabId, CheckId, FaultId, LabPath);

/// One lab, whole.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Name; equals the folder's.
    pub id: LabId,
    /// One line, no markup.
    pub title: String,
    /// Whom it is for.
    pub level: Level,
    /// Free words for `breakfix labs --topic`.
    pub topics: Vec<String>,
    /// Expected time to repair, in minutes; the ticket's SLA.
    pub minutes: u32,
    /// Images it is made for; never empty.
    pub runs_on: Vec<Platform>,
    /// How a browser reaches GitLab.
    pub address: Scheme,
    /// Where the box's resources differ from the default.
    pub limits: Limits,
    /// Drawn per trainee.
    pub variables: BTreeMap<String, Variable>,
    /// Scripts that prepare the healthy world, in order; run as root in the box.
    pub seed: Vec<LabPath>,
    /// What breaks it, in order; never empty.
    pub faults: Vec<Fault>,
    /// In the order in which they are given out; never empty.
    pub hints: Vec<Hint>,
    /// Points add up to 100.
    pub checks: Vec<Check>,
    /// The reference repair; run as root in the box by `prove`.
    pub solution: LabPath,
    /// Tempting repairs that must not pass.
    pub wrong_fixes: Vec<WrongFix>,
    /// Other correct repairs, run as root in the box.
    pub also_fixes: Vec<LabPath>,
    /// What is tried instead of a repair; run as root in the box.
    pub cheats: Vec<LabPath>,
    /// Programs of the image, or folders of them, whose owner and mode a repair may touch.
    pub may_change: Vec<String>,
    /// The customer's words.
    pub ticket: LabPath,
    /// Shown once solved.
    pub debrief: LabPath,
    /// Every file of the lab that a script or text names, by path: contents at load time.
    pub files: BTreeMap<LabPath, String>,
    /// SHA-256 over the lab file and every file named in it, hexadecimal.
    pub digest: String,
}

/// What a list of labs shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Name.
    pub id: String,
    /// One line.
    pub title: String,
    /// Whom it is for.
    pub level: Level,
    /// Words to find it by.
    pub topics: Vec<String>,
    /// Expected time to repair.
    pub minutes: u32,
    /// Images it is made for.
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

/// Whom a lab is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// First months.
    Junior,
    /// Works alone.
    Senior,
    /// Leads an incident.
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

/// Which image a lab runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// The project's own training image.
    Light,
    /// The real `gitlab/gitlab-ce` image.
    GitlabCe,
}

/// How a browser reaches GitLab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Port 80 in the box.
    #[default]
    Http,
    /// Port 443 in the box; the lab's seed brings the certificate.
    Https,
}

/// What a box may use beyond the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Size of `/var/opt/gitlab` in MiB, where the lab is about a disk that fills; unlimited otherwise.
    pub data_mib: Option<u32>,
}

/// A value that differs from trainee to trainee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// One of these, by the seed.
    Pick(Vec<String>),
    /// That many characters of `[a-z0-9]`, by the seed.
    Word(u8),
}

/// One way in which the world is broken.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Name, for reports.
    pub id: FaultId,
    /// Run as root in the box.
    pub script: LabPath,
    /// Checks that must not pass once it is in; all others must still pass.
    pub breaks: Vec<CheckId>,
}

/// A nudge, for points.
#[derive(Clone, Debug)]
pub struct Hint {
    /// Points taken off the score.
    pub cost: u32,
    /// A template.
    pub text: String,
}

/// A repair that tempts and must not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongFix {
    /// Run as root in the box.
    pub script: LabPath,
    /// Every check that fails outright after it; never empty.
    pub still_fails: Vec<CheckId>,
}

/// One scripted assertion about the repaired environment.
#[derive(Clone, Debug)]
pub struct Check {
    /// Name.
    pub id: CheckId,
    /// What a trainee reads, as a fact that should hold.
    pub title: String,
    /// Out of 100.
    pub points: u32,
    /// Checks that must pass first, or this one is blocked.
    pub needs: Vec<CheckId>,
    /// Runs only after the box was restarted.
    pub after_restart: bool,
    /// How long it may take; beyond it, it could not be run.
    pub timeout: Duration,
    /// Where and what.
    pub probe: Probe,
}

/// Where a check runs and what it asserts, strongest first.
#[derive(Clone, Debug)]
pub enum Probe {
    /// A request from the trusted probe container.
    Http(HttpCheck),
    /// A script in the trusted probe container.
    Outside(LabPath),
    /// Facts from the engine, without running anything in the box.
    Inspect(InspectCheck),
    /// A script in the probe container, as root, which may read the box's volumes.
    Look(LabPath),
    /// A setting as the image's own GitLab reads it.
    Config(ConfigCheck),
}

/// A request and what its answer must be. At least one expectation is set.
#[derive(Clone, Debug)]
pub struct HttpCheck {
    /// Upper-case method.
    pub method: String,
    /// Template; begins with `/`.
    pub path: String,
    /// `None`: the lab's address scheme.
    pub scheme: Option<Scheme>,
    /// Request headers; values are templates.
    pub headers: BTreeMap<String, String>,
    /// Request body, a template.
    pub body: Option<String>,
    /// Expected status.
    pub status: Option<u16>,
    /// Text that the body must hold; a template.
    pub contains: Option<String>,
    /// Text that the body must not hold; a template.
    pub lacks: Option<String>,
}

/// What a setting must be. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct ConfigCheck {
    /// Its keys with dots between them: `gitlab_rails.backup_keep_time`.
    pub setting: String,
    /// As text; a template.
    pub equals: Option<String>,
    /// The smallest number.
    pub least: Option<u32>,
    /// The largest number.
    pub most: Option<u32>,
}

/// Facts the engine knows. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct InspectCheck {
    /// Whether the box's container must be running.
    pub running: Option<bool>,
    /// A file of the box, read through the engine.
    pub file: Option<FileCheck>,
    /// Files and folders of the box that must be there, belong to root, and be writable for nobody else.
    pub only_root_writes: Vec<String>,
}

/// What a file of the box must be. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct FileCheck {
    /// Absolute path in the box.
    pub path: String,
    /// Whether it must be there; implied `true` by all others.
    pub exists: Option<bool>,
    /// Text it must hold; a template.
    pub contains: Option<String>,
    /// Text it must not hold; a template.
    pub lacks: Option<String>,
    /// Words that no line may begin with, in whatever case; a template.
    pub lacks_setting: Option<String>,
    /// Permission bits, octal: `0o640`.
    pub mode: Option<u32>,
}
