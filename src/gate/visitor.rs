//! One connection: who it is, and what it asks for. Everything that is not a program in its own container is refused.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session as Ssh, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, Disconnect, Pty, Sig};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::intake::{Intake, Overflow};
use super::server::{Gate, Place, Proof, methods};
use super::session::{Ends, Session, Wanted, What};
use super::word::Word;
use crate::attempt::timeline::Credential;
use crate::engine::TerminalSize;

/// Programs of one connection at a time.
const PROGRAMS: usize = 10;
/// How long a wrong password takes to be refused, whatever is wrong with it.
const REFUSAL: Duration = Duration::from_secs(1);
/// Longest command line.
const LONGEST: usize = 128 * 1024;

type Result<T, E = russh::Error> = std::result::Result<T, E>;

/// One connection.
pub struct Visitor {
    gate: Arc<Gate>,
    peer: SocketAddr,
    /// Our own end, as the client sees it.
    here: SocketAddr,
    /// The attempt, once somebody has logged in, and their place in it.
    login: Option<(String, Place)>,
    /// Cancelled once somebody has logged in.
    welcome: CancellationToken,
    channels: HashMap<ChannelId, Line>,
}

/// One channel.
struct Line {
    /// Until its program starts.
    idle: Option<(ChannelWriteHalf<Msg>, Ends, Wanted)>,
    intake: Arc<Intake>,
    size: watch::Sender<TerminalSize>,
    signals: mpsc::Sender<&'static str>,
    _hangs_up: DropGuard,
}

impl Visitor {
    pub fn new(gate: Arc<Gate>, peer: SocketAddr, here: SocketAddr, welcome: CancellationToken) -> Self {
        Self { gate, peer, here, login: None, welcome, channels: HashMap::new() }
    }

    /// What this client types to get here.
    fn ssh(&self, login: &str) -> String {
        let port = if self.here.port() == 22 { String::new() } else { format!("-p {} ", self.here.port()) };
        format!("ssh {port}{login}@{}", self.here.ip().to_canonical())
    }

    fn enter(&mut self, login: &str, with: Credential) -> Auth {
        self.gate.note_login(login, self.peer, with);
        // Told that it is full once it is in: only then there is somebody to tell.
        self.login = Some((login.into(), self.gate.place(login)));
        Auth::Accept
    }

    fn proves(&self, login: &str, key: &PublicKey) -> bool {
        self.gate.admits(self.peer.ip(), login, &Proof::Key(key))
    }

    fn begin(&mut self, id: ChannelId, what: What, ssh: &mut Ssh) -> Result<()> {
        let idle = self.channels.get_mut(&id).and_then(|line| line.idle.take());
        let (Some((client, ends, wanted)), Some((attempt, _))) = (idle, &self.login) else {
            return ssh.channel_failure(id);
        };
        ssh.channel_success(id)?;
        let gate = Arc::clone(&self.gate);
        let session = Session { gate, attempt: attempt.as_str().into(), ssh: self.ssh(attempt), client, wanted, ends };
        self.gate.tasks.spawn(session.run(what));
        Ok(())
    }

    fn wanted(&mut self, id: ChannelId) -> Option<&mut Wanted> {
        self.channels.get_mut(&id)?.idle.as_mut().map(|(_, _, wanted)| wanted)
    }
}

