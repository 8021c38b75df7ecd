//! Context of every operation: the host of environments and the store.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::host::Host;
use crate::store::{Lock, Store};

/// How long to wait for another process that is working on the same attempt.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
const LOCK_POLL: Duration = Duration::from_millis(100);

/// Context of one run of the program. Cheap to clone; dereferences to its host.
#[derive(Clone)]
pub struct App {
    /// Host of environments.
    pub host: Host,
    /// Records of attempts, environments and classes.
    pub store: Arc<Store>,
}

impl App {
    /// A copy that emits no events.
    #[must_use]
    pub fn quiet(&self) -> Self {
        self.watched_by(Arc::new(|_| {}))
    }

    /// A copy with another receiver of events.
    #[must_use]
    pub fn watched_by(&self, events: Events) -> Self {
        Self { host: self.host.watched_by(events), store: Arc::clone(&self.store) }
    }

    /// A copy that another token cancels.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: CancellationToken) -> Self {
        self.host.cancel = cancel;
        self
    }

    /// Takes the lock with this name, such as an attempt's id. Waits for another process that holds it.
    pub async fn lock(&self, name: &str) -> Result<Lock> {
        self.lock_within(name, LOCK_TIMEOUT).await
    }

    /// Like [`App::lock`], with another time limit.
    pub async fn lock_within(&self, name: &str, timeout: Duration) -> Result<Lock> {
        let lock = self.store.lock(name)?;
        let deadline = Instant::now() + timeout;
        let mut told = false;
        while !lock.try_take()? {
            if Instant::now() > deadline {
                return Err(Error::busy(format!("another breakfix process is working on {name}"))
                    .hint("Wait for it to end, or end it, then try again."));
            }
            if !told {
                self.emit(Event::Note(format!("waiting for another breakfix process that is working on {name}")));
                told = true;
            }
            self.check_cancelled()?;
            sleep(LOCK_POLL).await;
        }
        Ok(lock)
    }
}

impl Deref for App {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::engine::fake::Fake;
    use crate::image::Known;

    /// An app on a fake engine, without known images.
    pub(crate) fn app(engine: Arc<Fake>, store: Arc<Store>) -> App {
        let host = Host {
            engine: engine.clone(),
            images: engine,
            known: Known::at("nowhere".into()),
            installation: store.installation().into(),
            journal: store.clone(),
            events: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            subnets: "10.213.0.0/16".parse().unwrap(),
        };
        App { host, store }
    }
}
