//! Errors of the container engine.

use std::time::Duration;

use super::Output;

/// Result of an engine call.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

/// Failure of an engine call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The connection to the engine failed or was lost.
    #[error("the container engine at {address} cannot be reached: {cause}")]
    Unreachable {
        /// Address of the engine.
        address: String,
        /// Error message of the operating system.
        cause: String,
    },
    /// The engine accepted the request and did not answer in time.
    #[error("the container engine did not answer within {} s while asked to {action}", after.as_secs())]
    Stalled {
        /// Requested action; completes "asked to ...".
        action: String,
        /// Time spent waiting.
        after: Duration,
    },
    /// The engine's answer could not be understood.
    #[error("the container engine gave an invalid response when asked to {action}: {cause}")]
    InvalidResponse {
        /// Requested action; completes "asked to ...".
        action: String,
        /// What is wrong with the answer.
        cause: String,
    },
    /// The object does not exist.
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
    /// A program in a container did not exit before its deadline.
    #[error("the program did not end within {} s", after.as_secs())]
    DeadlineExceeded {
        /// The deadline.
        after: Duration,
        /// Output up to the deadline; the exit code is meaningless.
        output: Output,
    },
    /// A program in a container could not be started.
    #[error("{cause}")]
    NotStarted {
        /// Whether the program does not exist.
        missing: bool,
        /// The engine's message.
        cause: String,
    },
    /// An image under a name of this program was not made by this installation.
    #[error("the engine has {0}, but this installation did not build it")]
    UnknownImage(String),
    /// Building or fetching an image failed.
    #[error("{0}")]
    Image(String),
    /// The engine rejected the request for another reason.
    #[error("the container engine refused to {action} ({status}): {message}")]
    Refused {
        /// Requested action; completes "asked to ...".
        action: String,
        /// HTTP status code.
        status: u16,
        /// The engine's message.
        message: String,
    },
}
