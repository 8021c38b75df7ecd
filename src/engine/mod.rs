//! The interface to the container engine: objects that an environment consists of, and operations on them.
//!
//! [`Engine`] runs environments, [`Images`] manages their images. Only [`docker`] knows the engine's API; tests use
//! `fake`, an engine in memory with injected failures.

pub mod address;
pub mod docker;
mod error;
#[cfg(test)]
pub(crate) mod fake;
mod hints;
mod images;

pub mod labels;
mod output_limit;
mod program;
mod runner;
pub mod subnet;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use ipnet::Ipv4Net;
use jiff::Timestamp;

pub use error::{EngineError, Result};
pub use images::{FileStream, ImageBuild, ImageFacts, Images, LineStream};
pub use labels::{Owner, Role};
pub use output_limit::OutputLimit;
pub use program::{
    AttachedStreams, Command, ExecId, ExecSession, Output, OutputChunk, OutputStream, Program, TerminalSize,
};
pub use runner::Runner;

/// Operations on containers, networks and volumes. Names always refer to objects of this program.
///
/// Every method returns within a bounded time: a request without an answer fails with [`EngineError::Stalled`].
#[async_trait]
pub trait Engine: Send + Sync {
    /// Facts about the engine. This is also the cheapest way to see whether it can be reached.
    async fn about(&self) -> Result<About>;

    /// All objects with the label of this installation.
    async fn list(&self, installation: &str) -> Result<Vec<Object>>;

    /// All objects with the label of another installation.
    async fn list_others(&self, installation: &str) -> Result<Vec<Object>>;

    /// Subnets of all networks of the engine, whoever created them.
    async fn subnets(&self) -> Result<Vec<Ipv4Net>>;

    /// Creates an object. A name that is taken is an [`EngineError::Conflict`].
    async fn create(&self, spec: &Spec) -> Result<()>;

    /// Removes an object; succeeds if it does not exist.
    async fn remove(&self, object: &ObjectRef) -> Result<()>;

    /// Starts a container; succeeds if it runs already.
    async fn start(&self, container: &str) -> Result<()>;

    /// Starts a container of lifetime [`Lifetime::UntilExitAttached`] and attaches to its first process.
    async fn start_attached(&self, container: &str) -> Result<AttachedStreams>;

    /// Stops and starts a container; its init has the time `grace` to exit.
    async fn restart(&self, container: &str, grace: Duration) -> Result<()>;

    /// Pauses a running container; succeeds if it is paused already.
    async fn pause(&self, container: &str) -> Result<()>;

    /// Unpauses a container; succeeds if it is not paused.
    async fn unpause(&self, container: &str) -> Result<()>;

    /// State and settings of a container.
    async fn inspect(&self, container: &str) -> Result<ContainerFacts>;

    /// Whether somebody had the engine stop or kill the container in this period, according to its event log. The engine
    /// keeps only its latest events, and none across its own restart. Without such an event, the call returns when the
    /// period is over.
    async fn was_ended(&self, container: &str, from: Timestamp, to: Timestamp) -> Result<bool>;

    /// Resource usage of a container; zero if it does not run.
    async fn usage(&self, container: &str) -> Result<Usage>;

    /// Size in bytes of the writable layer of each container of this installation, by name. This call is slow.
    async fn written(&self, installation: &str) -> Result<BTreeMap<String, u64>>;

    /// The processes of a running container, with their numbers on the host.
    async fn processes(&self, container: &str) -> Result<Vec<Process>>;

    /// Runs a command in a running container until it exits or its deadline passes.
    async fn exec(&self, container: &str, command: &Command) -> Result<Output>;

    /// Starts an interactive program and attaches to it.
    async fn exec_interactive(&self, container: &str, program: &Program) -> Result<ExecSession>;

    /// Starts a [`Runner`] in a container that has Perl: it runs commands concurrently, without an engine call for each.
    async fn runner(&self, container: &str) -> Result<Box<dyn Runner + '_>>;

