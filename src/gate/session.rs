//! Runs one program for a client: a program in the container or a built-in command.

use std::sync::Arc;

use russh::ChannelWriteHalf;
use russh::server::Msg;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::builtin::Builtin;
use super::forward::{Activity, End, EndOfInput, forward_control, forward_output, forward_stdin, signal};
use super::input_queue::InputQueue;
use super::readiness::{POLL_INTERVAL, Readiness, Wait, poll};
use super::run_builtin::{self, Output};
use super::state::Gate;
use crate::attempt::Workspace;
use crate::engine::{ContainerFacts, EngineError, ExecSession, Program, TerminalSize};
use crate::environment::went_down;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::exit::Exit;
use crate::random;
use crate::text::printable;

/// Environment variable that identifies a program, to signal it later.
const MARK: &str = "BREAKFIX_SESSION";
/// Works also without a home directory.
const SHELL: &str = "cd 2>/dev/null; exec /bin/bash";
const COMMAND: &str = r#"cd 2>/dev/null; exec /bin/bash -c "$1""#;
const SFTP: &str =
    "for server in /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server /usr/libexec/openssh/sftp-server
do [ -x $server ] && exec $server; done; echo 'this container has no sftp-server: copy with scp -O' >&2; exit 127";
/// Exit code of `ssh` for a lost connection; used if the program's own exit code is unknown.
const LOST: u32 = 255;

/// Kind of program.
pub enum ProgramKind {
    /// An interactive shell.
    Shell,
    /// A command line for the container's shell.
    Command(String),
    /// The container's own SFTP server.
    Sftp,
    /// A built-in command of the gate.
    Builtin(Builtin),
}

/// Options that a client requests before its program starts.
#[derive(Clone, Debug, Default)]
pub struct ProgramOptions {
    /// Type of the client's terminal; `None` without a terminal.
    pub terminal: Option<String>,
    /// Whether the client's locale uses UTF-8.
    pub utf8: bool,
}

/// Receiving ends of what a client sends to its running program.
pub struct ClientControls {
    /// Standard input.
    pub input: Arc<InputQueue>,
    /// Size of the client's terminal.
    pub size: watch::Receiver<TerminalSize>,
    /// Signal names without `SIG`.
    pub signals: mpsc::Receiver<&'static str>,
    /// Cancelled when the client closes the channel.
    pub hung_up: CancellationToken,
}

/// A program and its client.
pub struct Session {
    pub gate: Arc<Gate>,
    /// Who has logged in.
    pub account: Account,
    /// The `ssh` command line that reaches the gate.
    pub ssh: String,
    pub client: ChannelWriteHalf<Msg>,
    pub options: ProgramOptions,
    pub controls: ClientControls,
}

impl Session {
    /// Runs the program and sends its exit code. Ignores failures to send: the client may be gone.
    pub async fn run(mut self, kind: ProgramKind) {
        let code = match kind {
            ProgramKind::Builtin(builtin) => u32::from(Box::pin(self.run_builtin(builtin)).await.code()),
            other => self.in_container(&other).await,
        };
        self.controls.input.close();
        self.client.exit_status(code).await.ok();
        self.client.eof().await.ok();
        self.client.close().await.ok();
    }

    /// Sends a message of the gate to the client.
    async fn send_message(&self, text: &str) {
        let line = format!("{}\n", printable(text));
        if self.options.terminal.is_some() {
            self.client.data_bytes(line.replace('\n', "\r\n")).await.ok();
        } else {
            self.client.extended_data_bytes(1, line).await.ok();
        }
    }

    async fn run_builtin(&mut self, builtin: Builtin) -> Exit {
        let (sender, mut events) = mpsc::unbounded_channel();
        let cancel = self.gate.app.cancel.child_token();
        let forward = Arc::new(move |event| drop(sender.send(event)));
        let app = self.gate.app.watched_by(forward).cancelled_by(cancel.clone());
        let run = run_builtin::run(&self.gate, &app, &self.account, builtin, &self.ssh);
        let result = attended(run, &cancel, self, &mut events).await;
        let (exit, solved) = match result {
            Ok(Output { text, exit, solved }) => {
                self.send_output(&text).await;
                (exit, solved)
            }
            Err(error) => {
                self.send_message(&error_text(&error)).await;
                return error.kind.into();
            }
        };
        if let Some(solved) = solved {
            // Nobody is left without a lab because a connection broke: only the gate's end cancels this.
            let (sender, mut events) = mpsc::unbounded_channel();
            let services = self.gate.services(Arc::new(move |event| drop(sender.send(event))));
            let next = run_builtin::advance(&services, &solved, &self.ssh);
            let text = attended(Box::pin(next), &CancellationToken::new(), self, &mut events).await;
            self.send_output(&text).await;
        }
        exit
    }

