//! The listening side: connections are counted, and those that do not log in are shown out.

use std::collections::HashMap;
use std::hash::Hash;
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

use super::admission::{Guard, knows_key, matches};
use super::relay::signal;
use super::visitor::Visitor;
use super::{HostKey, Options};
use crate::app::App;
use crate::attempt::timeline::Credential;
use crate::attempt::{Happening, State};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::text::printable;

/// Connections in which nobody has logged in yet, from one address: a class may share one.
const STRANGERS: usize = 64;
/// Connections of one attempt.
const CONNECTIONS: usize = 10;
/// How long somebody may take to log in.
const GRACE: Duration = Duration::from_mins(1);
/// How long programs may take to end when the gate closes, and all connections after them.
const CLOSING: Duration = Duration::from_secs(20);
/// How long a client may take to hang up once it was told.
const PARTING: Duration = Duration::from_secs(2);

/// All that connections share.
pub struct Gate {
    pub(super) app: App,
    pub(super) options: Options,
    pub(super) tasks: TaskTracker,
    guard: Mutex<Guard>,
    /// Compares passwords without telling how much of them is right.
    secret: [u8; 64],
    strangers: Count<IpAddr>,
    connections: Count<String>,
}

/// What somebody shows at the gate.
pub enum Proof<'a> {
    Password(&'a str),
    Key(&'a PublicKey),
}

/// Who is inside.
type Count<K> = Arc<Mutex<HashMap<K, usize>>>;

/// Somebody's place, until it is dropped.
pub struct Place {
    /// Whether there is room for it.
    pub fits: bool,
    leave: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            leave();
        }
    }
}

fn take_place<K: Eq + Hash + Clone + Send + Sync + 'static>(count: &Count<K>, who: &K, room: usize) -> Place {
    let locked = |count: &Count<K>, by: &dyn Fn(&mut HashMap<K, usize>) -> usize| {
        by(&mut count.lock().unwrap_or_else(PoisonError::into_inner))
    };
    let now = locked(count, &|all| {
        let inside = all.entry(who.clone()).or_default();
        *inside += 1;
        *inside
    });
    let (count, who) = (Arc::clone(count), who.clone());
    let leave = move || {
        locked(&count, &|all| {
            let left = all.get(&who).map_or(0, |inside| inside.saturating_sub(1));
            if left == 0 {
                all.remove(&who)
            } else {
                all.insert(who.clone(), left)
            };
            left
        });
    };
    Place { fits: now <= room, leave: Some(Box::new(leave)) }
}

