//! Labels: they alone say, on every object in the engine, whose it is and until when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which installation of breakfix made the object.
pub const INSTALLATION: &str = "dev.breakfix.installation";
const ATTEMPT: &str = "dev.breakfix.attempt";
const LAB: &str = "dev.breakfix.lab";
const TRAINEE: &str = "dev.breakfix.trainee";
const CLASS: &str = "dev.breakfix.class";
const EXPIRES: &str = "dev.breakfix.expires";
const ROLE: &str = "dev.breakfix.role";
/// Which of our images it is: `gitlab`, `probe`, `base`.
pub const IMAGE: &str = "dev.breakfix.image";
/// Full digest of what an image was made from.
pub const DIGEST: &str = "dev.breakfix.digest";

/// What an object is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The trainee's box: GitLab.
    #[default]
    Gitlab,
    /// The trusted container that looks at it from outside.
    Probe,
    /// The container through which its published port goes.
    Relay,
    /// The network between them.
    Network,
    /// Data.
    Volume,
    /// A container of ours that looks at the box for a moment.
    Examiner,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gitlab => "gitlab",
            Self::Probe => "probe",
            Self::Relay => "relay",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Examiner => "examiner",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Gitlab, Self::Probe, Self::Relay, Self::Network, Self::Volume, Self::Examiner];
        all.into_iter().find(|role| role.as_str() == text)
    }
}

/// Whose an object is, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Random name of the state folder that made it.
    pub installation: String,
    /// Attempt id; of an environment that was made for the pool, its own id, whoever has it now.
    pub attempt: String,
    /// Lab id.
    pub lab: String,
    /// Trainee's name.
    pub trainee: String,
    /// Class, if any.
    pub class: Option<String>,
    /// When it may be removed unasked.
    pub expires: Timestamp,
    /// What it is for.
    pub role: Role,
}

impl Owner {
    /// The same owner, for another kind of object.
    #[must_use]
    pub fn with_role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }

    /// As the engine keeps it.
    #[must_use]
    pub fn to_labels(&self) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::from([
            (INSTALLATION.into(), self.installation.clone()),
            (ATTEMPT.into(), self.attempt.clone()),
            (LAB.into(), self.lab.clone()),
            (TRAINEE.into(), self.trainee.clone()),
            (EXPIRES.into(), self.expires.to_string()),
            (ROLE.into(), self.role.as_str().into()),
        ]);
        if let Some(class) = &self.class {
            labels.insert(CLASS.into(), class.clone());
        }
        labels
    }

    /// From what the engine kept; `None` if a label is missing or unreadable.
    #[must_use]
    pub fn from_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        let text = |key: &str| labels.get(key).cloned();
        Some(Self {
            installation: text(INSTALLATION)?,
            attempt: text(ATTEMPT)?,
            lab: text(LAB)?,
            trainee: text(TRAINEE)?,
            class: text(CLASS),
            expires: text(EXPIRES)?.parse().ok()?,
            role: Role::parse(&text(ROLE)?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_survive_the_engine() {
        let owner = Owner {
            installation: "3fa9".into(),
            attempt: "nginx-502-ada-k3pq".into(),
            lab: "nginx-502".into(),
            trainee: "ada".into(),
            class: Some("spring".into()),
            expires: "2026-11-23T22:00:00Z".parse().unwrap(),
            role: Role::Probe,
        };
        assert_eq!(Owner::from_labels(&owner.to_labels()), Some(owner));
    }

    #[test]
    fn labels_that_make_no_sense_name_no_owner() {
        let mut labels = Owner::default().to_labels();
        labels.insert(EXPIRES.into(), "soon".into());
        assert_eq!(Owner::from_labels(&labels), None);
    }
}
