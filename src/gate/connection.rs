//! Handles one SSH connection. Accepts only requests for programs in the attempt's own container.

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

use super::account::Account;
use super::authentication::methods;
use super::builtin::Builtin;
use super::counter::CounterGuard;
use super::input_queue::{InputQueue, Overflow};
use super::session::{ClientControls, ProgramKind, ProgramOptions, Session};
use super::state::{Credential, Gate};
use crate::attempt::timeline::CredentialKind;
use crate::engine::TerminalSize;
use crate::text::printable;

/// Most concurrent programs of one connection.
const PROGRAMS: usize = 10;
/// Every wrong password is rejected after this time, whatever the cause.
const REJECTION_DELAY: Duration = Duration::from_secs(1);
/// Longest accepted command line, in bytes.
const MAX_COMMAND: usize = 128 * 1024;

type Result<T, E = russh::Error> = std::result::Result<T, E>;

/// Handler of one connection.
pub struct ConnectionHandler {
    gate: Arc<Gate>,
    peer: SocketAddr,
    /// The gate's address, as the client sees it.
    local: SocketAddr,
    /// `None` before the client has logged in.
    login: Option<LoggedIn>,
    /// Cancelled after the login.
    logged_in: CancellationToken,
    channels: HashMap<ChannelId, ProgramChannel>,
}

/// Who a client has logged in as.
struct LoggedIn {
    /// The login, as the client wrote it.
    name: String,
    account: Account,
    /// `None` if the login has too many connections.
    counted: Option<CounterGuard<String>>,
}

/// An SSH channel and the controls of its program.
struct ProgramChannel {
    /// Becomes `None` when the program starts.
    pending: Option<(ChannelWriteHalf<Msg>, ClientControls, ProgramOptions)>,
    input: Arc<InputQueue>,
    size: watch::Sender<TerminalSize>,
    signals: mpsc::Sender<&'static str>,
    _hangs_up: DropGuard,
}

impl ConnectionHandler {
    pub fn new(gate: Arc<Gate>, peer: SocketAddr, local: SocketAddr, logged_in: CancellationToken) -> Self {
        Self { gate, peer, local, login: None, logged_in, channels: HashMap::new() }
    }

    /// The `ssh` command line that reaches this gate.
    fn ssh_command(&self, login: &str) -> String {
        let port = if self.local.port() == 22 { String::new() } else { format!("-p {} ", self.local.port()) };
        format!("ssh {port}{login}@{}", self.local.ip().to_canonical())
    }

    fn accept_login(&mut self, login: &str, account: Account, with: CredentialKind) -> Auth {
        self.gate.record_login(login, &account, self.peer, with);
        // A client over the limit gets its message in `auth_succeeded`: SSH has none before.
        let counted = self.gate.count_connection(login);
        self.login = Some(LoggedIn { name: login.into(), account, counted });
        Auth::Accept
    }

    fn account_of_key(&self, login: &str, key: &PublicKey) -> Option<Account> {
        self.gate.authenticate(self.peer.ip(), login, &Credential::Key(key))
    }

    fn start_program(&mut self, id: ChannelId, kind: ProgramKind, ssh: &mut Ssh) -> Result<()> {
        let pending = self.channels.get_mut(&id).and_then(|channel| channel.pending.take());
        let (Some((client, controls, options)), Some(LoggedIn { name, account, .. })) = (pending, &self.login) else {
            return ssh.channel_failure(id);
        };
        ssh.channel_success(id)?;
        let gate = Arc::clone(&self.gate);
        let (ssh, account) = (self.ssh_command(name), account.clone());
        let session = Session { gate, account, ssh, client, options, controls };
        self.gate.tasks.spawn(session.run(kind));
        Ok(())
    }

    /// Options of a program that has not started yet.
    fn options(&mut self, id: ChannelId) -> Option<&mut ProgramOptions> {
        self.channels.get_mut(&id)?.pending.as_mut().map(|(_, _, options)| options)
    }
}

impl ProgramChannel {
    fn new(client: ChannelWriteHalf<Msg>) -> Self {
        let input = Arc::new(InputQueue::default());
        let (size, size_changes) = watch::channel(TerminalSize { columns: 80, rows: 24 });
        let (signals, received_signals) = mpsc::channel(4);
        let hung_up = CancellationToken::new();
        let controls = ClientControls {
            input: Arc::clone(&input),
            size: size_changes,
            signals: received_signals,
            hung_up: hung_up.clone(),
        };
        let pending = Some((client, controls, ProgramOptions::default()));
        Self { pending, input, size, signals, _hangs_up: hung_up.drop_guard() }
    }
}

impl Handler for ConnectionHandler {
    type Error = russh::Error;

    async fn authentication_banner(&mut self) -> Result<Option<String>> {
        let waits = self.gate.locked_out(self.peer.ip()).into_iter().map(|(login, left)| {
            let (login, seconds) = (printable(&login), left.as_secs() + 1);
            format!("After too many wrong passwords, {login} can try again in {seconds} s.\n")
        });
        let whose = "breakfix: a training container. Log in with the name and the password on your page.\n";
        Ok(Some(format!("{whose}{}", waits.collect::<String>())))
    }

