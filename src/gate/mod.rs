//! The gate: one SSH server for all attempts of a state folder. Trainees need no account on this machine.
//!
//! The login is a trainee's name in a class, and leads to the current lab, or an attempt's id (`account`). The engine runs
//! each program that a client requests in that attempt's container. The gate forwards no ports, sockets or agents and runs
//! no program of this machine. It runs a few built-in commands (`ticket`, `hint`, `grade` …) itself.

mod account;
mod authentication;
mod builtin;
mod clock;
mod connection;
mod counter;
mod disk_watch;
mod forward;
mod host_key;
mod input_queue;
mod readiness;
mod run_builtin;
mod server;
mod session;
mod state;
mod waiting_room;

use std::path::PathBuf;
use std::time::Duration;

pub use crate::daemon::{DEFAULT_IDLE, GateClaim, GateInfo, ensure_running, log_file, running, stop};
pub use host_key::{HostKey, host_key};
pub use server::serve;

use crate::image::BuildEnv;

/// Default port of the gate.
pub const DEFAULT_PORT: u16 = 2222;

/// Options of the gate.
#[derive(Clone)]
pub struct Options {
    /// What the build of missing images depends on.
    pub build_env: BuildEnv,
    /// Folder with labs that takes precedence over the folder of an attempt and over the built-in labs.
    pub labs: Option<PathBuf>,
    /// A program without input and output for this time is ended.
    pub idle: Duration,
}

/// Whether a line is a public key in the format of `authorized_keys`. Supports only Ed25519 and ECDSA.
#[must_use]
pub fn is_public_key(line: &str) -> bool {
    authentication::parse_key(line).is_some()
}
