//! Attempts: a trainee's run of a lab, with its record, states and timeline. Pure.

mod draft;
mod footprint;
pub mod state;
pub mod timeline;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use draft::{Draft, suits};
pub use footprint::Footprint;
pub use state::State;
pub use timeline::{Happening, TimelineEvent};

use crate::environment::{Environment, GITLAB_HOST};
use crate::error::{Error, Result};
use crate::id::{AttemptId, ClassId, EnvironmentId, LabId, TraineeId};
use crate::lab::library::Library;
use crate::lab::{Fault, Lab, LabPath};
use crate::render::{Escape, Values, render};
use crate::secret::Secret;

/// One trainee's run of one lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Id of the attempt.
    pub id: AttemptId,
    /// The lab.
    pub lab: LabId,
    /// Folder of the lab; the built-in labs if `None`.
    pub labs_dir: Option<PathBuf>,
    /// SHA-256 of the lab's content at the start.
    pub lab_digest: String,
    /// The trainee.
    pub trainee: TraineeId,
    /// The class, if it is part of one.
    pub class: Option<ClassId>,
    /// Seed of the lab's variables.
    pub seed: String,
    /// Current or last environment.
    pub environment: EnvironmentId,
    /// Time of creation.
    pub created: Timestamp,
    /// Time from which `gc` may remove it.
    pub expires: Timestamp,
    /// Number of hints taken.
    pub hints_taken: usize,
    /// End of the trainee's time; unlimited if `None`.
    #[serde(default)]
    pub due: Option<Timestamp>,
    /// Time of the hand-over by the engine's clock: later changes of files are the trainee's.
    #[serde(default)]
    pub handed_over: Option<Timestamp>,
    /// Credentials for the gate.
    #[serde(default)]
    pub access: Access,
    /// Whether no fault is applied: the environment is healthy.
    #[serde(default)]
    pub healthy: bool,
    /// Name of a lock held by the process that needs this attempt; the attempt ends with that process.
    #[serde(default)]
    pub holder: Option<String>,
}

/// Credentials of a trainee at the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Password; none is accepted if it is empty.
    pub password: Secret,
    /// Public keys, as in `authorized_keys`.
    pub keys: Vec<String>,
}

impl Access {
    /// Most keys; the oldest make room.
    const KEYS: usize = 20;

    /// Adds a line of `authorized_keys`.
    pub fn add_key(&mut self, line: &str) {
        self.keys.retain(|known| known != line);
        self.keys.push(line.into());
        let surplus = self.keys.len().saturating_sub(Self::KEYS);
        self.keys.drain(..surplus);
    }
}

/// Faults to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// None, so the environment is healthy.
    None,
    /// All faults of the lab.
    All,
    /// One fault, by its index in the lab.
    Only(usize),
}

/// An attempt with its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The trainee's run.
    pub attempt: Attempt,
    /// The environment that it runs in.
    pub environment: Environment,
}

/// An attempt with its environment and state, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The trainee's run.
    pub attempt: Attempt,
    /// Current or last environment.
    pub environment: Environment,
    /// Its state.
    pub state: State,
}

impl Attempt {
    /// Faults to apply.
    #[must_use]
    pub fn faults(&self) -> Faults {
        if self.healthy { Faults::None } else { Faults::All }
    }

    /// When the trainee's time ends: the deadline of a class, otherwise the end of the environment.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.due.unwrap_or(self.expires)
    }

    /// Library of the lab: the attempt's folder, or `labs` if it has none.
    #[must_use]
    pub fn library(&self, labs: Option<&Path>) -> Library {
        Library::new(labs.or(self.labs_dir.as_deref()))
    }
}

impl Faults {
    /// The faults of a lab that are applied.
    pub fn of(self, lab: &Lab) -> impl Iterator<Item = &Fault> {
        let is_applied = move |place: usize| match self {
            Self::None => false,
            Self::All => true,
            Self::Only(one) => one == place,
        };
        lab.faults.iter().enumerate().filter(move |(place, _)| is_applied(*place)).map(|(_, fault)| fault)
    }
}

