//! The one error type of the program: what failed, why, and what to do next.
//!
//! A wrong answer is never an error (it is a grade); an error means that something
//! could not be done. `cli::ui` prints it once, `exit` chooses its code.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// Result of anything above the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Kind of an error; it decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line is wrong.
    Usage,
    /// A file or setting is wrong: a lab, a class, a roster.
    Invalid,
    /// The named object does not exist.
    NotFound,
    /// Another process works on it; the caller can try again later.
    Busy,
    /// The object is in another state than the operation needs, or it exists already.
    Conflict,
    /// The environment could not be built, or something on this machine is in the way.
    Environment,
    /// The container engine cannot be reached or does not work.
    Engine,
    /// Ctrl-C, or a signal that asks us to end.
    Interrupted,
    /// A mistake in this program.
    Bug,
}

impl Kind {
    /// The word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Busy => "busy",
            Self::Conflict => "conflict",
            Self::Environment => "environment",
            Self::Engine => "engine",
            Self::Interrupted => "interrupted",
            Self::Bug => "bug",
        }
    }

    /// Whether the machine or its engine caused it, so that another try may succeed.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Environment | Self::Engine)
    }
}

/// What failed, why, and what to do next.
#[derive(Debug, Clone)]
pub struct Error {
    /// The kind of the error.
    pub kind: Kind,
    /// What failed, in one sentence without a full stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do next, each a whole sentence or a command.
    pub hints: Vec<String>,
    /// Problems of a lab or a class, where that is what failed.
    pub diagnostics: Vec<Diagnostic>,
    /// The error that caused it, for code that has to know more than `kind`.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of that kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), causes: vec![], hints: vec![], diagnostics: vec![], source: None }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// What somebody wrote is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// The named object does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Another process works on it.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, message)
    }

    /// It is not in the state that this needs, or it exists already.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// The environment could not be built, or something on this machine is in the way.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(Kind::Environment, message)
    }

    /// The container engine cannot be reached or does not do its work.
    pub fn engine(message: impl Into<String>) -> Self {
        Self::new(Kind::Engine, message)
    }

    /// A mistake in this program.
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
        Self::invalid_file("lab", lab, diagnostics)
    }

    /// A file that people write has problems; `what` is what it describes.
    #[must_use]
    pub fn invalid_file(what: &str, name: &str, diagnostics: Vec<Diagnostic>) -> Self {
        let count = diagnostics.len();
        let problems = if count == 1 { "problem" } else { "problems" };
        Self { diagnostics, ..Self::invalid(format!("{what} {name} has {count} {problems}")) }
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

    /// Adds the error that caused it, and keeps it as the source.
    #[must_use]
    pub fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.causes.push(cause.to_string());
        self.source = Some(Arc::new(cause));
        self
    }

    /// The same error with another kind.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The error of that type that caused it.
    #[must_use]
    pub fn cause<E: StdError + 'static>(&self) -> Option<&E> {
        let mut next = self.source();
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Adds to an error what was being done.
pub trait Context<T> {
    /// Wraps the error: `message` is what could not be done.
    fn context(self, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for std::io::Result<T> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::environment(message()).caused_by(cause))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cause_is_found_below_what_was_being_done() {
        let lost = std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = Err::<(), _>(lost).context(|| "it cannot be read".into()).context(|| "no report".into());
        let error = error.unwrap_err();
        assert_eq!((error.kind, error.message.as_str(), error.causes.len()), (Kind::Environment, "no report", 2));
        let cause = error.cause::<std::io::Error>().map(std::io::Error::kind);
        assert_eq!(cause, Some(std::io::ErrorKind::NotFound));
        assert!(error.cause::<fmt::Error>().is_none());
    }
}
