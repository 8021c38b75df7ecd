//! Which GitLab an environment runs, and what that one needs: every number that differs between images.

use std::time::Duration;

use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;

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
    /// Port 80 in the container.
    #[default]
    Http,
    /// Port 443 in the container; the lab's seed installs the certificate.
    Https,
}

/// What one platform needs.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Bytes of memory that the container may use, swap included.
    pub memory: u64,
    /// Bytes of `/dev/shm`.
    pub shm: u64,
    /// Bytes that its layer and volumes together hold in any case, and more.
    pub disk: u64,
    /// How long it may take until it is ready after its creation.
    pub boot: Duration,
    /// Pause between two questions whether it is ready.
    pub poll: Duration,
    /// How long services may be coming up after they were started, however idle they look.
    pub grace: Duration,
    /// Processor time beyond which services that still do not answer are broken.
    pub work: Duration,
    /// How long services are waited for in no case longer.
    pub limit: Duration,
}

impl Platform {
    /// As in a lab file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::GitlabCe => "gitlab-ce",
        }
    }

    /// What it needs.
    #[must_use]
    pub const fn profile(self) -> Profile {
        match self {
            Self::Light => Profile {
                memory: 1024 * MIB,
                shm: 64 * MIB,
                disk: 1024 * MIB,
                boot: Duration::from_mins(5),
                poll: Duration::from_millis(50),
                grace: Duration::from_secs(20),
                work: Duration::from_secs(20),
                limit: Duration::from_mins(3),
            },
            Self::GitlabCe => Profile {
                memory: 4096 * MIB,
                shm: 256 * MIB,
                disk: 4096 * MIB,
                boot: Duration::from_mins(15),
                poll: Duration::from_secs(2),
                grace: Duration::from_mins(3),
                work: Duration::from_mins(3),
                limit: Duration::from_mins(15),
            },
        }
    }
}

impl Scheme {
    /// As in a URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// Port that GitLab listens on in its container.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}
