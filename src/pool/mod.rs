//! The warm pool: healthy environments that were made ahead and sleep until an attempt takes one.
//!
//! They wait before any lab's seed, so that every lab whose environment has that shape may have one; and before
//! their credentials, which each attempt brings along. `attempt::start` takes them, by way of the store.

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::attempt::{self, Attempt, Site, put_to_sleep, teardown};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::plan;
use crate::store::Pooled;

/// Environments made at one time: to start a GitLab keeps more than one processor busy.
const SIDE_BY_SIDE: usize = 2;

/// Makes an environment of each of these, which are attempts on paper of nobody. One failure stops no other; the
/// first one is the error, with the ids of those that were made.
pub async fn fill(app: &App, drafts: Vec<Attempt>, site: &Site<'_>) -> Result<Vec<String>, (Vec<String>, Error)> {
    let work: Vec<_> = drafts.into_iter().map(|draft| fill_one(app, draft, site)).collect();
    let ended: Vec<Result<String>> = stream::iter(work).buffered(SIDE_BY_SIDE).collect().await;
    let (made, failed): (Vec<_>, Vec<_>) = ended.into_iter().partition(Result::is_ok);
    let made = made.into_iter().flatten().collect();
    match failed.into_iter().find_map(Result::err) {
        None => Ok(made),
        Some(error) => Err((made, error)),
    }
}

async fn fill_one(app: &App, mut draft: Attempt, site: &Site<'_>) -> Result<String> {
    app.check_cancelled()?;
    let step = Step::Fill(draft.id.clone());
    app.tell(Event::Started(step.clone()));
    let _lock = attempt::lock(app, &draft.id).await?;
    let shape = plan::shape(&draft, site.limits, site.probe_image)?;
    app.store.pool_insert(&Pooled { attempt: draft.clone(), shape, ready: false })?;
    match make(&app.quiet(), &mut draft, site).await {
        Ok(()) => {
            app.store.pool_ready(&draft)?;
            app.tell(Event::Finished(step));
            Ok(draft.id)
        }
        Err(error) => {
            app.tell(Event::Failed(step, error.to_string()));
            // What is left is known to the store as unfinished, and `gc` removes it.
            teardown(app, &draft.id).await?;
            app.store.pool_remove(&draft.id)?;
            Err(error)
        }
    }
}

async fn make(app: &App, draft: &mut Attempt, site: &Site<'_>) -> Result<()> {
    attempt::create(app, draft, site).await?;
    attempt::boot(app, draft).await?;
    let sleep = app.cancel.run_until_cancelled(put_to_sleep(app, draft)).await;
    sleep.ok_or_else(Error::interrupted)?
}

/// Removes these environments of the pool but for those that are being made. Gives the ids of the removed, and of
/// those that stay.
pub async fn drain(app: &App, these: impl Fn(&Attempt) -> bool) -> Result<(Vec<String>, Vec<String>)> {
    let (mut drained, mut busy) = (vec![], vec![]);
    let pool = app.store.pool()?.into_iter().map(|pooled| pooled.attempt);
    for Attempt { id, .. } in pool.filter(these) {
        app.check_cancelled()?;
        let lock = app.store.lock(&id)?;
        if !lock.try_take()? {
            busy.push(id);
        } else if app.store.pool_remove(&id)? {
            teardown(app, &id).await?;
            drained.push(id);
        }
    }
    Ok((drained, busy))
}