    /// Resizes the terminal of an interactive program.
    async fn resize_terminal(&self, program: &ExecId, size: TerminalSize) -> Result<()>;

    /// Waits for the exit code of an interactive program that has ended.
    async fn exec_exit_code(&self, program: &ExecId) -> Result<i64>;

    /// Container log, oldest entry first.
    async fn logs(&self, container: &str, options: LogOptions) -> Result<ByteStream>;

    /// A regular file or a folder of a container, `None` if it does not exist. Nothing is run in the container, which may
    /// be stopped.
    async fn read_file(&self, container: &str, path: &str, limit: usize) -> Result<Option<FileFacts>>;

    /// Unpacks a tar archive into the folder `path`. Nothing is run in the container.
    async fn write_archive(&self, container: &str, path: &str, archive: Vec<u8>) -> Result<()>;
}

/// Raw output as it arrives.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Facts about an engine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// `Docker` or `Podman`.
    pub product: String,
    /// Version of the engine.
    pub version: String,
    /// Version of the engine's API.
    pub api_version: String,
    /// Address of the engine, as a URL.
    pub address: String,
    /// Storage driver of the engine.
    pub storage_driver: String,
    /// Version of runc, if the engine reports it.
    pub runc_version: Option<String>,
    /// Memory of the engine's machine, in bytes.
    pub memory: u64,
    /// Number of processors.
    pub cpus: u32,
    /// Folder of the engine's data.
    pub data_root: String,
    /// CPU architecture in the engine's notation, such as `x86_64`.
    pub architecture: String,
    /// Whether the engine runs without root.
    pub rootless: bool,
}

/// Type of an object. Objects are removed in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectKind {
    /// A container.
    Container,
    /// A network.
    Network,
    /// A volume.
    Volume,
}

/// Reference to an object. Networks are removed by id, since several may have the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct ObjectRef {
    /// Type of the object.
    pub kind: ObjectKind,
    /// The engine's id; the name of a volume.
    pub id: String,
    /// Name that this program gave it.
    pub name: String,
}

/// An object of this installation in the engine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Object {
    /// Type, id and name.
    #[serde(flatten)]
    pub reference: ObjectRef,
    /// Owner according to its labels; `None` if they are missing or invalid.
    pub owner: Option<Owner>,
}

/// Specification of an object to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// An internal bridge network.
    Network(NetworkSpec),
    /// A volume.
    Volume(VolumeSpec),
    /// A container, which is created but not started.
    Container(Box<ContainerSpec>),
}

impl Spec {
    /// Type, name and owner of the object.
    #[must_use]
    pub fn identity(&self) -> (ObjectKind, &str, &Owner) {
        match self {
            Self::Network(network) => (ObjectKind::Network, &network.name, &network.owner),
            Self::Volume(volume) => (ObjectKind::Volume, &volume.name, &volume.owner),
            Self::Container(container) => (ObjectKind::Container, &container.name, &container.owner),
        }
    }
}

/// An internal bridge network of one environment: its containers reach neither other networks nor the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// Unique name.
    pub name: String,
    /// Subnet of the network.
    pub subnet: Ipv4Net,
    /// Owner of the object.
    pub owner: Owner,
}

/// A named volume of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeSpec {
    /// Unique name.
    pub name: String,
    /// Size of a volume in memory, in MiB; the volume is on disk if `None`.
    pub memory_mib: Option<u32>,
    /// Owner of the object.
    pub owner: Owner,
}

/// How long a container exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is removed explicitly.
    #[default]
    UntilRemoved,
    /// Until its first process exits: the engine then removes it.
    UntilExit,
    /// The same, with an attached standard input, which closes when the client disconnects.
    UntilExitAttached,
}

