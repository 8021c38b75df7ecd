//! What can go wrong between us and the engine.

use std::time::Duration;

use super::Output;

/// Result of an engine call.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

/// An engine call that did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// No engine where one was looked for, or it went away in the middle.
    #[error("the container engine at {address} cannot be reached: {cause}")]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What the operating system says.
        cause: String,
    },
    /// It took the request and never answered.
    #[error("the container engine did not answer within {} s while asked to {action}", after.as_secs())]
    Stalled {
        /// What it was asked to do.
        action: String,
        /// How long we waited.
        after: Duration,
    },
    /// What it answered makes no sense.
    #[error("the container engine answered nonsense when asked to {action}: {cause}")]
    Nonsense {
        /// What it was asked to do.
        action: String,
        /// Why it makes none.
        cause: String,
    },
    /// There is no such object.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The name is taken, or the object is not in the state that the call needs.
    #[error("{0}")]
    Conflict(String),
    /// Another network uses the subnet.
    #[error("the subnet {0} is in use by another network")]
    SubnetTaken(String),
    /// Another program uses the port.
    #[error("port {0} of this machine is already in use")]
    PortTaken(u16),
    /// The engine's disk is full.
    #[error("the container engine's disk is full: {0}")]
    DiskFull(String),
    /// A program in a container did not end in time. What it had printed by then.
    #[error("the program did not end within {} s", after.as_secs())]
    DeadlineExceeded {
        /// The deadline.
        after: Duration,
        /// What it had printed; its exit code says nothing.
        output: Output,
    },
    /// A program in a container could not be started.
    #[error("{cause}")]
    NotStarted {
        /// There is no such program.
        missing: bool,
        /// The engine's words.
        cause: String,
    },
    /// Under a name of ours the engine has an image that is not what we have made.
    #[error("the engine has {0}, but this installation did not make it")]
    UnknownImage(String),
    /// Building or fetching an image failed.
    #[error("{0}")]
    Image(String),
    /// Any other refusal, in the engine's own words.
    #[error("the container engine refused to {action} ({status}): {message}")]
    Refused {
        /// What it was asked to do.
        action: String,
        /// HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
}
