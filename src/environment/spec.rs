//! The specification of an environment.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::engine::Role;
use crate::platform::{Platform, Scheme};

/// Revision of the plan. Increase it when a plan makes other objects from the same specification.
const REVISION: u32 = 1;

/// The specification of an environment. Environments with equal specifications are interchangeable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentSpec {
    /// Machines, each with a role of its own.
    pub machines: Vec<Machine>,
    /// GitLab's image family.
    pub platform: Platform,
    /// Scheme of GitLab's URL.
    pub scheme: Scheme,
    /// Address on the host that its port is bound to.
    pub listen: IpAddr,
    /// Name or address by which browsers reach the host; follows `listen` if `None`.
    pub address: Option<String>,
    /// Size in MiB of GitLab's data volume, which then is in memory; on disk and without a limit if `None`.
    pub data_mib: Option<u32>,
}

/// One machine of an environment: a container that lasts as long as the environment does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Role in the environment.
    pub role: Role,
    /// Reference of its image.
    pub image: String,
    /// Resource limits.
    #[serde(default)]
    pub limits: MachineLimits,
}

/// Resource limits of a machine; for `None`, the role's default applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineLimits {
    /// Memory in MiB.
    pub memory_mib: Option<u32>,
    /// Processor time in hundredths of a processor.
    pub cpu_percent: Option<u32>,
    /// Processes and threads.
    pub processes: Option<u32>,
    /// Size of a file, in MiB.
    #[serde(default)]
    pub file_mib: Option<u32>,
}

/// The images of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSet {
    /// Reference of GitLab's image.
    pub gitlab: String,
    /// GitLab's image family.
    pub platform: Platform,
    /// References of the images of all other machines, by build context.
    pub ours: BTreeMap<String, String>,
}

/// Key by which a pooled environment can replace a new one: all inputs of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compatibility {
    /// Version of the program: plans and images differ between versions.
    pub program: String,
    /// Revision of the plan within that version.
    pub revision: u32,
    /// Specification of the environment.
    pub spec: EnvironmentSpec,
}

impl EnvironmentSpec {
    /// The specification with other limits for GitLab.
    #[must_use]
    pub fn limited(mut self, limits: MachineLimits) -> Self {
        self.machines.iter_mut().filter(|machine| machine.role == Role::Gitlab).for_each(|one| one.limits = limits);
        self
    }

    /// Reference of GitLab's image; empty if there is no GitLab.
    #[must_use]
    pub fn image(&self) -> &str {
        let gitlab = self.machines.iter().find(|machine| machine.role == Role::Gitlab);
        gitlab.map_or("", |machine| &machine.image)
    }

    /// Name or address by which browsers reach the host.
    #[must_use]
    pub fn host(&self) -> String {
        let listen = if self.listen.is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { self.listen };
        self.address.clone().unwrap_or_else(|| listen.to_string())
    }

    /// Key by which a pooled environment can replace a new one.
    #[must_use]
    pub fn compatibility(&self) -> Compatibility {
        Compatibility { program: env!("CARGO_PKG_VERSION").into(), revision: REVISION, spec: self.clone() }
    }
}