impl Workspace {
    /// Text of the ticket.
    pub fn ticket(&self, lab: &Lab) -> Result<String> {
        self.text(lab, &lab.ticket)
    }

    /// Text of the debrief.
    pub fn debrief(&self, lab: &Lab) -> Result<String> {
        self.text(lab, &lab.debrief)
    }

    fn text(&self, lab: &Lab, path: &LabPath) -> Result<String> {
        let text = render(lab.file(path), &format!("{}/{path}", lab.id), &self.values(lab, ""), Escape::None)?;
        Ok(text.trim_end().to_string())
    }

    /// Renders a script of the lab with this workspace's values.
    pub fn script(&self, lab: &Lab, path: &LabPath) -> Result<String> {
        self.fill_in(lab, &format!("{}/{path}", lab.id), lab.file(path))
    }

    /// Renders a script with this workspace's values; `name` is its name in errors.
    pub fn fill_in(&self, lab: &Lab, name: &str, text: &str) -> Result<String> {
        render(text, name, &self.values(lab, ""), Escape::Shell)
    }

    /// Values for the lab's scripts and texts. `nonce` is random for each grading.
    #[must_use]
    pub fn values(&self, lab: &Lab, nonce: &str) -> Values {
        let (attempt, environment) = (&self.attempt, &self.environment);
        let mut values: BTreeMap<String, String> =
            crate::lab::draw(lab, attempt.seed.as_bytes(), &attempt.trainee).into_iter().collect();
        let own = [
            ("url", environment.url()),
            ("host", GITLAB_HOST.into()),
            ("scheme", environment.spec.scheme.as_str().into()),
            ("root_password", environment.root.password.expose().into()),
            ("root_token", environment.root.token.expose().into()),
            ("trainee", attempt.trainee.to_string()),
            ("attempt", attempt.id.to_string()),
            ("nonce", nonce.into()),
        ];
        values.extend(own.map(|(name, value)| (name.to_string(), value)));
        Values(values)
    }
}

impl Entry {
    /// The attempt and its environment.
    #[must_use]
    pub fn workspace(self) -> Workspace {
        Workspace { attempt: self.attempt, environment: self.environment }
    }

    /// The workspace, if it was handed over to its trainee and still exists. The caller must know that no other process
    /// works on it.
    ///
    /// # Errors
    /// It was never handed over, or is gone.
    pub fn handed_over(self) -> Result<Workspace> {
        let (id, lab) = (&self.attempt.id, &self.attempt.lab);
        let (message, hint) = match self.state {
            State::Running | State::Failed => return Ok(self.workspace()),
            State::Starting => {
                ("was never handed over: its start was interrupted", "`breakfix gc` removes what is left of it.")
            }
            State::Resetting => {
                ("has no environment: its reset was interrupted", "`breakfix reset ATTEMPT` recreates it.")
            }
            State::Stopping => {
                ("is being removed, or that was interrupted", "`breakfix stop ATTEMPT` removes what is left of it.")
            }
            State::Stopped => ("is stopped", "`breakfix start LAB` starts a new one."),
        };
        let hint = hint.replace("ATTEMPT", id).replace("LAB", lab.as_str());
        Err(Error::conflict(format!("attempt {id} {message}")).hint(hint))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::environment::tests::environment;

    pub(crate) fn attempt(id: &str) -> Attempt {
        Attempt {
            id: id.into(),
            lab: "nginx-502".into(),
            labs_dir: None,
            lab_digest: "d".into(),
            trainee: "ada".into(),
            class: None,
            seed: "1".into(),
            environment: id.into(),
            created: Timestamp::UNIX_EPOCH,
            expires: Timestamp::UNIX_EPOCH,
            hints_taken: 0,
            due: None,
            handed_over: None,
            access: Access { password: Secret::new("secret"), keys: vec![] },
            healthy: false,
            holder: None,
        }
    }

    pub(crate) fn workspace(id: &str) -> Workspace {
        Workspace { attempt: attempt(id), environment: environment(id) }
    }
}
