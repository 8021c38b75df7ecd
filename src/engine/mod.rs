//! The container engine in the domain's words: what an environment is made of and what is done to it.
//!
//! [`Engine`] runs environments, [`Images`] keeps the images they are made from. [`docker`] is the
//! only place that knows the engine's API; tests have `fake`, an engine in memory that fails on cue.

pub mod address;
mod advice;
pub mod docker;
mod error;
#[cfg(test)]
pub(crate) mod fake;
mod images;
mod keep;
pub mod labels;
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
pub use keep::Keep;
pub use labels::{Owner, Role};
pub use program::{Command, Conversation, Output, Program, ProgramId, Said, SaidStream, Streams, TerminalSize};
pub use runner::Runner;

/// What runs environments. Every method that takes a name means one of our own objects.
///
/// Implementations answer within a bounded time: a call that the engine never answers ends as
/// [`EngineError::Stalled`].
#[async_trait]
pub trait Engine: Send + Sync {
    /// Facts about the engine; also the cheapest proof that it is there.
    async fn about(&self) -> Result<About>;

    /// Everything that carries this installation's label.
    async fn list(&self, installation: &str) -> Result<Vec<Object>>;

    /// Everything that carries the label of another installation.
    async fn list_others(&self, installation: &str) -> Result<Vec<Object>>;

    /// Subnets that any network of the engine uses, ours or not.
    async fn subnets(&self) -> Result<Vec<Ipv4Net>>;

    /// Makes one object. A name of ours that exists already is [`EngineError::Conflict`].
    async fn create(&self, spec: &Spec) -> Result<()>;

    /// Removes an object; one that is gone already is a success.
    async fn remove(&self, object: &ObjectRef) -> Result<()>;

    /// Starts a created or stopped container; a running one is a success.
    async fn start(&self, container: &str) -> Result<()>;

    /// Starts a container that was made to be [talked to](Lasts::WhileTalkedTo).
    async fn start_to_talk(&self, container: &str) -> Result<Streams>;

    /// Stops and starts a container, giving its init `grace` to end.
    async fn restart(&self, container: &str, grace: Duration) -> Result<()>;

    /// Freezes a running container with all that runs in it; a frozen one is a success.
    async fn pause(&self, container: &str) -> Result<()>;

    /// Lets a frozen container go on; a running one is a success.
    async fn unpause(&self, container: &str) -> Result<()>;

    /// What the engine knows of a container.
    async fn inspect(&self, container: &str) -> Result<ContainerFacts>;

    /// Whether the engine remembers that somebody had it end the container in that time. It remembers its latest events
    /// only, and forgets all of them when it ends. Where it remembers none, it answers when that time is over.
    async fn was_ended(&self, container: &str, from: Timestamp, to: Timestamp) -> Result<bool>;

    /// What a container's programs use; nothing of one that does not run.
    async fn usage(&self, container: &str) -> Result<Usage>;

    /// Bytes that each container of this installation has written outside of its volumes, by name. Takes its time.
    async fn written(&self, installation: &str) -> Result<BTreeMap<String, u64>>;

    /// The processes of a running container, as the engine sees them.
    async fn processes(&self, container: &str) -> Result<Vec<Process>>;

    /// Runs a program in a running container to its end or `deadline`.
    async fn exec(&self, container: &str, command: &Command) -> Result<Output>;

    /// Starts a program that is talked to while it runs.
    async fn converse(&self, container: &str, program: &Program) -> Result<Conversation>;

    /// Runs programs in a container that has Perl, side by side and without the engine's time for each.
    async fn runner(&self, container: &str) -> Result<Box<dyn Runner + '_>>;

    /// Tells a program's terminal its new size.
    async fn resize_terminal(&self, program: &ProgramId, size: TerminalSize) -> Result<()>;

    /// Exit code of a program that was talked to, once it has ended.
    async fn exit_code_of(&self, program: &ProgramId) -> Result<i64>;

    /// Container log, oldest first.
    async fn logs(&self, container: &str, options: LogOptions) -> Result<ByteStream>;

    /// One regular file or folder of a container, read without running anything in it, also while it is down; `None`
    /// if there is none.
    async fn read_file(&self, container: &str, path: &str, limit: usize) -> Result<Option<FileFacts>>;

    /// Unpacks a tar archive below `path`, without running anything in the container.
    async fn write_archive(&self, container: &str, path: &str, archive: Vec<u8>) -> Result<()>;
}

/// Raw output as it arrives.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Facts about an engine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// `Docker` or `Podman`.
    pub product: String,
    /// Of the engine.
    pub version: String,
    /// Of the API it speaks.
    pub api_version: String,
    /// Where it was found.
    pub address: String,
    /// Storage driver.
    pub storage_driver: String,
    /// runc's version, where the engine tells.
    pub runc_version: Option<String>,
    /// Bytes.
    pub memory: u64,
    /// Processors.
    pub cpus: u32,
    /// Where it keeps its data.
    pub data_root: String,
    /// CPU architecture as the engine names it.
    pub architecture: String,
    /// Whether the engine runs without root.
    pub rootless: bool,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Removed first.
    Container,
    /// Removed second.
    Network,
    /// Removed last.
    Volume,
}

/// Names one object. Networks are removed by id, since several may share a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct ObjectRef {
    /// What it is.
    pub kind: Kind,
    /// The engine's id; for volumes, the name.
    pub id: String,
    /// Ours.
    pub name: String,
}

