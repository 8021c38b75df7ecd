//! Capacity of the machine for new environments.

use crate::app::App;
use crate::class::Course;
use crate::class::capacity::{Capacity, Expected, capacity};
use crate::error::{Error, Result};
use crate::ops::machine::machine;
use crate::platform::Platform;

/// Measures whether `wanted` more environments fit.
pub async fn measure(app: &App, course: &Course, wanted: usize) -> Result<Capacity> {
    // Other images are assumed to be the real GitLab, which needs more.
    let platform = if course.image.is_some() { Platform::GitlabCe } else { Platform::Light };
    let expected = Expected::of(platform);
    let limit = course.class.limits.memory_mib.map_or_else(|| platform.profile().memory, |mib| u64::from(mib) << 20);
    Ok(capacity(&machine(app, expected).await?, expected, limit, wanted as u64))
}

/// Returns an error with the lacking resources if the environments do not fit.
pub fn check(capacity: &Capacity) -> Result<()> {
    let lacking = capacity.lacking();
    if lacking.is_empty() {
        return Ok(());
    }
    let message =
        format!("{} new environments do not fit this machine: there is room for {}", capacity.wanted, capacity.fits);
    let error = Error::environment(message);
    Err(lacking.iter().fold(error, |error, found| {
        error
            .because(format!(
                "{} is enough for {}: needed {}, available {}",
                found.name, found.fits, found.needed, found.available
            ))
            .hint(found.advice)
    }))
}
