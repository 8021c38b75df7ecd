//! Programs in containers: what to run, and what they leave or say.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::io::AsyncWrite;

use super::{Keep, Result};

/// A program to run in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments, never a shell string made from data.
    pub argv: Vec<String>,
    /// Added to the container's environment.
    pub env: BTreeMap<String, String>,
    /// Fed to it, then closed.
    pub stdin: Vec<u8>,
    /// `user[:group]`; the image's user if `None`.
    pub user: Option<String>,
    /// How long it may take.
    pub deadline: Duration,
    /// What is kept of each stream.
    pub keep: Keep,
}

impl Command {
    /// A program under the image's user that reads nothing.
    pub fn new(argv: impl IntoIterator<Item = impl Into<String>>, deadline: Duration, keep: Keep) -> Self {
        let argv = argv.into_iter().map(Into::into).collect();
        Self { argv, env: BTreeMap::new(), stdin: vec![], user: None, deadline, keep }
    }

    /// Under this user.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.into());
        self
    }

    /// With this on its standard input.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// With one more variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }
}

/// What a program left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// 0 is success. 126 and 127 also stand for "could not be started".
    pub exit_code: i64,
    /// As much as was to be kept.
    pub stdout: Vec<u8>,
    /// As much as was to be kept.
    pub stderr: Vec<u8>,
    /// Bytes of both that were read and not kept.
    pub dropped: u64,
}

/// Columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Width in characters.
    pub columns: u16,
    /// Height in characters.
    pub rows: u16,
}

/// A program that is talked to while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments, never a shell string made from data.
    pub argv: Vec<String>,
    /// Environment, besides the container's own.
    pub env: BTreeMap<String, String>,
    /// User name or id; the container's default if `None`.
    pub user: Option<String>,
    /// It gets a terminal of its own, of this size.
    pub terminal: Option<TerminalSize>,
}

/// Names a program that is talked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramId(pub String);

/// Both ends of a running program.
pub struct Conversation {
    /// For its size and its exit code.
    pub id: ProgramId,
    /// Keyboard or standard input; shutting it down ends the input.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Ends with the program, even if a child that it left holds its output open.
    pub output: SaidStream,
}

/// Both ends of a container's first program.
pub struct Streams {
    /// Its standard input; shutting it down ends the input.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Ends with the container.
    pub output: SaidStream,
}

/// What a program says, as it says it. One that could not be started is [`EngineError::NotStarted`](super::EngineError::NotStarted).
pub type SaidStream = Pin<Box<dyn Stream<Item = Result<Said>> + Send>>;

/// What a program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// On its screen or its standard output.
    Output(Bytes),
    /// On its standard error; never with a terminal.
    Error(Bytes),
    /// At the end: it has ended, and something that it left running still holds its output.
    LeftOpen,
}
