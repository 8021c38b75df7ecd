//! An environment for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Credentials, Environment, EnvironmentSpec, ImageSet};
use crate::platform::Platform;
use crate::secret::Secret;

pub(crate) fn environment(id: &str) -> Environment {
    let images = ImageSet {
        gitlab: "breakfix/gitlab:1".into(),
        platform: Platform::Light,
        ours: [("probe".into(), "breakfix/probe:1".into())].into(),
    };
    Environment {
        id: id.into(),
        spec: EnvironmentSpec::of(&images),
        port: 8080,
        root: Credentials { password: Secret::new("secret"), token: Secret::new("token") },
        tags: BTreeMap::new(),
        created: Timestamp::UNIX_EPOCH,
        expires: Timestamp::UNIX_EPOCH,
    }
}