/// An object of this installation in the engine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Object {
    /// Which one.
    #[serde(flatten)]
    pub reference: ObjectRef,
    /// From its labels; `None` if they do not make sense.
    pub owner: Option<Owner>,
}

/// An object to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A private bridge without a way out.
    Network(NetworkSpec),
    /// A named volume.
    Volume(VolumeSpec),
    /// A container, not started.
    Container(Box<ContainerSpec>),
}

impl Spec {
    /// What kind it is of, its name, and whose it is.
    #[must_use]
    pub fn identity(&self) -> (Kind, &str, &Owner) {
        match self {
            Self::Network(network) => (Kind::Network, &network.name, &network.owner),
            Self::Volume(volume) => (Kind::Volume, &volume.name, &volume.owner),
            Self::Container(container) => (Kind::Container, &container.name, &container.owner),
        }
    }
}

/// A private bridge of one environment: nothing on it reaches beyond it, this machine included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// Unique name.
    pub name: String,
    /// Its own range.
    pub subnet: Ipv4Net,
    /// Whose it is.
    pub owner: Owner,
}

/// A named volume of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeSpec {
    /// Unique name.
    pub name: String,
    /// In memory and of this size, in MiB; on disk if `None`.
    pub memory_mib: Option<u32>,
    /// Whose it is.
    pub owner: Owner,
}

/// How long a container lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lasts {
    /// Until somebody removes it.
    #[default]
    UntilRemoved,
    /// The engine removes it once it has ended.
    WhileItRuns,
    /// The same; and its first program has a standard input, which ends with whoever talks to it.
    WhileTalkedTo,
}

/// A container of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerSpec {
    /// Unique name.
    pub name: String,
    /// Reference of an image the engine has.
    pub image: String,
    /// Host name inside.
    pub hostname: String,
    /// Replaces the image's command.
    pub command: Option<Vec<String>>,
    /// Environment.
    pub env: BTreeMap<String, String>,
    /// The network it joins; none if empty.
    pub network: String,
    /// Its address there; the engine chooses one if `None`.
    pub address: Option<Ipv4Addr>,
    /// Container whose processes it sees, besides its own.
    pub processes_of: Option<String>,
    /// How long it lasts.
    pub lasts: Lasts,
    /// Further names on that network.
    pub aliases: Vec<String>,
    /// Volumes.
    pub mounts: Vec<Mount>,
    /// Published ports. A container that has any is on the engine's default network as well: nothing can be published
    /// from a network without a way out.
    pub ports: Vec<PortSpec>,
    /// Added back after all were dropped.
    pub capabilities: Vec<String>,
    /// Forbid gaining privileges through set-user-id programs.
    pub no_new_privileges: bool,
    /// Root file system cannot be written.
    pub read_only: bool,
    /// Scratch directories in memory: path to mount options.
    pub tmpfs: BTreeMap<String, String>,
    /// Bytes, swap included.
    pub memory: u64,
    /// Processor time in hundredths of a processor; all there is if `None`.
    pub cpu_percent: Option<u32>,
    /// Bytes of `/dev/shm`.
    pub shm: u64,
    /// Processes and threads.
    pub pids: i64,
    /// Bytes that a file may grow to by what its programs write; any if `None`.
    pub file_size: Option<u64>,
    /// Whose it is.
    pub owner: Owner,
}

/// A volume in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Volume name.
    pub volume: String,
    /// Absolute path inside.
    pub path: String,
    /// Cannot be written through this mount.
    pub read_only: bool,
}

/// A published port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortSpec {
    /// In the container.
    pub inside: u16,
    /// Address on the host.
    pub address: std::net::IpAddr,
    /// On the host.
    pub host: u16,
}

/// What the engine knows of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ContainerFacts {
    /// Whether its init runs.
    pub running: bool,
    /// Frozen.
    pub paused: bool,
    /// The engine's id of the image that it was made from.
    pub image: String,
    /// Of its init, once ended.
    pub exit_code: Option<i64>,
    /// The kernel ended it for want of memory.
    pub oom_killed: bool,
    /// No output of its latest run is older. `None` if there was no run before.
    pub run_since: Option<Timestamp>,
    /// Host ports, by port inside.
    pub ports: BTreeMap<u16, u16>,
    /// Its first process, as [`Engine::processes`] numbers them.
    pub init: Option<u32>,
    /// Why it could not be started the last time that somebody tried, in the engine's words; empty if it could.
    pub refused: String,
    /// When it was last started.
    pub started: Option<Timestamp>,
    /// When it last ended.
    pub ended: Option<Timestamp>,
    /// Its address on each network that it belongs to, by the network's name; empty while it does not run.
    pub networks: BTreeMap<String, String>,
}

/// What a container's programs use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time since it started.
    pub processor: Duration,
    /// Bytes of memory, without what the kernel only keeps because it has room.
    pub memory: u64,
}

/// A process of a container. Numbers are the engine's, not those that the container knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub number: u32,
    /// Of its parent, which may live outside of the container.
    pub parent: u32,
    /// Since it was started, in whole seconds.
    pub age: Duration,
    /// Its program's name, as the kernel knows it.
    pub name: String,
}

/// Which part of a log.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogOptions {
    /// Stay and wait for more.
    pub follow: bool,
    /// Only what came later.
    pub since: Option<Timestamp>,
    /// Only that many last lines.
    pub tail: Option<u32>,
}

/// A regular file or a folder in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Whether it is a folder, which has no content.
    pub directory: bool,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// At most the limit asked for.
    pub content: Vec<u8>,
}