    async fn send_event(&self, event: &Event) {
        match event {
            Event::Started(step) => self.send_message(&format!("{step} ...")).await,
            Event::Progress(_, text) | Event::Note(text) => self.send_message(text).await,
            Event::Warning(text) => self.send_message(&format!("warning: {text}")).await,
            Event::Count(..) | Event::Finished(_) | Event::Failed(..) => {}
        }
    }

    async fn send_output(&self, text: &str) {
        let text = if self.options.terminal.is_some() { text.replace('\n', "\r\n") } else { text.into() };
        self.client.data_bytes(text).await.ok();
    }

    async fn in_container(&mut self, kind: &ProgramKind) -> u32 {
        loop {
            let hung_up = self.controls.hung_up.clone();
            let (workspace, before) = match hung_up.run_until_cancelled(self.wait_for_container()).await {
                None => return LOST,
                Some(Err(message)) => {
                    self.send_message(&message).await;
                    return u32::from(Exit::Environment.code());
                }
                Some(Ok(found)) => *found,
            };
            if matches!(kind, ProgramKind::Shell) && self.options.terminal.is_some() {
                self.greet(&workspace).await;
            }
            match self.run_program(&workspace, kind).await {
                Ok(Some(code)) if !self.went_down(&workspace, &before, code).await => return code,
                // The container was paused or stopped after the poll.
                Ok(Some(_)) | Err(EngineError::Conflict(_)) => {}
                Ok(None) => return LOST,
                Err(error) => {
                    self.send_message(&format!("error: {error}")).await;
                    return u32::from(Exit::Environment.code());
                }
            }
            if !matches!(kind, ProgramKind::Shell) {
                self.send_message("Your container was stopped or restarted meanwhile.").await;
                return LOST;
            }
        }
    }

