//! State that all connections share: authentication, counters and the log.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use russh::keys::PublicKey;
use tokio_util::task::TaskTracker;

use super::Options;
use super::account::{Account, Candidate, Membership, candidates};
use super::authentication::{Throttle, has_key, passwords_match};
use super::counter::{Counter, CounterGuard};
use super::waiting_room::{Place, WaitingRoom};
use crate::app::App;
use crate::attempt::Happening;
use crate::attempt::timeline::CredentialKind;
use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::id::AttemptId;
use crate::ops::Services;
use crate::ops::class::{Current, start_current};
use crate::text::printable;

/// Most connections without a login from one address. A whole class may share an address.
const UNAUTHENTICATED: usize = 64;
/// Most authenticated connections of one login.
const CONNECTIONS: usize = 10;
/// Time that programs have to end when the gate closes.
pub const PROGRAM_TIMEOUT: Duration = Duration::from_secs(20);

/// Time after which a lab that could not be started is tried again, if somebody waits for it.
const RETRY_INTERVAL: Duration = Duration::from_secs(20);

/// State shared by all connections.
pub struct Gate {
    pub app: App,
    pub options: Options,
    pub tasks: TaskTracker,
    throttle: Mutex<Throttle>,
    /// HMAC key for comparing passwords.
    hmac_key: [u8; 64],
    unauthenticated: WaitingRoom,
    connections: Counter<String>,
    /// Trainees whose next lab is being started.
    starting: Mutex<Vec<Membership>>,
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
            unauthenticated: WaitingRoom::new(UNAUTHENTICATED),
            connections: Counter::new(CONNECTIONS),
            starting: Mutex::default(),
        })
    }

    /// A place for a connection without a login.
    pub fn await_login(&self, address: IpAddr) -> Place {
        self.unauthenticated.enter(address)
    }

    /// Who has to wait at this address after wrong passwords, and for how long.
    pub fn locked_out(&self, address: IpAddr) -> Vec<(String, Duration)> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner).locked_out(address, Instant::now())
    }

    /// Returns after the gate was cancelled and all programs have ended.
    pub async fn closed(&self) {
        self.app.cancel.cancelled().await;
        tokio::time::timeout(PROGRAM_TIMEOUT, self.tasks.wait()).await.ok();
    }

    /// Whose account a client's credential opens, if any. Wrong passwords are counted.
    pub fn authenticate(&self, address: IpAddr, login: &str, credential: &Credential) -> Option<Account> {
        let candidates = candidates(&self.app.store, login).unwrap_or_default();
        match credential {
            Credential::Key(key) => {
                candidates.into_iter().find(|one| has_key(&one.access.keys, key)).map(|one| one.account)
            }
            Credential::Password(given) => self.check_password(address, login, candidates, given),
        }
    }

    fn check_password(&self, address: IpAddr, login: &str, candidates: Vec<Candidate>, given: &str) -> Option<Account> {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether a login is known does not show in the time: every rejection takes equally long.
        let matching = |one: &Candidate| passwords_match(one.access.password.expose(), given, &self.hmac_key);
        let account = candidates.into_iter().find(matching).map(|one| one.account);
        // A trainee's labs have one password.
        let login = login.split('+').next().unwrap_or_default();
        if !throttle.may_try(address, login, Instant::now()) {
            return None;
        }
        if account.is_some() {
            throttle.succeeded(address, login);
        } else {
            let count = throttle.failed(address, login, Instant::now());
            self.log(&format!("wrong password {count} for {} from {address}", printable(login)));
        }
        account
    }

    /// What operations need: this gate's engine, store and labs, with their events sent to `events`.
    pub fn services(&self, events: Events) -> Services {
        let Options { build_env, labs, .. } = self.options.clone();
        Services { app: self.app.watched_by(events), labs, build_env }
    }

    /// Starts the lab that a trainee should have, once at a time, and independently of whoever waits for it.
    pub fn start_missing(self: &Arc<Self>, membership: &Membership) {
        let mut starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if starting.contains(membership) {
            return;
        }
        starting.push(membership.clone());
        let (gate, membership) = (Arc::clone(self), membership.clone());
        self.tasks.spawn(async move {
            if let Err(error) = gate.start_current(&membership).await {
                gate.log(&format!("a lab could not be started: {error}"));
                gate.app.cancel.run_until_cancelled(tokio::time::sleep(RETRY_INTERVAL)).await;
            }
            gate.starting.lock().unwrap_or_else(PoisonError::into_inner).retain(|one| *one != membership);
        });
    }

    async fn start_current(&self, membership: &Membership) -> Result<()> {
        let (course, member) = membership.load(&self.app.store)?;
        start_current(&self.services(self.app.events.clone()), &course, &member).await
    }

    /// Counts a connection of a login; `None` if it has too many.
    pub fn count_connection(&self, login: &str) -> Option<CounterGuard<String>> {
        self.connections.enter(&login.to_string())
    }

    /// Records a login in the timeline of the attempt that it leads to, and in the log.
    pub fn record_login(&self, login: &str, account: &Account, peer: SocketAddr, with: CredentialKind) {
        let (address, store) = (peer.ip().to_canonical(), &self.app.store);
        self.log(&format!("{} logged in from {address} with a {}", printable(login), with.as_str()));
        let attempt = match account {
            Account::Attempt(id) => Ok(Some(id.clone())),
            Account::Member(membership) => membership.current(store).map(|current| match current {
                Current::Attempt(entry) => Some(entry.attempt.id),
                Current::Missing | Current::Finished | Current::Over => None,
            }),
        };
        let note = |id: AttemptId| store.note(&id, &Happening::LoggedIn { address, with }, self.app.now());
        let note = attempt.and_then(|id| id.map_or(Ok(()), note));
        if let Err(error) = note {
            self.log(&format!("the timeline cannot be written: {error}"));
        }
    }

    pub fn log(&self, text: &str) {
        self.app.emit(Event::Note(format!("{:.0}  {text}", self.app.now())));
    }
}
