//! Checks that are scripts in the probe container.

use crate::yaml::form::{Key, key};

pub(super) const PROBE: Key =
    key("probe", "probe: checks/nothing-lost.sh", "a script in the trusted probe container: exit 0 passes, 1 fails");
pub(super) const LOOK: Key = key(
    "look",
    "look: checks/modes.sh",
    "a script in the probe container that may read the container's volumes: exit 0 passes, 1 fails",
);