    async fn auth_password(&mut self, login: &str, password: &str) -> Result<Auth> {
        let began = Instant::now();
        if let Some(account) = self.gate.authenticate(self.peer.ip(), login, &Credential::Password(password)) {
            return Ok(self.accept_login(login, account, CredentialKind::Password));
        }
        tokio::time::sleep_until(began + REJECTION_DELAY).await;
        Ok(rejected())
    }

    async fn auth_publickey_offered(&mut self, login: &str, offer: PublicKeyOffer<'_>) -> Result<Auth> {
        Ok(self.account_of_key(login, offer.public_key).map_or_else(rejected, |_| Auth::Accept))
    }

    async fn auth_publickey(&mut self, login: &str, key: VerifiedPublicKey<'_>) -> Result<Auth> {
        let account = self.account_of_key(login, key.public_key);
        Ok(account.map_or_else(rejected, |account| self.accept_login(login, account, CredentialKind::Key)))
    }

    async fn auth_succeeded(&mut self, ssh: &mut Ssh) -> Result<()> {
        self.logged_in.cancel();
        if self.login.as_ref().is_some_and(|login| login.counted.is_none()) {
            ssh.disconnect(Disconnect::TooManyConnections, "Too many connections with this login.", "")?;
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
        // The client's input arrives in `data`; `input_queue` says why.
        let (_, client) = channel.split();
        self.channels.insert(id, ProgramChannel::new(client));
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
        let Some(options) = self.options(id) else { return ssh.channel_failure(id) };
        options.terminal = Some(terminal_name(terminal));
        self.channels[&id].size.send_replace(terminal_size(columns, rows));
        ssh.channel_success(id)
    }

    async fn env_request(&mut self, id: ChannelId, name: &str, value: &str, ssh: &mut Ssh) -> Result<()> {
        let is_locale = ["LANG", "LC_ALL", "LC_CTYPE"].contains(&name);
        match self.options(id) {
            Some(options) if is_locale => {
                options.utf8 |= is_utf8(value);
                ssh.channel_success(id)
            }
            _ => ssh.channel_failure(id),
        }
    }

    async fn shell_request(&mut self, id: ChannelId, ssh: &mut Ssh) -> Result<()> {
        self.start_program(id, ProgramKind::Shell, ssh)
    }

    async fn exec_request(&mut self, id: ChannelId, command: &[u8], ssh: &mut Ssh) -> Result<()> {
        let command = String::from_utf8(command.to_vec());
        let Some(command) = command.ok().filter(|line| line.len() <= MAX_COMMAND && !line.contains('\0')) else {
            return ssh.channel_failure(id);
        };
        let kind = match Builtin::parse(&command) {
            None => ProgramKind::Command(command),
            Some(Ok(builtin)) => ProgramKind::Builtin(builtin),
            Some(Err(message)) => {
                ssh.channel_success(id)?;
                ssh.extended_data(id, 1, format!("error: {message}\n"))?;
                ssh.exit_status_request(id, 2)?;
                ssh.eof(id)?;
                return ssh.close(id);
            }
        };
        self.start_program(id, kind, ssh)
    }

    async fn subsystem_request(&mut self, id: ChannelId, name: &str, ssh: &mut Ssh) -> Result<()> {
        if name == "sftp" { self.start_program(id, ProgramKind::Sftp, ssh) } else { ssh.channel_failure(id) }
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
        if let Some(channel) = self.channels.get(&id) {
            channel.size.send_replace(terminal_size(columns, rows));
        }
        Ok(())
    }

    async fn signal(&mut self, id: ChannelId, signal: Sig, _: &mut Ssh) -> Result<()> {
        if let (Some(channel), Some(name)) = (self.channels.get(&id), signal_name(&signal)) {
            channel.signals.try_send(name).ok();
        }
        Ok(())
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], ssh: &mut Ssh) -> Result<()> {
        let Some(channel) = self.channels.get(&id) else { return Ok(()) };
        if channel.input.push(data.to_vec().into()).await == Err(Overflow) {
            self.channels.remove(&id);
            ssh.extended_data(id, 1, "error: too much input was sent while output was waiting\n")?;
            return ssh.close(id);
        }
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Ssh) -> Result<()> {
        if let Some(channel) = self.channels.get(&id) {
            channel.input.end();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Ssh) -> Result<()> {
        self.channels.remove(&id);
        Ok(())
    }
}

/// Rejects a credential. The client may retry any method; by default the library would remove the failed one.
fn rejected() -> Auth {
    Auth::Reject { proceed_with_methods: Some(methods()), partial_success: false }
}

/// The client's terminal name if it is valid, otherwise a common default.
fn terminal_name(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "+._-".contains(c);
    let valid = (1..=40).contains(&name.len()) && name.chars().all(fits);
    if valid { name.into() } else { "xterm-256color".into() }
}

fn terminal_size(columns: u32, rows: u32) -> TerminalSize {
    let sane = |size: u32, default| u16::try_from(size).ok().filter(|size| *size > 0).unwrap_or(default);
    TerminalSize { columns: sane(columns, 80), rows: sane(rows, 24) }
}

/// The client's locale may be missing in the container, so only its encoding counts.
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