/// Serves until it is cancelled, then ends what it serves.
pub async fn serve(app: App, options: Options, listener: TcpListener, key: &HostKey) -> Result<()> {
    let mut secret = [0; 64];
    getrandom::fill(&mut secret).map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))?;
    let gate = Arc::new(Gate {
        app,
        options,
        tasks: TaskTracker::new(),
        guard: Mutex::default(),
        secret,
        strangers: Count::default(),
        connections: Count::default(),
    });
    gate.hang_up_old().await;
    let config = Arc::new(config(key));
    let visits = TaskTracker::new();
    tokio::spawn(super::disk::watch(gate.app.clone()));
    loop {
        let accepted = gate.app.cancel.run_until_cancelled(listener.accept()).await;
        match accepted {
            None => break,
            Some(Ok((stream, peer))) => {
                visits.spawn(Arc::clone(&gate).receive(stream, peer, config.clone()));
            }
            // Of this one connection, or too many open files: either passes.
            Some(Err(error)) => {
                gate.tell(&format!("a connection could not be taken: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    gate.tasks.close();
    visits.close();
    tokio::time::timeout(CLOSING + PARTING, visits.wait()).await.ok();
    Ok(())
}

/// How somebody may log in.
pub(super) fn methods() -> MethodSet {
    MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..])
}

fn config(key: &HostKey) -> Config {
    Config {
        server_id: SshId::Standard("SSH-2.0-breakfix".into()),
        methods: methods(),
        // A wrong password is made to take its time where it is refused; a key need not.
        auth_rejection_time: Duration::ZERO,
        keys: vec![key.0.clone()],
        max_auth_attempts: 20,
        // Of programs we know better when they are idle.
        inactivity_timeout: None,
        keepalive_interval: Some(Duration::from_secs(30)),
        keepalive_max: 4,
        nodelay: true,
        ..Config::default()
    }
}

impl Gate {
    async fn receive(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, config: Arc<Config>) {
        let stranger = take_place(&self.strangers, &peer.ip(), STRANGERS);
        let Ok(here) = stream.local_addr() else { return };
        if !stranger.fits {
            return;
        }
        stream.set_nodelay(true).ok();
        let welcome = CancellationToken::new();
        let visitor = Visitor::new(Arc::clone(&self), peer, here, welcome.clone());
        let Ok(Ok(session)) = tokio::time::timeout(GRACE, run_stream(config, stream, visitor)).await else { return };
        let handle = session.handle();
        tokio::pin!(session);
        let why = tokio::select! {
            _ = &mut session => return,
            () = welcome.cancelled() => {
                drop(stranger);
                tokio::select! {
                    _ = &mut session => return,
                    () = self.closed() => "The gate closes.",
                }
            }
            () = tokio::time::sleep(GRACE) => "Nobody logged in.",
            () = self.app.cancel.cancelled() => "The gate closes.",
        };
        handle.disconnect(Disconnect::ByApplication, why.into(), String::new()).await.ok();
        tokio::time::timeout(PARTING, session).await.ok();
    }

    /// Once it closes and all programs have been told.
    async fn closed(&self) {
        self.app.cancel.cancelled().await;
        tokio::time::timeout(CLOSING, self.tasks.wait()).await.ok();
    }

    /// Whether somebody may enter. Wrong passwords are counted.
    pub(super) fn admits(&self, address: IpAddr, login: &str, proof: &Proof) -> bool {
        let attempt = self.app.store.find(login).ok().flatten().map(|entry| entry.attempt);
        match proof {
            Proof::Key(key) => attempt.is_some_and(|attempt| knows_key(&attempt.access.keys, key)),
            Proof::Password(given) => {
                let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
                // Nobody's password is compared as well: it takes the same time.
                let expected = attempt.map(|attempt| attempt.access.password).unwrap_or_default();
                let right = matches(expected.expose(), given, &self.secret);
                if !guard.may_try(address, login, Instant::now()) {
                    return false;
                }
                if right {
                    guard.succeeded(address, login);
                } else {
                    let count = guard.failed(address, login, Instant::now());
                    self.tell(&format!("wrong password {count} for {} from {address}", printable(login)));
                }
                right
            }
        }
    }

    pub(super) fn place(&self, login: &str) -> Place {
        take_place(&self.connections, &login.to_string(), CONNECTIONS)
    }

    /// In the attempt's timeline, and to whoever watches.
    pub(super) fn note_login(&self, login: &str, peer: SocketAddr, with: Credential) {
        let address = peer.ip().to_canonical();
        self.tell(&format!("{login} logged in from {address} with a {}", with.as_str()));
        let note = self.app.store.note(login, &Happening::LoggedIn { address, with }, self.app.now());
        if let Err(error) = note {
            self.tell(&format!("the timeline cannot be written: {error}"));
        }
    }

    fn tell(&self, text: &str) {
        self.app.tell(Event::Note(format!("{:.0}  {text}", self.app.now())));
    }

    /// Programs of a gate that was killed have nobody to talk to any more.
    async fn hang_up_old(&self) {
        let entries = self.app.store.attempts().unwrap_or_default();
        let alive = entries.into_iter().filter(|entry| entry.state == State::Running);
        stream::iter(alive)
            .for_each_concurrent(8, |entry| async move {
                signal(&self.app, &entry.environment, "HUP", "BREAKFIX_SESSION=.*").await;
            })
            .await;
    }
}