    /// Waits until the container is ready, and tells the trainee why. The error is a message for the trainee.
    async fn wait_for_container(&self) -> Result<Box<(Workspace, ContainerFacts)>, String> {
        let begin = Instant::now();
        let mut last = "";
        loop {
            match poll(&self.gate, &self.account).await {
                Readiness::Ready(found) => return Ok(found),
                Readiness::Gone(message) => return Err(message),
                Readiness::NotReady(Wait { why, at_most }) if begin.elapsed() > at_most => {
                    return Err(format!("{why}. Ask your trainer."));
                }
                Readiness::NotReady(Wait { why, .. }) if why != last => {
                    self.send_message(&format!("{why}; waiting for it ...")).await;
                    last = why;
                }
                Readiness::NotReady(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }

    /// Runs a program in the container and returns its exit code; `None` if forwarding ended before the program.
    async fn run_program(&mut self, workspace: &Workspace, kind: &ProgramKind) -> Result<Option<u32>, EngineError> {
        let mark = format!("{MARK}={}", random::letters(12).unwrap_or_default());
        let program = self.program(kind, &mark);
        let engine = Arc::clone(&self.gate.app.engine);
        let exec = engine.exec_interactive(&workspace.environment.gitlab(), &program).await?;
        let id = exec.id.clone();
        let message = match self.forward(workspace, exec, &mark).await? {
            // A program that ended with its container has no exit code.
            End::Ended => {
                let code = engine.exec_exit_code(&id).await.map_or(LOST, |code| u32::try_from(code).unwrap_or(LOST));
                return Ok(Some(code));
            }
            End::HungUp => None,
            End::Idle => Some("The session was idle for too long and was closed."),
            End::Closing => Some("The gate is closing. Your container keeps running; log in again later."),
        };
        // The message comes first because the signal may take long on a busy machine.
        if let Some(message) = message {
            self.send_message(message).await;
        }
        self.signal(workspace, "HUP", &mark).await;
        Ok(None)
    }

    fn program(&self, kind: &ProgramKind, mark: &str) -> Program {
        let bash = |script: &str, args: &[&str]| {
            [&["/bin/bash", "-c", script, "bash"], args].concat().into_iter().map(String::from).collect()
        };
        let argv = match kind {
            ProgramKind::Command(command) => bash(COMMAND, &[command]),
            ProgramKind::Sftp => bash(SFTP, &[]),
            ProgramKind::Shell | ProgramKind::Builtin(_) => bash(SHELL, &[]),
        };
        let (name, value) = mark.split_once('=').unwrap_or((mark, ""));
        let mut env = vec![(name.to_string(), value.to_string())];
        env.extend(self.options.terminal.clone().map(|terminal| ("TERM".into(), terminal)));
        env.extend(self.options.utf8.then(|| ("LANG".into(), "C.UTF-8".into())));
        let terminal = self.options.terminal.is_some().then(|| *self.controls.size.borrow());
        Program { argv, env: env.into_iter().collect(), user: Some("root".into()), terminal }
    }

    /// Forwards input, output and controls until the client or the program ends.
    async fn forward(&mut self, workspace: &Workspace, exec: ExecSession, mark: &str) -> Result<End, EngineError> {
        let ExecSession { id, mut input, mut output } = exec;
        let Self { gate, client, controls, options, .. } = self;
        let ClientControls { input: queue, size, signals, hung_up } = controls;
        let activity = Activity::new();
        let at_end = if options.terminal.is_some() { EndOfInput::Ignore } else { EndOfInput::Close };
        let stdin = forward_stdin(queue, &mut input, at_end, &activity);
        let output = forward_output(&mut output, client, queue, &activity);
        let control = forward_control(&gate.app, &workspace.environment, &id, mark, size, signals);
        tokio::pin!(stdin, output, control);
        let mut stdin_open = true;
        loop {
            tokio::select! {
                end = &mut output => return end,
                () = &mut stdin, if stdin_open => stdin_open = false,
                () = &mut control => {}
                () = hung_up.cancelled() => return Ok(End::HungUp),
                () = gate.app.cancel.cancelled() => return Ok(End::Closing),
                () = activity.wait_until_idle(gate.options.idle) => return Ok(End::Idle),
            }
        }
    }

    async fn signal(&self, workspace: &Workspace, name: &str, mark: &str) {
        signal(&self.gate.app, &workspace.environment, name, mark).await;
    }

    async fn went_down(&self, workspace: &Workspace, before: &ContainerFacts, code: u32) -> bool {
        let known = Some(code).filter(|code| *code != LOST);
        went_down(self.gate.app.engine.as_ref(), &workspace.environment, before, known).await
    }

    async fn greet(&self, workspace: &Workspace) {
        let lab = workspace.attempt.library(self.gate.options.labs.as_deref()).load(&workspace.attempt.lab);
        let title = lab.map_or_else(|_| workspace.attempt.lab.to_string(), |lab| lab.title);
        let (id, url, ssh) = (&workspace.attempt.id, workspace.environment.url(), &self.ssh);
        self.send_message(&format!(
            "{title}\nYou are root in the container of {id}; its GitLab is at {url}\nFrom a terminal of your own, also with hint, grade, status or help:\n  {ssh} ticket"
        ))
        .await;
    }
}

/// Waits for the end of an operation, and sends its events to the client meanwhile. A client that hangs up cancels it
/// through `cancel`, and its end is awaited all the same: so it ends in an orderly way.
async fn attended<T>(
    work: impl Future<Output = T>,
    cancel: &CancellationToken,
    session: &Session,
    events: &mut mpsc::UnboundedReceiver<Event>,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => return result,
            Some(event) = events.recv() => session.send_event(&event).await,
            () = session.controls.hung_up.cancelled(), if !cancel.is_cancelled() => cancel.cancel(),
        }
    }
}

/// Message and causes of an error. Its hints are for users of this machine and are omitted.
fn error_text(error: &Error) -> String {
    let causes = error.causes.iter().map(|cause| format!("\n  because: {cause}"));
    format!("error: {}{}", error.message, causes.collect::<String>())
}
