//! Removes people from a class.

use super::{Assignment, Removal, Selection, handouts, labs, run};
use crate::attempt::State;
use crate::class::Course;
use crate::error::{Context, Result};
use crate::id::TraineeId;
use crate::ops::Services;
use crate::parallel;

/// Removes members with their environments and pages. Who has an environment that cannot be removed stays a member.
pub async fn remove(services: &Services, course: &Course, who: &Selection) -> Result<Vec<Removal>> {
    let app = &services.app;
    let members = who.members(&app.store, course)?;
    let all = who.assignments(&app.store, course, |state| state != State::Stopped)?;
    let results = run::stop(app, course, &all, parallel::default_jobs()).await;
    let removal = |(assignment, one): (Assignment, super::TaskResult<()>)| Removal { assignment, result: one.result };
    let removed: Vec<Removal> = all.into_iter().zip(results).map(removal).collect();
    let is_stuck =
        |slug: &TraineeId| removed.iter().any(|one| one.result.is_err() && one.assignment.task.member.slug == *slug);
    let slugs: Vec<TraineeId> = members.into_iter().map(|one| one.slug).filter(|slug| !is_stuck(slug)).collect();
    app.store.remove_members(&course.class.id, &slugs)?;
    for page in slugs.iter().flat_map(|slug| ["html", "md"].map(|kind| format!("{slug}.{kind}"))) {
        let path = course.handouts.join(page);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context(|| format!("{} cannot be removed", path.display()));
            }
            _ => {}
        }
    }
    handouts::write_all(&app.store, course, &labs(services.labs.as_deref(), course)?)?;
    Ok(removed)
}
