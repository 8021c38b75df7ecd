//! The gate's process: one for each state folder, in the foreground or background. Module `gate` is the server.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::app::App;
use crate::error::{Context, Error, Result};
use crate::store::{Lock, Store};

/// Default idle timeout of programs.
pub const DEFAULT_IDLE: Duration = Duration::from_hours(2);

/// Name of the gate's lock. Cannot be an attempt's: those have dashes.
const LOCK: &str = "gate";
const INFO: &str = "gate.json";
const LOG: &str = "gate.log";
/// Size in bytes from which on the log is rotated when a gate starts.
const MAX_LOG: u64 = 4 << 20;
/// Timeout for starting and stopping a gate.
const TIMEOUT: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A running gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateInfo {
    /// Address on which it listens.
    pub address: SocketAddr,
    /// Fingerprint of its host key in the format of `ssh`: `SHA256:…`.
    pub fingerprint: String,
    /// Host key in the format of `known_hosts`, without the host name.
    pub host_key: String,
    /// Id of its process.
    pub pid: u32,
    /// Time of its start.
    pub since: Timestamp,
}

/// Log file of a gate in the background.
#[must_use]
pub fn log_file(store: &Store) -> PathBuf {
    store.folder().join(LOG)
}

/// Lock of this state folder's gate. The kernel releases it when the process ends.
pub struct GateClaim {
    info: PathBuf,
    _lock: Lock,
}

impl GateClaim {
    /// Takes the lock, or fails if a gate runs.
    pub async fn take(store: &Store) -> Result<Self> {
        let lock = store.lock(LOCK)?;
        // `running` holds the lock for a moment.
        for _ in 0..20 {
            if lock.try_take()? {
                let info = store.folder().join(INFO);
                std::fs::remove_file(&info).ok();
                return Ok(Self { info, _lock: lock });
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Err(Error::busy("a gate of this state folder is already running")
            .hint("`breakfix gate --status` says where; `breakfix gate --stop` ends it."))
    }

    /// Publishes the gate's address for other processes.
    pub fn announce(&self, info: &GateInfo) -> Result<()> {
        let failed = || format!("{} cannot be written", self.info.display());
        let text = serde_json::to_vec(info).map_err(|cause| Error::bug(failed()).caused_by(cause))?;
        let mut file = tempfile::NamedTempFile::new_in(self.info.parent().unwrap_or(Path::new("."))).context(failed)?;
        std::io::Write::write_all(&mut file, &text).context(failed)?;
        file.persist(&self.info).map_err(|error| error.error).context(failed)?;
        Ok(())
    }
}

impl Drop for GateClaim {
    fn drop(&mut self) {
        std::fs::remove_file(&self.info).ok();
    }
}

/// The running gate of this state folder, if any.
pub fn running(store: &Store) -> Result<Option<GateInfo>> {
    if store.lock(LOCK)?.try_take()? {
        return Ok(None);
    }
    let text = std::fs::read(store.folder().join(INFO)).ok();
    Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
}

/// Makes sure that a gate listens on `listen`; starts one in the background if necessary. A running gate keeps its
/// own `idle`.
pub async fn ensure_running(app: &App, listen: SocketAddr, idle: Duration) -> Result<GateInfo> {
    if let Some(info) = running(&app.store)? {
        return check_address(info, listen);
    }
    let log = open_log(&app.store).context(|| "the gate's log cannot be written".into())?;
    let begin = log.metadata().map_or(0, |facts| facts.len());
    let mut child = launch(app, listen, idle, &log).context(|| "the gate cannot be started".into())?;
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let ended = child.try_wait().context(|| "the gate cannot be watched".into())?;
        if let Some(info) = running(&app.store)? {
            return check_address(info, listen);
        }
        if ended.is_some() || Instant::now() > deadline {
            return Err(Error::environment(format!("the gate did not start on {listen}"))
                .because(log_since(&log_file(&app.store), begin))
                .hint("`breakfix gate` in a terminal shows more; another address or port: --listen."));
        }
        app.check_cancelled()?;
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

fn check_address(info: GateInfo, listen: SocketAddr) -> Result<GateInfo> {
    if info.address == listen || listen.port() == 0 && info.address.ip() == listen.ip() {
        return Ok(info);
    }
    Err(Error::conflict(format!("the gate of this state folder listens on {}, not on {listen}", info.address))
        .hint("`breakfix gate --stop` ends it and everybody's connections."))
}

fn launch(app: &App, listen: SocketAddr, idle: Duration, log: &File) -> std::io::Result<std::process::Child> {
    // Works also if the program's file was replaced.
    let own = Path::new("/proc/self/exe");
    let program = if own.exists() { own.to_path_buf() } else { std::env::current_exe()? };
    let mut command = Command::new(program);
    command.arg("--state").arg(app.store.folder()).args(["gate", "--detached", "--listen", &listen.to_string()]);
    command.args(["--idle", &format!("{}s", idle.as_secs().max(1))]);
    command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
    command.spawn()
}

fn open_log(store: &Store) -> std::io::Result<File> {
    let path = log_file(store);
    if std::fs::metadata(&path).is_ok_and(|facts| facts.len() > MAX_LOG) {
        std::fs::rename(&path, path.with_extension("log.1"))?;
    }
    File::options().create(true).append(true).mode(0o600).open(path)
}

fn log_since(log: &Path, begin: u64) -> String {
    let mut text = vec![];
    let read = File::open(log).and_then(|mut file| {
        file.seek(SeekFrom::Start(begin))?;
        file.take(4096).read_to_end(&mut text)
    });
    let text = crate::text::printable(&String::from_utf8_lossy(&text)).trim().to_string();
    if read.is_err() || text.is_empty() { "it said nothing".into() } else { text }
}

/// Ends the gate and returns it; `None` if none ran.
pub async fn stop(store: &Store) -> Result<Option<GateInfo>> {
    let Some(info) = running(store)? else { return Ok(None) };
    let pid = i32::try_from(info.pid).ok().and_then(Pid::from_raw);
    let deadline = Instant::now() + TIMEOUT;
    if let Some(pid) = pid {
        kill_process(pid, Signal::TERM).map_err(std::io::Error::from).context(|| "the gate cannot be ended".into())?;
    }
    while running(store)?.is_some() {
        if Instant::now() > deadline {
            return Err(Error::environment(format!("the gate, process {}, does not end", info.pid))
                .hint(format!("`kill -KILL {}` ends it at once.", info.pid)));
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(Some(info))
}
