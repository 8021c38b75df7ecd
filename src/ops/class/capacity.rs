//! Whether new environments fit the machine.

use crate::app::App;
use crate::class::Course;
use crate::class::capacity::{Capacity, Expected, capacity};
use crate::error::{Error, Result};
use crate::ops::machine::machine;
use crate::platform::Platform;

/// Whether so many more environments fit.
pub async fn measure(app: &App, course: &Course, wanted: usize) -> Result<Capacity> {
    // Images of others are taken for the real GitLab, which needs more.
    let platform = if course.image.is_some() { Platform::GitlabCe } else { Platform::Light };
    let expected = Expected::of(platform);
    let limit = course.class.limits.memory_mib.map_or_else(|| platform.profile().memory, |mib| u64::from(mib) << 20);
    Ok(capacity(&machine(app, expected).await?, expected, limit, wanted as u64))
}

/// Refuses what does not fit.
pub fn check(room: &Capacity) -> Result<()> {
    let lacking = room.lacking();
    if lacking.is_empty() {
        return Ok(());
    }
    let message = format!("{} new environments do not fit this machine: there is room for {}", room.wanted, room.fits);
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
