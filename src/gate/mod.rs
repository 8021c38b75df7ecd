//! The gate: one SSH server for all attempts of a state folder, so that a trainee needs no account on this machine.
//!
//! A login is an attempt's id and leads into that attempt's container and nowhere else: what a client asks for becomes a
//! program in the container, run by the engine. There is no forwarding of anything, and nothing of this machine is run.
//! A few words (`ticket`, `hint`, `grade` …) are answered here, so that the whole job can be done from outside.

mod admission;
mod answer;
mod disk;
mod host_key;
mod intake;
mod relay;
mod server;
mod session;
mod visitor;
mod waiting;
mod word;

use std::path::PathBuf;
use std::time::Duration;

pub use crate::daemon::{Claim, DEFAULT_IDLE, GateInfo, ensure_running, log_file, running, stop};
pub use host_key::{HostKey, host_key};
pub use server::serve;

/// Where the gate listens unless told otherwise.
pub const DEFAULT_PORT: u16 = 2222;

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Labs that add to those of the binary or replace them, whatever an attempt was taken from.
    pub labs: Option<PathBuf>,
    /// A program that neither says nor hears anything for so long is hung up.
    pub idle: Duration,
}

/// Whether a line is a public key as `authorized_keys` has them. Only kinds that the gate can verify: Ed25519 and ECDSA.
#[must_use]
pub fn is_public_key(line: &str) -> bool {
    admission::parse_key(line).is_some()
}
