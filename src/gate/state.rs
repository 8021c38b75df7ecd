//! State that all connections share: authentication, counters and the log.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use russh::keys::PublicKey;
use tokio_util::task::TaskTracker;

use super::Options;
use super::authentication::{Throttle, has_key, passwords_match};
use super::counter::{Counter, CounterGuard};
use crate::app::App;
use crate::attempt::Happening;
use crate::attempt::timeline::CredentialKind;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::text::printable;

/// Most unauthenticated connections from one address. A whole class may share an address.
const UNAUTHENTICATED: usize = 64;
/// Most authenticated connections to one attempt.
const CONNECTIONS: usize = 10;
/// Time that programs have to end when the gate closes.
pub const PROGRAM_TIMEOUT: Duration = Duration::from_secs(20);

/// State shared by all connections.
pub struct Gate {
    pub app: App,
    pub options: Options,
    pub tasks: TaskTracker,
    throttle: Mutex<Throttle>,
    /// HMAC key for comparing passwords.
    hmac_key: [u8; 64],
    unauthenticated: Counter<IpAddr>,
    connections: Counter<String>,
}

/// Credential that a client presents.
pub enum Credential<'a> {
    Password(&'a str),
    Key(&'a PublicKey),
}

impl Gate {
    /// A gate without connections.
    pub fn new(app: App, options: Options) -> Result<Self> {
        let mut hmac_key = [0; 64];
        getrandom::fill(&mut hmac_key)
            .map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))?;
        Ok(Self {
            app,
            options,
            tasks: TaskTracker::new(),
            throttle: Mutex::default(),
            hmac_key,
            unauthenticated: Counter::new(UNAUTHENTICATED),
            connections: Counter::new(CONNECTIONS),
        })
    }

    /// Counts a connection without a login; `None` if its address has too many.
    pub fn count_unauthenticated(&self, address: IpAddr) -> Option<CounterGuard<IpAddr>> {
        self.unauthenticated.enter(&address)
    }

    /// Returns after the gate was cancelled and all programs have ended.
    pub async fn closed(&self) {
        self.app.cancel.cancelled().await;
        tokio::time::timeout(PROGRAM_TIMEOUT, self.tasks.wait()).await.ok();
    }

    /// Checks a client's credential. Wrong passwords are counted.
    pub fn authenticate(&self, address: IpAddr, login: &str, credential: &Credential) -> bool {
        let attempt = self.app.store.find(login).ok().flatten().map(|entry| entry.attempt);
        match credential {
            Credential::Key(key) => attempt.is_some_and(|attempt| has_key(&attempt.access.keys, key)),
            Credential::Password(given) => {
                let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
                // The comparison also runs for unknown logins, so it takes the same time for them.
                let expected = attempt.map(|attempt| attempt.access.password).unwrap_or_default();
                let is_correct = passwords_match(expected.expose(), given, &self.hmac_key);
                if !throttle.may_try(address, login, Instant::now()) {
                    return false;
                }
                if is_correct {
                    throttle.succeeded(address, login);
                } else {
                    let count = throttle.failed(address, login, Instant::now());
                    self.log(&format!("wrong password {count} for {} from {address}", printable(login)));
                }
                is_correct
            }
        }
    }

    /// Counts a connection to an attempt; `None` if it has too many.
    pub fn count_connection(&self, login: &str) -> Option<CounterGuard<String>> {
        self.connections.enter(&login.to_string())
    }

    /// Records a login in the attempt's timeline and in the log.
    pub fn record_login(&self, login: &str, peer: SocketAddr, with: CredentialKind) {
        let address = peer.ip().to_canonical();
        self.log(&format!("{login} logged in from {address} with a {}", with.as_str()));
        let note = self.app.store.note(login, &Happening::LoggedIn { address, with }, self.app.now());
        if let Err(error) = note {
            self.log(&format!("the timeline cannot be written: {error}"));
        }
    }

    pub fn log(&self, text: &str) {
        self.app.emit(Event::Note(format!("{:.0}  {text}", self.app.now())));
    }
}
