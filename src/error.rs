//! The one error type of the program: what failed, why, and what to do next.
//!
//! A wrong answer is never an error (it is a grade); an error means that something
//! could not be done. `cli::ui` prints it once, `exit` chooses its code.

use std::fmt;

use crate::diagnostic::Diagnostic;

/// Result of anything above the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose mend an error needs; chooses the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line or a lab is wrong.
    Usage,
    /// The environment could not be built or reached.
    Environment,
    /// Ctrl-C, or a signal that asks us to end.
    Interrupted,
    /// Ours.
    Bug,
}

/// What failed, why, and what to do next.
#[derive(Debug, Clone)]
pub struct Error {
    /// Whose mend it needs.
    pub kind: Kind,
    /// What failed, in one sentence without a full stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do next, each a whole sentence or a command.
    pub hints: Vec<String>,
    /// Problems of a lab or a class, where that is what failed.
    pub diagnostics: Vec<Diagnostic>,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), causes: vec![], hints: vec![], diagnostics: vec![] }
    }

    /// The command line or a lab is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// The environment could not be built or reached.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(Kind::Environment, message)
    }

    /// Something that cannot happen did.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, message)
    }

    /// The user asked us to end.
    #[must_use]
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted")
    }

    /// A lab has problems.
    #[must_use]
    pub fn invalid_lab(lab: &str, diagnostics: Vec<Diagnostic>) -> Self {
        Self::invalid("lab", lab, diagnostics)
    }

    /// A file that people write has problems; `what` is what it describes.
    #[must_use]
    pub fn invalid(what: &str, name: &str, diagnostics: Vec<Diagnostic>) -> Self {
        let count = diagnostics.len();
        let problems = if count == 1 { "problem" } else { "problems" };
        Self { diagnostics, ..Self::usage(format!("{what} {name} has {count} {problems}")) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds why it failed.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}

/// Says what was being done when something failed.
pub trait Context<T> {
    /// Wraps the error: `message` is what could not be done.
    fn context(self, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for std::io::Result<T> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::environment(message()).because(cause))
    }
}

impl<T> Context<T> for Result<T> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|mut error| {
            error.causes.insert(0, std::mem::replace(&mut error.message, message()));
            error
        })
    }
}
