//! Operations: what can be done with an attempt and with a class, as typed requests and typed outcomes.
//!
//! The commands, the board's keys and the gate decide nothing: they make a request of what they are told and show the
//! outcome. Progress, notes and warnings are events of [`App`]; nothing here prints, parses or formats.

pub mod attempt;
pub mod class;
mod container;
mod files;
pub mod machine;

use std::path::PathBuf;

use crate::app::App;
use crate::image::BuildEnv;
use crate::lab::library::Library;

pub use container::ContainerState;
pub use files::write;

/// What operations use.
#[derive(Clone)]
pub struct Services {
    /// Engine, store, events, cancellation.
    pub app: App,
    /// Folder with labs besides those of the binary, absolute.
    pub labs: Option<PathBuf>,
    /// What building images depends on.
    pub build_env: BuildEnv,
}

impl Services {
    /// The labs in force.
    #[must_use]
    pub fn library(&self) -> Library {
        Library::new(self.labs.as_deref())
    }
}

/// How an environment came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// It had never gone.
    Running,
    /// It is back; what is worth knowing about it.
    Back(Option<String>),
    /// It had never been handed over, and was made anew.
    Anew,
}
