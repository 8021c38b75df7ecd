//! One program that a client asked for: in the container, or one of our own words.

use std::sync::Arc;

use russh::ChannelWriteHalf;
use russh::server::Msg;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, answer};
use super::intake::Intake;
use super::relay::{End, Pulse, feed, show, signal, steer};
use super::server::Gate;
use super::waiting::{Look, PATIENCE, POLL, look};
use super::word::Word;
use crate::attempt::Workspace;
use crate::engine::{ContainerFacts, EngineError, ExecSession, Program, TerminalSize};
use crate::environment::went_down;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::exit::Exit;
use crate::id::AttemptId;
use crate::random;
use crate::text::printable;

/// Marks a program's environment, so that it can be found when its client has gone.
const MARK: &str = "BREAKFIX_SESSION";
/// The home directory may be gone, and the container can be entered all the same.
const SHELL: &str = "cd 2>/dev/null; exec /bin/bash";
const COMMAND: &str = r#"cd 2>/dev/null; exec /bin/bash -c "$1""#;
const FILES: &str =
    "for server in /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server /usr/libexec/openssh/sftp-server
do [ -x $server ] && exec $server; done; echo 'this container has no sftp-server: copy with scp -O' >&2; exit 127";
/// Exit code where the program's own is not known, as `ssh` uses it.
const LOST: u32 = 255;

/// What runs.
pub enum What {
    /// A shell, for people.
    Shell,
    /// A command line for the container's shell.
    Command(String),
    /// The container's own SFTP server.
    Files,
    /// One of our own words.
    Word(Word),
}

/// What a client wants its program to have.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Name of the client's terminal, where it wants one.
    pub terminal: Option<String>,
    /// It understands UTF-8.
    pub utf8: bool,
}

/// What a client does to its program while it runs.
pub struct Ends {
    /// What it sends.
    pub intake: Arc<Intake>,
    /// Its terminal's size.
    pub size: watch::Receiver<TerminalSize>,
    /// Names of signals.
    pub signals: mpsc::Receiver<&'static str>,
    /// It has gone.
    pub hung_up: CancellationToken,
}

/// One program and its client.
pub struct Session {
    pub gate: Arc<Gate>,
    pub attempt: AttemptId,
    /// What the client types to get here.
    pub ssh: String,
    pub client: ChannelWriteHalf<Msg>,
    pub wanted: Wanted,
    pub ends: Ends,
}

impl Session {
    /// Runs it to its end and tells the client. A client that has gone is told nothing, which is no error.
    pub async fn run(mut self, what: What) {
        let code = match what {
            What::Word(word) => u32::from(self.answer(word).await.code()),
            other => self.in_container(&other).await,
        };
        self.ends.intake.close();
        self.client.exit_status(code).await.ok();
        self.client.eof().await.ok();
        self.client.close().await.ok();
    }

    /// Tells the client something that no program says.
    async fn say(&self, text: &str) {
        let line = format!("{}\n", printable(text));
        if self.wanted.terminal.is_some() {
            self.client.data_bytes(line.replace('\n', "\r\n")).await.ok();
        } else {
            self.client.extended_data_bytes(1, line).await.ok();
        }
    }

    async fn answer(&mut self, word: Word) -> Exit {
        let (told, mut tell) = mpsc::unbounded_channel();
        let cancel = self.gate.app.cancel.child_token();
        let events = Arc::new(move |event| drop(told.send(event)));
        let app = self.gate.app.watched_by(events).cancelled_by(cancel.clone());
        let answered = {
            let coming = answer(&app, &self.gate.options, &self.attempt, word, &self.ssh);
            tokio::pin!(coming);
            loop {
                tokio::select! {
                    answered = &mut coming => break answered,
                    Some(event) = tell.recv() => self.tell(&event).await,
                    // Once more around: the work ends in an orderly way.
                    () = self.ends.hung_up.cancelled(), if !cancel.is_cancelled() => cancel.cancel(),
                }
            }
        };
        self.hand_over(answered).await
    }

    async fn tell(&self, event: &Event) {
        match event {
            Event::Started(step) => self.say(&format!("{step} ...")).await,
            Event::Progress(_, text) | Event::Note(text) => self.say(text).await,
            Event::Warning(text) => self.say(&format!("warning: {text}")).await,
            Event::Count(..) | Event::Finished(_) | Event::Failed(..) => {}
        }
    }

    async fn hand_over(&self, answered: Result<Answer>) -> Exit {
        match answered {
            Ok((text, exit)) => {
                let text = if self.wanted.terminal.is_some() { text.replace('\n', "\r\n") } else { text };
                self.client.data_bytes(text).await.ok();
                exit
            }
            Err(error) => {
                self.say(&account(&error)).await;
                error.kind.into()
            }
        }
    }

