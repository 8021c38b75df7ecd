//! Listens for connections, limits their number, and disconnects clients that do not log in.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use russh::keys::PublicKey;
use russh::server::{Config, run_stream};
use russh::{Disconnect, MethodKind, MethodSet, SshId};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::authentication::{Throttle, has_key, passwords_match};
use super::connection::ConnectionHandler;
use super::counter::{Counter, CounterGuard};
use super::forward::signal;
use super::{HostKey, Options};
use crate::app::App;
use crate::attempt::timeline::Credential as CredentialKind;
use crate::attempt::{Happening, State};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::text::printable;

/// Most unauthenticated connections from one address. A whole class may share an address.
const UNAUTHENTICATED: usize = 64;
/// Most authenticated connections to one attempt.
const CONNECTIONS: usize = 10;
/// Time that a client has to log in.
const LOGIN_TIMEOUT: Duration = Duration::from_mins(1);
/// Time that programs have to end when the gate closes.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(20);
/// Time that a client has to close its connection after the disconnect message.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// State shared by all connections.
pub struct Gate {
    pub(super) app: App,
    pub(super) options: Options,
    pub(super) tasks: TaskTracker,
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

/// Accepts connections until the app is cancelled, then ends all programs and connections.
pub async fn serve(app: App, options: Options, listener: TcpListener, key: &HostKey) -> Result<()> {
    let mut hmac_key = [0; 64];
    getrandom::fill(&mut hmac_key)
        .map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))?;
    let gate = Arc::new(Gate {
        app,
        options,
        tasks: TaskTracker::new(),
        throttle: Mutex::default(),
        hmac_key,
        unauthenticated: Counter::new(UNAUTHENTICATED),
        connections: Counter::new(CONNECTIONS),
    });
    gate.end_orphaned_programs().await;
    let config = Arc::new(config(key));
    let connections = TaskTracker::new();
    tokio::spawn(super::disk_watch::watch(gate.app.clone()));
    loop {
        let accepted = gate.app.cancel.run_until_cancelled(listener.accept()).await;
        match accepted {
            None => break,
            Some(Ok((stream, peer))) => {
                connections.spawn(Arc::clone(&gate).handle(stream, peer, config.clone()));
            }
            // Only this connection failed, or too many files are open for a moment.
            Some(Err(error)) => {
                gate.log(&format!("a connection could not be taken: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    gate.tasks.close();
    connections.close();
    tokio::time::timeout(PROGRAM_TIMEOUT + DISCONNECT_TIMEOUT, connections.wait()).await.ok();
    Ok(())
}

/// Supported authentication methods.
pub(super) fn methods() -> MethodSet {
    MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..])
}

fn config(key: &HostKey) -> Config {
    Config {
        server_id: SshId::Standard("SSH-2.0-breakfix".into()),
        methods: methods(),
        // `ConnectionHandler` delays the rejection of passwords; keys need no delay.
        auth_rejection_time: Duration::ZERO,
        keys: vec![key.0.clone()],
        max_auth_attempts: 20,
        // `Activity` measures idle time for each program.
        inactivity_timeout: None,
        keepalive_interval: Some(Duration::from_secs(30)),
        keepalive_max: 4,
        nodelay: true,
        ..Config::default()
    }
}

impl Gate {
    async fn handle(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, config: Arc<Config>) {
        let Some(unauthenticated) = self.unauthenticated.enter(&peer.ip()) else { return };
        let Ok(local) = stream.local_addr() else { return };
        stream.set_nodelay(true).ok();
        let logged_in = CancellationToken::new();
        let handler = ConnectionHandler::new(Arc::clone(&self), peer, local, logged_in.clone());
        let started = tokio::time::timeout(LOGIN_TIMEOUT, run_stream(config, stream, handler)).await;
        let Ok(Ok(session)) = started else { return };
        let handle = session.handle();
        tokio::pin!(session);
        let reason = tokio::select! {
            _ = &mut session => return,
            () = logged_in.cancelled() => {
                drop(unauthenticated);
                tokio::select! {
                    _ = &mut session => return,
                    () = self.closed() => "The gate closes.",
                }
            }
            () = tokio::time::sleep(LOGIN_TIMEOUT) => "Nobody logged in.",
            () = self.app.cancel.cancelled() => "The gate closes.",
        };
        handle.disconnect(Disconnect::ByApplication, reason.into(), String::new()).await.ok();
        tokio::time::timeout(DISCONNECT_TIMEOUT, session).await.ok();
    }

    /// Returns after the gate was cancelled and all programs have ended.
    async fn closed(&self) {
        self.app.cancel.cancelled().await;
        tokio::time::timeout(PROGRAM_TIMEOUT, self.tasks.wait()).await.ok();
    }

    /// Checks a client's credential. Wrong passwords are counted.
    pub(super) fn authenticate(&self, address: IpAddr, login: &str, credential: &Credential) -> bool {
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
    pub(super) fn count_connection(&self, login: &str) -> Option<CounterGuard<String>> {
        self.connections.enter(&login.to_string())
    }

    /// Records a login in the attempt's timeline and in the log.
    pub(super) fn record_login(&self, login: &str, peer: SocketAddr, with: CredentialKind) {
        let address = peer.ip().to_canonical();
        self.log(&format!("{login} logged in from {address} with a {}", with.as_str()));
        let note = self.app.store.note(login, &Happening::LoggedIn { address, with }, self.app.now());
        if let Err(error) = note {
            self.log(&format!("the timeline cannot be written: {error}"));
        }
    }

    fn log(&self, text: &str) {
        self.app.emit(Event::Note(format!("{:.0}  {text}", self.app.now())));
    }

    /// Ends programs whose gate was killed; their clients are gone.
    async fn end_orphaned_programs(&self) {
        let entries = self.app.store.attempts().unwrap_or_default();
        let alive = entries.into_iter().filter(|entry| entry.state == State::Running);
        stream::iter(alive)
            .for_each_concurrent(8, |entry| async move {
                signal(&self.app, &entry.environment, "HUP", "BREAKFIX_SESSION=.*").await;
            })
            .await;
    }
}
