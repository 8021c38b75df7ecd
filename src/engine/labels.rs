//! Labels: they alone say, on every object in the engine, whose it is and until when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::EnvironmentId;

/// Which installation of breakfix made the object.
pub const INSTALLATION: &str = "dev.breakfix.installation";
/// The attempt that an environment was made for, whose id is the environment's; of the pool, the environment's own id.
const ENVIRONMENT: &str = "dev.breakfix.attempt";
const EXPIRES: &str = "dev.breakfix.expires";
const ROLE: &str = "dev.breakfix.role";
/// What every label of ours begins with; those of an owner's tags follow it with the tag's name.
const PREFIX: &str = "dev.breakfix.";
/// Which of our images it is: `gitlab`, `probe`, `base`.
pub const IMAGE: &str = "dev.breakfix.image";
/// Full digest of what an image was made from.
pub const DIGEST: &str = "dev.breakfix.digest";

/// What an object is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The trainee's container: GitLab.
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
    /// A container of ours that looks at the container for a moment.
    Examiner,
}

impl Role {
    /// As labels and names of containers have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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
    /// The environment that it belongs to.
    pub environment: EnvironmentId,
    /// Further labels, for people who look at the engine: name to value.
    pub tags: BTreeMap<String, String>,
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
        let own = [
            (INSTALLATION, self.installation.clone()),
            (ENVIRONMENT, self.environment.to_string()),
            (EXPIRES, self.expires.to_string()),
            (ROLE, self.role.as_str().into()),
        ];
        let tags = self.tags.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.clone()));
        tags.chain(own.map(|(label, value)| (label.to_string(), value))).collect()
    }

    /// From what the engine kept; `None` if a label is missing or unreadable.
    #[must_use]
    pub fn from_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        const OWN: [&str; 4] = [INSTALLATION, ENVIRONMENT, EXPIRES, ROLE];
        let text = |key: &str| labels.get(key).cloned();
        let tags = labels.iter().filter(|(label, _)| !OWN.contains(&label.as_str()));
        let tags = tags.filter_map(|(label, value)| Some((label.strip_prefix(PREFIX)?.into(), value.clone())));
        Some(Self {
            installation: text(INSTALLATION)?,
            environment: text(ENVIRONMENT)?.into(),
            tags: tags.collect(),
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
            environment: "nginx-502-ada-k3pq".into(),
            tags: [("lab", "nginx-502"), ("trainee", "ada")].map(|(a, b)| (a.into(), b.into())).into(),
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