    async fn in_container(&mut self, what: &What) -> u32 {
        loop {
            let hung_up = self.ends.hung_up.clone();
            let (workspace, before) = match hung_up.run_until_cancelled(self.wait_for_container()).await {
                None => return LOST,
                Some(Err(why)) => {
                    self.say(&why).await;
                    return u32::from(Exit::Environment.code());
                }
                Some(Ok(found)) => *found,
            };
            if matches!(what, What::Shell) && self.wanted.terminal.is_some() {
                self.greet(&workspace).await;
            }
            match self.program(&workspace, what).await {
                Ok(Some(code)) if !self.went_down(&workspace, &before, code).await => return code,
                // Paused or stopped between two looks.
                Ok(Some(_)) | Err(EngineError::Conflict(_)) => {}
                Ok(None) => return LOST,
                Err(error) => {
                    self.say(&format!("error: {error}")).await;
                    return u32::from(Exit::Environment.code());
                }
            }
            if !matches!(what, What::Shell) {
                self.say("Your container was stopped or restarted meanwhile.").await;
                return LOST;
            }
        }
    }

    /// Waits until the container can be entered, telling why. The error is a line for the trainee.
    async fn wait_for_container(&self) -> Result<Box<(Workspace, ContainerFacts)>, String> {
        let deadline = Instant::now() + PATIENCE;
        let mut said = "";
        loop {
            match look(&self.gate.app, &self.attempt).await {
                Look::Open(found) => return Ok(found),
                Look::Over(why) => return Err(why),
                Look::Later(why) if Instant::now() > deadline => return Err(format!("{why}. Ask your trainer.")),
                Look::Later(why) if why != said => {
                    self.say(&format!("{why}; waiting for it ...")).await;
                    said = why;
                }
                Look::Later(_) => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Runs one program in the container. `None` if it was left before its end.
    async fn program(&mut self, workspace: &Workspace, what: &What) -> Result<Option<u32>, EngineError> {
        let mark = format!("{MARK}={}", random::letters(12).unwrap_or_default());
        let program = self.program_for(what, &mark);
        let engine = Arc::clone(&self.gate.app.engine);
        let conversation = engine.exec_interactive(&workspace.environment.gitlab(), &program).await?;
        let id = conversation.id.clone();
        let why = match self.relay(workspace, conversation, &mark).await? {
            // A program that went down with its container has no exit code.
            End::Ended => {
                let code = engine.exec_exit_code(&id).await.map_or(LOST, |code| u32::try_from(code).unwrap_or(LOST));
                return Ok(Some(code));
            }
            End::HungUp => None,
            End::Idle => Some("Nothing was typed or said for long; good-bye."),
            End::Closing => Some("The gate closes. Your container stays; log in again later."),
        };
        // Told first: on a crowded machine the rest takes its time.
        if let Some(why) = why {
            self.say(why).await;
        }
        self.signal(workspace, "HUP", &mark).await;
        Ok(None)
    }

    fn program_for(&self, what: &What, mark: &str) -> Program {
        let bash = |lines: &str, more: &[&str]| {
            [&["/bin/bash", "-c", lines, "bash"], more].concat().into_iter().map(String::from).collect()
        };
        let argv = match what {
            What::Command(command) => bash(COMMAND, &[command]),
            What::Files => bash(FILES, &[]),
            What::Shell | What::Word(_) => bash(SHELL, &[]),
        };
        let (name, value) = mark.split_once('=').unwrap_or((mark, ""));
        let mut env = vec![(name.to_string(), value.to_string())];
        env.extend(self.wanted.terminal.clone().map(|terminal| ("TERM".into(), terminal)));
        env.extend(self.wanted.utf8.then(|| ("LANG".into(), "C.UTF-8".into())));
        let terminal = self.wanted.terminal.is_some().then(|| *self.ends.size.borrow());
        Program { argv, env: env.into_iter().collect(), user: Some("root".into()), terminal }
    }

    /// Client to program and back, until one of them ends.
    async fn relay(&mut self, workspace: &Workspace, talk: ExecSession, mark: &str) -> Result<End, EngineError> {
        let ExecSession { id, mut input, mut output } = talk;
        let Self { gate, client, ends, wanted, .. } = self;
        let Ends { intake, size, signals, hung_up } = ends;
        let pulse = Pulse::new();
        let feed = feed(intake, &mut input, wanted.terminal.is_some(), &pulse);
        let show = show(&mut output, client, intake, &pulse);
        let steer = steer(gate, &workspace.environment, &id, mark, size, signals);
        tokio::pin!(feed, show, steer);
        let mut feeding = true;
        loop {
            tokio::select! {
                end = &mut show => return end,
                () = &mut feed, if feeding => feeding = false,
                () = &mut steer => {}
                () = hung_up.cancelled() => return Ok(End::HungUp),
                () = gate.app.cancel.cancelled() => return Ok(End::Closing),
                () = pulse.stops(gate.options.idle) => return Ok(End::Idle),
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
        let (id, ssh) = (&workspace.attempt.id, &self.ssh);
        self.say(&format!(
            "{title}\nYou are root in the container of {id}. From a terminal of your own, also with hint, grade, status or help:\n  {ssh} ticket"
        ))
        .await;
    }
}

/// What failed and why. What to do next is for people with an account here.
fn account(error: &Error) -> String {
    let causes = error.causes.iter().map(|cause| format!("\n  because: {cause}"));
    format!("error: {}{}", error.message, causes.collect::<String>())
}