/// A container of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerSpec {
    /// Unique name.
    pub name: String,
    /// Reference of a local image.
    pub image: String,
    /// Host name of the container.
    pub hostname: String,
    /// Command instead of the image's default.
    pub command: Option<Vec<String>>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Name of its network; no network if empty.
    pub network: String,
    /// Address in that network; chosen by the engine if `None`.
    pub address: Option<Ipv4Addr>,
    /// Container whose process namespace it shares.
    pub processes_of: Option<String>,
    /// How long it exists.
    pub lifetime: Lifetime,
    /// Additional DNS names in that network.
    pub aliases: Vec<String>,
    /// Mounted volumes.
    pub mounts: Vec<Mount>,
    /// Published ports. A container with published ports also joins the engine's default network, because an internal
    /// network cannot publish ports.
    pub ports: Vec<PortSpec>,
    /// Capabilities of the container; all others are dropped.
    pub capabilities: Vec<String>,
    /// Whether set-user-id programs cannot gain privileges.
    pub no_new_privileges: bool,
    /// Whether the root file system is read-only.
    pub read_only: bool,
    /// Mount options of each tmpfs, by path.
    pub tmpfs: BTreeMap<String, String>,
    /// Memory limit including swap, in bytes.
    pub memory: u64,
    /// CPU limit in percent of one processor; unlimited if `None`.
    pub cpu_percent: Option<u32>,
    /// Size of `/dev/shm`, in bytes.
    pub shm: u64,
    /// Largest number of processes and threads.
    pub pids: i64,
    /// Largest size of a file that its programs write, in bytes; unlimited if `None`.
    pub file_size: Option<u64>,
    /// Owner of the object.
    pub owner: Owner,
}

/// A volume mounted in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Name of the volume.
    pub volume: String,
    /// Absolute path in the container.
    pub path: String,
    /// Whether the mount is read-only.
    pub read_only: bool,
}

/// A published port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortSpec {
    /// Port in the container.
    pub inside: u16,
    /// Address of the host that the port is bound to.
    pub address: std::net::IpAddr,
    /// Port of the host.
    pub host: u16,
}

/// State and settings of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ContainerFacts {
    /// Whether it runs.
    pub running: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// Id of its image.
    pub image: String,
    /// Exit code of its init; `None` while it runs.
    pub exit_code: Option<i64>,
    /// Whether the kernel killed it because it ran out of memory.
    pub oom_killed: bool,
    /// Start of its latest run in the log: older log entries belong to an earlier run. `None` if there was no earlier run.
    pub run_since: Option<Timestamp>,
    /// Published host ports, by port in the container.
    pub ports: BTreeMap<u16, u16>,
    /// Process number of its init on the host, as in [`Engine::processes`].
    pub init: Option<u32>,
    /// The engine's message if the latest start failed; empty otherwise.
    pub refused: String,
    /// When it was last started.
    pub started: Option<Timestamp>,
    /// When it last ended.
    pub ended: Option<Timestamp>,
    /// Its address in each of its networks, by network name; empty while it does not run.
    pub networks: BTreeMap<String, String>,
}

/// Resource usage of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time since the start of the container.
    pub processor: Duration,
    /// Memory in bytes, without the page cache.
    pub memory: u64,
}

/// A process of a container. Process numbers are those on the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Number of the process.
    pub number: u32,
    /// Number of the parent process, which may be outside of the container.
    pub parent: u32,
    /// Time since its start, in whole seconds.
    pub age: Duration,
    /// Name of its program in the kernel's process table.
    pub name: String,
}

/// Selects a part of a container log.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogOptions {
    /// Whether to wait for new entries.
    pub follow: bool,
    /// Only entries after this time.
    pub since: Option<Timestamp>,
    /// Only this number of lines at the end.
    pub tail: Option<u32>,
}

/// A regular file or a folder in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Whether it is a folder, which has no content.
    pub directory: bool,
    /// Permission bits of the file.
    pub mode: u32,
    /// User id of the owner.
    pub uid: u64,
    /// Id of the group.
    pub gid: u64,
    /// Content of a regular file, up to the requested limit.
    pub content: Vec<u8>,
}
