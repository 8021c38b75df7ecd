//! What a class keeps in the pool: for late joiners and those who begin anew.

use std::time::Duration;

use super::ClassContext;
use crate::app::App;
use crate::attempt::{Attempt, NOBODY, Site};
use crate::class::{Course, Member, Person};
use crate::error::Result;
use crate::event::Event;
use crate::lab::Lab;
use crate::pool;

/// How many environments the class's pool lacks.
pub fn lacking(app: &App, course: &Course) -> Result<usize> {
    let own = app.store.pool()?.iter().filter(|pooled| belongs(&pooled.attempt, course)).count();
    Ok((course.class.pool as usize).saturating_sub(own))
}

/// Fills the class's pool with environments of its first lab's kind. A class does without what cannot be had.
pub async fn fill(app: &App, class: &ClassContext) -> Result<()> {
    let first = class.course.class.work.labs().first().and_then(|id| class.labs.get(id));
    let (Some(lab), lacking @ 1..) = (first, lacking(app, &class.course)?) else { return Ok(()) };
    let drafts = (0..lacking).map(|_| sleeper(app, class, lab)).collect::<Result<_>>()?;
    let site = Site { limits: &lab.limits, probe_image: &class.prepared.probe_image, any_port: true };
    if let Err((_, error)) = pool::fill(app, drafts, &site).await {
        app.tell(Event::Warning(format!("the pool could not be filled: {error}")));
    }
    Ok(())
}

/// Removes what the class has in the pool.
pub async fn drain(app: &App, course: &Course) -> Result<()> {
    pool::drain(app, |attempt| belongs(attempt, course)).await.map(drop)
}

fn belongs(attempt: &Attempt, course: &Course) -> bool {
    attempt.class.as_ref() == Some(&course.class.id)
}

/// As those of the class are, but nobody's.
fn sleeper(app: &App, of: &ClassContext, lab: &Lab) -> Result<Attempt> {
    let nobody = Member { person: Person::default(), slug: NOBODY.into() };
    let Attempt { class, scheme, listen, address, expires, limits, .. } =
        of.course.draft(lab, &of.prepared, &nobody, app.now())?;
    let paper = Attempt::of_nobody(&of.prepared, app.now(), Duration::ZERO)?;
    Ok(Attempt { class, scheme, listen, address, expires, limits, ..paper })
}
