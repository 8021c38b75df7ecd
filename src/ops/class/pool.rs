//! Pool of a class, for late joiners and resets.

use super::ClassContext;
use crate::app::App;
use crate::class::Course;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::pool;

/// Tag of pooled environments with the id of their class.
const TAG: &str = "class";

/// Number of environments that the class's pool lacks.
pub fn lacking(app: &App, course: &Course) -> Result<usize> {
    let own = app.store.pool()?.iter().filter(|pooled| belongs(&pooled.environment, course)).count();
    Ok((course.class.pool as usize).saturating_sub(own))
}

/// Fills the class's pool with environments for its first lab. A failure is only a warning.
pub async fn fill(app: &App, class: &ClassContext) -> Result<()> {
    let course = &class.course;
    let first = course.class.work.labs().first().and_then(|id| class.labs.get(id));
    let (Some(lab), lacking @ 1..) = (first, lacking(app, course)?) else { return Ok(()) };
    let (spec, now) = (course.spec(lab, &class.images), app.now());
    let too_long = |cause| Error::invalid("the time limit is too long").caused_by(cause);
    let expires = now.checked_add(course.time_to_live()).map_err(too_long)?;
    let draft = || {
        let mut draft = pool::draft(spec.clone(), now, expires)?;
        draft.tags.insert(TAG.into(), course.class.id.to_string());
        Ok(draft)
    };
    let drafts = (0..lacking).map(|_| draft()).collect::<Result<_>>()?;
    if let Some(error) = pool::fill(app, drafts).await.error {
        app.emit(Event::Warning(format!("the pool could not be filled: {error}")));
    }
    Ok(())
}

/// Removes the class's environments from the pool.
pub async fn drain(app: &App, course: &Course) -> Result<()> {
    pool::drain(app, |environment| belongs(environment, course)).await.map(drop)
}

fn belongs(environment: &Environment, course: &Course) -> bool {
    environment.tags.get(TAG).is_some_and(|class| course.class.id == *class)
}
