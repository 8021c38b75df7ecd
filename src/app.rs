//! What every operation is given: the host of environments, and the store.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::host::Host;
use crate::store::{Lock, Store};

/// How long another process that works on the same attempt is waited for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
const LOCK_POLL: Duration = Duration::from_millis(100);

/// One run of the program. Cheap to clone. It stands for its host wherever a host is asked for.
#[derive(Clone)]
pub struct App {
    /// Where environments run.
    pub host: Host,
    /// What happened.
    pub store: Arc<Store>,
}

impl App {
    /// The same, without events.
    #[must_use]
    pub fn quiet(&self) -> Self {
        self.watched_by(Arc::new(|_| {}))
    }

    /// The same with another receiver of events.
    #[must_use]
    pub fn watched_by(&self, events: Events) -> Self {
        Self { host: self.host.watched_by(events), store: Arc::clone(&self.store) }
    }

    /// The same, ended by another token.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: CancellationToken) -> Self {
        self.host.cancel = cancel;
        self
    }

    /// The right to work on an attempt, or on whatever else has that name; waits for another process that has it.
    pub async fn lock(&self, name: &str) -> Result<Lock> {
        self.lock_within(name, LOCK_TIMEOUT).await
    }

    /// The same with another time limit.
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

    /// On a fake engine, which knows no image of ours.
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
