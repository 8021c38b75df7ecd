//! Labels of engine objects: they store the owner and the expiry.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::{IntoDeserializer, value};
use serde::{Deserialize, Serialize};

use crate::id::EnvironmentId;

/// Label of the installation of breakfix that created the object.
pub const INSTALLATION: &str = "dev.breakfix.installation";
/// The attempt that an environment was made for, whose id is the environment's; of the pool, the environment's own id.
const ENVIRONMENT: &str = "dev.breakfix.attempt";
const EXPIRES: &str = "dev.breakfix.expires";
const ROLE: &str = "dev.breakfix.role";
/// Prefix of all our labels. The label of an owner's tag is this prefix and the tag's name.
const PREFIX: &str = "dev.breakfix.";
/// Label with the name of one of our images: `gitlab`, `probe`, `base`.
pub const IMAGE: &str = "dev.breakfix.image";
/// Label with the full digest of an image's inputs.
pub const DIGEST: &str = "dev.breakfix.digest";

/// Purpose of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The trainee's container: GitLab.
    #[default]
    Gitlab,
    /// The trusted container that checks it from outside.
    Probe,
    /// The container that forwards its published port.
    Relay,
    /// The network between them.
    Network,
    /// A volume with its data.
    Volume,
    /// A short-lived trusted container that inspects it.
    Examiner,
}

impl Role {
    /// The role in labels and container names.
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
        Self::deserialize(IntoDeserializer::<value::Error>::into_deserializer(text)).ok()
    }
}

/// Owner and expiry of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Random id of the installation.
    pub installation: String,
    /// Environment of the object.
    pub environment: EnvironmentId,
    /// Additional labels for people who inspect the engine, by name.
    pub tags: BTreeMap<String, String>,
    /// Time after which the object may be removed automatically.
    pub expires: Timestamp,
    /// Purpose of the object.
    pub role: Role,
}

impl Owner {
    /// The same owner, for another kind of object.
    #[must_use]
    pub fn with_role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }

    /// Labels of the object.
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

    /// Parses labels; `None` if one is missing or invalid.
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
    fn labels_are_parsed_back() {
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
    fn invalid_labels_have_no_owner() {
        let mut labels = Owner::default().to_labels();
        labels.insert(EXPIRES.into(), "soon".into());
        assert_eq!(Owner::from_labels(&labels), None);
    }
}
