//! Listens for connections, limits their number, and disconnects clients that do not log in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use russh::server::{Config, run_stream};
use russh::{Disconnect, SshId};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::authentication::methods;
use super::connection::ConnectionHandler;
use super::forward::signal;
use super::state::{Gate, PROGRAM_TIMEOUT};
use super::{HostKey, Options};
use crate::app::App;
use crate::attempt::State;
use crate::error::Result;

/// Time that a client has to log in.
const LOGIN_TIMEOUT: Duration = Duration::from_mins(1);
/// Time that a client has to close its connection after the disconnect message.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Accepts connections until the app is cancelled, then ends all programs and connections.
pub async fn serve(app: App, options: Options, listener: TcpListener, key: &HostKey) -> Result<()> {
    end_orphaned_programs(&app).await;
    let gate = Arc::new(Gate::new(app, options)?);
    let config = Arc::new(config(key));
    let connections = TaskTracker::new();
    tokio::spawn(super::disk_watch::watch(gate.app.clone()));
    gate.tasks.spawn(super::clock::watch(Arc::clone(&gate)));
    loop {
        let accepted = gate.app.cancel.run_until_cancelled(listener.accept()).await;
        match accepted {
            None => break,
            Some(Ok((stream, peer))) => {
                connections.spawn(handle(Arc::clone(&gate), stream, peer, config.clone()));
            }
            // Only this connection failed, or too many files are open for a moment.
            Some(Err(error)) => {
                gate.log(&format!("a connection could not be accepted: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    gate.tasks.close();
    connections.close();
    tokio::time::timeout(PROGRAM_TIMEOUT + DISCONNECT_TIMEOUT, connections.wait()).await.ok();
    Ok(())
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

async fn handle(gate: Arc<Gate>, stream: TcpStream, peer: SocketAddr, config: Arc<Config>) {
    let place = gate.await_login(peer.ip());
    let Ok(local) = stream.local_addr() else { return };
    stream.set_nodelay(true).ok();
    let (logged_in, taken) = (CancellationToken::new(), place.taken.clone());
    let handler = ConnectionHandler::new(Arc::clone(&gate), peer, local, logged_in.clone());
    let starting = tokio::time::timeout(LOGIN_TIMEOUT, run_stream(config, stream, handler));
    let Some(Ok(Ok(session))) = taken.run_until_cancelled(starting).await else { return };
    let handle = session.handle();
    tokio::pin!(session);
    let reason = tokio::select! {
        _ = &mut session => return,
        () = logged_in.cancelled() => {
            drop(place);
            tokio::select! {
                _ = &mut session => return,
                () = gate.closed() => "The gate closes.",
            }
        }
        () = taken.cancelled() => "Too many connections wait for their login.",
        () = tokio::time::sleep(LOGIN_TIMEOUT) => "Nobody logged in.",
        () = gate.app.cancel.cancelled() => "The gate closes.",
    };
    handle.disconnect(Disconnect::ByApplication, reason.into(), String::new()).await.ok();
    tokio::time::timeout(DISCONNECT_TIMEOUT, session).await.ok();
}

/// Ends programs whose gate was killed; their clients are gone.
async fn end_orphaned_programs(app: &App) {
    let entries = app.store.attempts().unwrap_or_default();
    let alive = entries.into_iter().filter(|entry| entry.state == State::Running);
    stream::iter(alive)
        .for_each_concurrent(8, |entry| async move {
            signal(app, &entry.environment, "HUP", "BREAKFIX_SESSION=.*").await;
        })
        .await;
}
