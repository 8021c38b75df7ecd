//! The record of an environment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::spec::EnvironmentSpec;
use crate::engine::{Mount, Owner, Role};
use crate::error::Result;
use crate::id::EnvironmentId;
use crate::random;
use crate::secret::Secret;

/// GitLab's name on the environment's network.
pub const GITLAB_HOST: &str = "gitlab";

/// A GitLab in containers, with its network, volumes and credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Id, which is part of the names and labels of its objects.
    pub id: EnvironmentId,
    /// Machines and settings.
    pub spec: EnvironmentSpec,
    /// Port on the host; 0 until one is chosen.
    pub port: u16,
    /// Credentials of GitLab's `root`.
    pub root: Credentials,
    /// Additional labels of its objects, for people who inspect the engine.
    pub tags: BTreeMap<String, String>,
    /// Time when its creation began.
    pub created: Timestamp,
    /// Time from which `gc` may remove it; also in its labels.
    pub expires: Timestamp,
}

/// A password and an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// For the web interface.
    pub password: Secret,
    /// For the API.
    pub token: Secret,
}

/// The volumes that GitLab's image declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volume {
    /// `/etc/gitlab`
    Config,
    /// `/var/opt/gitlab`
    Data,
    /// `/var/log/gitlab`
    Logs,
}

impl Volume {
    /// All volumes.
    pub const ALL: [Self; 3] = [Self::Config, Self::Data, Self::Logs];

    /// The last part of its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Data => "data",
            Self::Logs => "logs",
        }
    }

    /// Mount point.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Config => "/etc/gitlab",
            Self::Data => "/var/opt/gitlab",
            Self::Logs => "/var/log/gitlab",
        }
    }
}

impl Credentials {
    /// New random credentials.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<Self> {
        Ok(Self {
            password: Secret::new(random::secret(16)?),
            token: Secret::new(format!("glpat-{}", random::secret(20)?)),
        })
    }
}

impl Environment {
    /// A record without objects in the engine, with new credentials.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn draft(id: EnvironmentId, spec: EnvironmentSpec, created: Timestamp, expires: Timestamp) -> Result<Self> {
        Ok(Self { id, spec, port: 0, root: Credentials::random()?, tags: BTreeMap::new(), created, expires })
    }

    /// Name of the container of a machine.
    #[must_use]
    pub fn container(&self, role: Role) -> String {
        format!("breakfix-{}-{}", self.id, role.as_str())
    }

    /// Name of GitLab's container, in which the trainee works.
    #[must_use]
    pub fn gitlab(&self) -> String {
        self.container(Role::Gitlab)
    }

    /// Name of the trusted container that sends requests to GitLab.
    #[must_use]
    pub fn probe(&self) -> String {
        self.container(Role::Probe)
    }

    /// Name of the network between them.
    #[must_use]
    pub fn network(&self) -> String {
        format!("breakfix-{}", self.id)
    }

    /// The mounts of GitLab's volumes.
    #[must_use]
    pub fn mounts(&self) -> Vec<Mount> {
        let mount =
            |volume: Volume| Mount { volume: self.volume(volume), path: volume.path().into(), read_only: false };
        Volume::ALL.map(mount).to_vec()
    }

    /// The mounts of GitLab's volumes in other containers.
    #[must_use]
    pub fn read_only_mounts(&self) -> Vec<Mount> {
        self.mounts().into_iter().map(|mount| Mount { read_only: true, ..mount }).collect()
    }

    /// Name of a volume.
    #[must_use]
    pub fn volume(&self, volume: Volume) -> String {
        format!("breakfix-{}-{}", self.id, volume.as_str())
    }

    /// URL of GitLab.
    #[must_use]
    pub fn url(&self) -> String {
        let (scheme, host) = (self.spec.scheme.as_str(), self.spec.host());
        // Only an IPv6 address has colons.
        if host.contains(':') {
            format!("{scheme}://[{host}]:{}", self.port)
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }

    /// The labels of an object.
    #[must_use]
    pub fn owner(&self, installation: &str, role: Role) -> Owner {
        Owner {
            installation: installation.into(),
            environment: self.id.clone(),
            tags: self.tags.clone(),
            expires: self.expires,
            role,
        }
    }
}
