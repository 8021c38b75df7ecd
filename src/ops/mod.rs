//! The operations of breakfix, with typed requests and outcomes.
//!
//! The commands, the board and the gate only translate their input into a request and render the outcome. Progress,
//! notes and warnings are events of [`App`]; operations neither print nor parse nor format.

pub mod attempt;
pub mod autograde;
pub mod class;
mod container;
pub mod disk;
mod files;
pub mod gc;
pub mod machine;
pub mod pool;
pub mod prove;
pub mod results;
mod unattended;

use std::path::PathBuf;

use crate::app::App;
use crate::image::BuildEnv;
use crate::lab::library::Library;

pub use container::ContainerState;
pub use files::write;

/// Services and settings that operations need.
#[derive(Clone)]
pub struct Services {
    /// Engine, store, event receiver and cancellation token.
    pub app: App,
    /// Absolute path of a folder with labs, in addition to the built-in ones.
    pub labs: Option<PathBuf>,
    /// State folder and variables that image builds depend on.
    pub build_env: BuildEnv,
}

impl Services {
    /// The built-in labs and those of the folder.
    #[must_use]
    pub fn library(&self) -> Library {
        Library::new(self.labs.as_deref())
    }
}

/// How an environment came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// It was still running.
    Running,
    /// It was restarted with its data; an optional remark for the user.
    Back(Option<String>),
    /// Its start had been interrupted; it was created again.
    Anew,
}