impl Line {
    fn new(client: ChannelWriteHalf<Msg>) -> Self {
        let intake = Arc::new(Intake::default());
        let (size, size_seen) = watch::channel(TerminalSize { columns: 80, rows: 24 });
        let (signals, signals_seen) = mpsc::channel(4);
        let hung_up = CancellationToken::new();
        let ends =
            Ends { intake: Arc::clone(&intake), size: size_seen, signals: signals_seen, hung_up: hung_up.clone() };
        Self { idle: Some((client, ends, Wanted::default())), intake, size, signals, _hangs_up: hung_up.drop_guard() }
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn authentication_banner(&mut self) -> Result<Option<String>> {
        Ok(Some("breakfix: a training container. Log in with the name and the password of your attempt.\n".into()))
    }

    async fn auth_password(&mut self, login: &str, password: &str) -> Result<Auth> {
        let began = Instant::now();
        if self.gate.admits(self.peer.ip(), login, &Proof::Password(password)) {
            return Ok(self.enter(login, Credential::Password));
        }
        tokio::time::sleep_until(began + REFUSAL).await;
        Ok(refused())
    }

    async fn auth_publickey_offered(&mut self, login: &str, offer: PublicKeyOffer<'_>) -> Result<Auth> {
        Ok(if self.proves(login, offer.public_key) { Auth::Accept } else { refused() })
    }

    async fn auth_publickey(&mut self, login: &str, key: VerifiedPublicKey<'_>) -> Result<Auth> {
        Ok(if self.proves(login, key.public_key) { self.enter(login, Credential::Key) } else { refused() })
    }

    async fn auth_succeeded(&mut self, ssh: &mut Ssh) -> Result<()> {
        self.welcome.cancel();
        if self.login.as_ref().is_some_and(|(_, place)| !place.fits) {
            ssh.disconnect(Disconnect::TooManyConnections, "Too many connections for this attempt.", "")?;
        }
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _ssh: &mut Ssh,
    ) -> Result<()> {
        if self.channels.len() >= PROGRAMS {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        let id = channel.id();
        // What the client sends comes through `data`; see `intake` for why.
        let (_, client) = channel.split();
        self.channels.insert(id, Line::new(client));
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        terminal: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        ssh: &mut Ssh,
    ) -> Result<()> {
        let Some(wanted) = self.wanted(id) else { return ssh.channel_failure(id) };
        wanted.terminal = Some(terminal_name(terminal));
        self.channels[&id].size.send_replace(terminal_size(columns, rows));
        ssh.channel_success(id)
    }

    async fn env_request(&mut self, id: ChannelId, name: &str, value: &str, ssh: &mut Ssh) -> Result<()> {
        let about_language = ["LANG", "LC_ALL", "LC_CTYPE"].contains(&name);
        match self.wanted(id) {
            Some(wanted) if about_language => {
                wanted.utf8 |= is_utf8(value);
                ssh.channel_success(id)
            }
            _ => ssh.channel_failure(id),
        }
    }

    async fn shell_request(&mut self, id: ChannelId, ssh: &mut Ssh) -> Result<()> {
        self.begin(id, What::Shell, ssh)
    }

    async fn exec_request(&mut self, id: ChannelId, command: &[u8], ssh: &mut Ssh) -> Result<()> {
        let command = String::from_utf8(command.to_vec());
        let Some(command) = command.ok().filter(|line| line.len() <= LONGEST && !line.contains('\0')) else {
            return ssh.channel_failure(id);
        };
        let what = match Word::parse(&command) {
            None => What::Command(command),
            Some(Ok(word)) => What::Word(word),
            Some(Err(why)) => {
                ssh.channel_success(id)?;
                ssh.extended_data(id, 1, format!("error: {why}\n"))?;
                ssh.exit_status_request(id, 2)?;
                ssh.eof(id)?;
                return ssh.close(id);
            }
        };
        self.begin(id, what, ssh)
    }

    async fn subsystem_request(&mut self, id: ChannelId, name: &str, ssh: &mut Ssh) -> Result<()> {
        if name == "sftp" { self.begin(id, What::Files, ssh) } else { ssh.channel_failure(id) }
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Ssh,
    ) -> Result<()> {
        if let Some(line) = self.channels.get(&id) {
            line.size.send_replace(terminal_size(columns, rows));
        }
        Ok(())
    }

    async fn signal(&mut self, id: ChannelId, signal: Sig, _: &mut Ssh) -> Result<()> {
        if let (Some(line), Some(name)) = (self.channels.get(&id), signal_name(&signal)) {
            line.signals.try_send(name).ok();
        }
        Ok(())
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], ssh: &mut Ssh) -> Result<()> {
        let Some(line) = self.channels.get(&id) else { return Ok(()) };
        if line.intake.push(data.to_vec().into()).await == Err(Overflow) {
            self.channels.remove(&id);
            ssh.extended_data(id, 1, "error: too much was sent while nothing was taken\n")?;
            return ssh.close(id);
        }
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Ssh) -> Result<()> {
        if let Some(line) = self.channels.get(&id) {
            line.intake.end();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Ssh) -> Result<()> {
        self.channels.remove(&id);
        Ok(())
    }
}

/// Everything may be tried again; the library would take the method off its list.
fn refused() -> Auth {
    Auth::Reject { proceed_with_methods: Some(methods()), partial_success: false }
}

/// The client's terminal, if its name is one.
fn terminal_name(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "+._-".contains(c);
    let valid = (1..=40).contains(&name.len()) && name.chars().all(fits);
    if valid { name.into() } else { "xterm-256color".into() }
}

fn terminal_size(columns: u32, rows: u32) -> TerminalSize {
    let sane = |size: u32, default| u16::try_from(size).ok().filter(|size| *size > 0).unwrap_or(default);
    TerminalSize { columns: sane(columns, 80), rows: sane(rows, 24) }
}

/// The client's locale need not exist in the container; that it speaks UTF-8 is all that matters.
fn is_utf8(locale: &str) -> bool {
    let encoding = locale.split_once('.').map(|(_, encoding)| encoding.to_ascii_lowercase());
    encoding.is_some_and(|encoding| ["utf-8", "utf8"].contains(&encoding.as_str()))
}

fn signal_name(signal: &Sig) -> Option<&'static str> {
    Some(match signal {
        Sig::ABRT => "ABRT",
        Sig::ALRM => "ALRM",
        Sig::HUP => "HUP",
        Sig::INT => "INT",
        Sig::KILL => "KILL",
        Sig::QUIT => "QUIT",
        Sig::TERM => "TERM",
        Sig::USR1 => "USR1",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminals_name_is_in_a_strict_alphabet() {
        assert_eq!(terminal_name("screen.xterm-256color"), "screen.xterm-256color");
        for hostile in ["", "../x", "a b", "x\n", "$(id)", &"x".repeat(41)] {
            assert_eq!(terminal_name(hostile), "xterm-256color");
        }
    }

    #[test]
    fn a_terminal_has_a_size_whatever_the_client_says() {
        assert_eq!(terminal_size(0, u32::MAX), TerminalSize { columns: 80, rows: 24 });
        assert_eq!(terminal_size(120, 50), TerminalSize { columns: 120, rows: 50 });
    }

    #[test]
    fn of_a_locale_only_the_encoding_counts() {
        assert!(is_utf8("de_DE.UTF-8") && is_utf8("C.utf8"));
        assert!(!is_utf8("C") && !is_utf8("UTF-8; id"));
    }
}
