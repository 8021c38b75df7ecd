//! The context of a command: its labs, its state folder and the engine.

use std::collections::BTreeMap;
use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use etcetera::{BaseStrategy, choose_base_strategy};
use tokio_util::sync::CancellationToken;

use super::{Global, Ui, signals};
use crate::app::App;
use crate::engine::address::{self, Surroundings};
use crate::engine::docker::Docker;
use crate::engine::subnet;
use crate::error::{Context, Error, Result};
use crate::event::Events;
use crate::host::{Host, Journal};
use crate::id::TraineeId;
use crate::image::BuildEnv;
use crate::lab::library::Library;
use crate::ops::Services;
use crate::store::Store;

/// Timeout of engine requests without `BREAKFIX_ENGINE_TIMEOUT`.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// Global options and environment variables of a command.
pub struct CliContext {
    global: Global,
    variables: BTreeMap<String, String>,
    events: Events,
}

impl CliContext {
    pub(super) fn new(global: &Global, ui: &Ui) -> Self {
        let mut context = Self { global: global.clone(), variables: std::env::vars().collect(), events: ui.events() };
        let folder = |name| context.variable(name).map(PathBuf::from);
        let (labs, state) = (folder("BREAKFIX_LABS"), folder("BREAKFIX_STATE"));
        context.global.labs = context.global.labs.or(labs);
        context.global.state = context.global.state.or(state);
        context
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The user's name, reduced to the characters of trainee names.
    #[must_use]
    pub fn user(&self) -> TraineeId {
        crate::slug::trainee(self.variable("USER").or(self.variable("LOGNAME")).unwrap_or_default()).into()
    }

    /// The built-in labs and those of `--labs`.
    #[must_use]
    pub fn library(&self) -> Library {
        Library::new(self.global.labs.as_deref())
    }

    /// The labs that an attempt was taken from.
    #[must_use]
    pub fn library_of(&self, attempt: &crate::attempt::Attempt) -> Library {
        attempt.library(self.labs())
    }

    /// The folder given by `--labs`.
    #[must_use]
    pub fn labs(&self) -> Option<&Path> {
        self.global.labs.as_deref()
    }

    /// The folder given by `--labs`, absolute.
    pub fn labs_dir(&self) -> Result<Option<PathBuf>> {
        let absolute =
            |dir: &PathBuf| std::path::absolute(dir).context(|| format!("{} is not a usable path", dir.display()));
        self.global.labs.as_ref().map(absolute).transpose()
    }

    /// Services for operations.
    pub async fn services(&self) -> Result<Services> {
        Ok(Services { app: self.app().await?, labs: self.labs_dir()?, build_env: self.build_env()? })
    }

    /// Opens the store in the state folder.
    pub fn store(&self) -> Result<Store> {
        Store::open(&self.state_folder()?)
    }

    fn state_folder(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.global.state {
            return std::path::absolute(folder).context(|| format!("{} is not a usable path", folder.display()));
        }
        default_state()
    }

    /// The secret that seals archives of images.
    #[must_use]
    pub fn cache_key(&self) -> Option<&str> {
        self.variable("BREAKFIX_CACHE_KEY")
    }

    /// State folder and variables that image builds depend on.
    pub fn build_env(&self) -> Result<BuildEnv> {
        Ok(BuildEnv::new(self.state_folder()?, &self.variables))
    }

    /// Address of the engine.
    pub fn engine_address(&self) -> Result<address::Address> {
        let read = |path: &Path| std::fs::read_to_string(path).ok();
        address::find(&Surroundings { env: &self.variables, read: &read, exists: &|path| path.exists() })
    }

    /// Name or address under which trainees reach a port that is bound to `listen`; `None` if `listen` itself is that
    /// address.
    pub fn address_for(&self, listen: IpAddr) -> Result<Option<String>> {
        if !listen.is_unspecified() {
            return Ok(None);
        }
        Ok(address::host(&self.engine_address()?.url).or_else(|| own_address().map(|ip| ip.to_string())))
    }

    /// Connects to the engine.
    pub async fn engine(&self) -> Result<Docker> {
        let address = self.engine_address()?;
        let seconds =
            self.variable("BREAKFIX_ENGINE_TIMEOUT").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let connected = Docker::connect(&address, seconds.unwrap_or(DEFAULT_TIMEOUT)).await;
        connected.context(|| "the container engine cannot be used".into())
    }

    /// Connects to the engine and the store. From now on Ctrl-C cancels the operation.
    pub async fn app(&self) -> Result<App> {
        let store = Arc::new(self.store()?);
        let engine = Arc::new(self.engine().await?);
        let cancel = CancellationToken::new();
        signals::cancel_on_signals(cancel.clone(), self.events.clone())?;
        let range = self.variable("BREAKFIX_SUBNETS").unwrap_or(subnet::DEFAULT_RANGE);
        let subnets = range.parse().map_err(|cause| {
            Error::invalid(format!("BREAKFIX_SUBNETS={range} is not an IPv4 range"))
                .caused_by(cause)
                .hint("An example: 10.213.0.0/16")
        })?;
        let (known, events) = (self.build_env()?.known, self.events.clone());
        let (installation, journal) = (store.installation().to_string(), Arc::clone(&store) as Arc<dyn Journal>);
        let images = engine.clone();
        Ok(App { host: Host { engine, images, known, installation, journal, events, cancel, subnets }, store })
    }
}

/// The default state folder.
pub fn default_state() -> Result<PathBuf> {
    let strategy = choose_base_strategy().map_err(|cause| {
        Error::not_found("there is no home folder for the state").caused_by(cause).hint("Name a folder with --state.")
    })?;
    let base = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(base.join("breakfix"))
}

/// This machine's address on its default route. Connecting a UDP socket sends no packet.
fn own_address() -> Option<IpAddr> {
    let source = |any: &str, other: &str| -> std::io::Result<IpAddr> {
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect((other, 9))?;
        Ok(socket.local_addr()?.ip())
    };
    // Addresses reserved for documentation.
    source("0.0.0.0", "192.0.2.254").or_else(|_| source("::", "2001:db8::1")).ok()
}
