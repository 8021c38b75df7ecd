//! Programs in containers: commands, their output, and interactive sessions.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::io::AsyncWrite;

use super::{OutputLimit, Result};

/// A program to run in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments, never a shell string made from data.
    pub argv: Vec<String>,
    /// Environment variables, in addition to the container's own.
    pub env: BTreeMap<String, String>,
    /// Standard input of the program, which then sees its end.
    pub stdin: Vec<u8>,
    /// `user[:group]`; the image's user if `None`.
    pub user: Option<String>,
    /// Longest time that it may run.
    pub deadline: Duration,
    /// Part of each output stream that is kept.
    pub output_limit: OutputLimit,
}

impl Command {
    /// A command that runs as the image's user and has no input.
    pub fn new(
        argv: impl IntoIterator<Item = impl Into<String>>,
        deadline: Duration,
        output_limit: OutputLimit,
    ) -> Self {
        let argv = argv.into_iter().map(Into::into).collect();
        Self { argv, env: BTreeMap::new(), stdin: vec![], user: None, deadline, output_limit }
    }

    /// Runs the command as this user.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets the standard input.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }
}

/// Exit code and output of a program that has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// 0 on success. 126 and 127 also mean that the program could not be started.
    pub exit_code: i64,
    /// Standard output, up to the limit.
    pub stdout: Vec<u8>,
    /// Standard error, up to the limit.
    pub stderr: Vec<u8>,
    /// Bytes of both streams that were discarded because of the limit.
    pub dropped: u64,
}

/// Size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Width in characters.
    pub columns: u16,
    /// Height in characters.
    pub rows: u16,
}

/// An interactive program: its input and output stay attached while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments, never a shell string made from data.
    pub argv: Vec<String>,
    /// Environment variables, in addition to the container's own.
    pub env: BTreeMap<String, String>,
    /// User name or id; the container's default if `None`.
    pub user: Option<String>,
    /// Size of the terminal that it gets; no terminal if `None`.
    pub terminal: Option<TerminalSize>,
}

/// The engine's id of an interactive program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecId(pub String);

/// The attached streams of an interactive program.
pub struct ExecSession {
    /// Identifies the program when its terminal is resized or its exit code is read.
    pub id: ExecId,
    /// Standard input or terminal input; a shutdown ends the input.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Ends with the program, even if a child process still holds the output open.
    pub output: OutputStream,
}

/// The attached streams of a container's first process.
pub struct AttachedStreams {
    /// Standard input; a shutdown ends the input.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Ends with the container.
    pub output: OutputStream,
}

/// Output of a program as it arrives. A program that could not be started yields
/// [`EngineError::NotStarted`](super::EngineError::NotStarted).
pub type OutputStream = Pin<Box<dyn Stream<Item = Result<OutputChunk>> + Send>>;

/// One piece of a program's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputChunk {
    /// Standard output, or everything that the program writes to its terminal.
    Stdout(Bytes),
    /// Standard error of a program without a terminal.
    Stderr(Bytes),
    /// The last item if the program has ended while a child process still holds its output open.
    HeldOpen,
}
