//! A static shell with its tools in the trainee's container. Any program there may have been replaced, so we bring our
//! own and remove it afterwards.

use std::time::Duration;

use super::Environment;
use super::script::shell;
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::random;

/// The static shell, in the probe's image.
const STATIC_SHELL: &str = "/bin/busybox";
/// It is about 2 MiB.
const SHELL_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes of a script's output that are kept.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// Our shell in a folder of the container.
pub struct Toolbox<'a> {
    host: &'a Host,
    container: String,
    folder: String,
}

impl<'a> Toolbox<'a> {
    /// Copies the shell into the container.
    pub async fn bring(host: &'a Host, environment: &Environment) -> Result<Self> {
        let shell = host.engine.read_file(&environment.probe(), STATIC_SHELL, SHELL_LIMIT).await;
        let found = shell.context(|| "the static shell cannot be fetched".into())?;
        let binary = found.ok_or_else(|| Error::environment(format!("the probe has no {STATIC_SHELL}")))?.content;
        let name = format!("breakfix-{}", random::letters(16)?);
        let written = host.engine.write_archive(&environment.gitlab(), "/run", archive(&name, &binary)).await;
        written.context(|| "the static shell cannot be copied into the container".into())?;
        Ok(Self { host, container: environment.gitlab(), folder: format!("/run/{name}") })
    }

    /// Runs a script with a clean set of variables. It is killed in the container after `limit`; the engine gets a
    /// little longer to answer.
    pub async fn run(&self, script: String, limit: Duration) -> Result<Output, EngineError> {
        let seconds = limit.as_secs().max(1).to_string();
        let watched = [self.busybox().as_str(), "timeout", "-k", "2", &seconds].map(String::from);
        self.exec(self.shell(&watched), script, limit + Duration::from_secs(5)).await
    }

    /// The same without a process that enforces the limit: when the time is over, the script is left running.
    pub async fn run_alone(&self, script: String, limit: Duration) -> Result<Output, EngineError> {
        self.exec(self.shell(&[]), script, limit).await
    }

    fn shell(&self, within: &[String]) -> Vec<String> {
        let busybox = self.busybox();
        let path = format!("PATH={}/bin:/opt/gitlab/bin:/opt/gitlab/embedded/bin:/usr/bin:/bin", self.folder);
        let within: Vec<&str> = within.iter().map(String::as_str).collect();
        shell(&[&[busybox.as_str(), "env", "-i", &path], within.as_slice(), &[&busybox, "sh", "-eu"]].concat())
    }

    /// Removes the shell.
    pub async fn remove(self) -> Result<()> {
        let argv = [self.busybox().as_str(), "rm", "-rf", &self.folder].map(String::from).to_vec();
        let removed = self.exec(argv, String::new(), Duration::from_secs(10)).await;
        removed.context(|| "the static shell cannot be removed from the container".into()).map(drop)
    }

    fn busybox(&self) -> String {
        format!("{}/busybox", self.folder)
    }

    async fn exec(&self, argv: Vec<String>, stdin: String, deadline: Duration) -> Result<Output, EngineError> {
        let command = Command::new(argv, deadline, OutputLimit::First(OUTPUT_LIMIT)).stdin(stdin);
        self.host.engine.exec(&self.container, &command).await
    }
}

/// The static shell with its applets as links, so that a script's `grep` is ours.
fn archive(folder: &str, binary: &[u8]) -> Vec<u8> {
    const APPLETS: &str = include_str!("../../templates/checks/applets.txt");
    let mut tar = tar::Builder::new(Vec::new());
    let mut file = tar::Header::new_gnu();
    file.set_mode(0o755);
    file.set_size(binary.len() as u64);
    // Writing to memory cannot fail.
    let _ = tar.append_data(&mut file, format!("{folder}/busybox"), binary);
    for applet in APPLETS.split_whitespace() {
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        let _ = tar.append_link(&mut link, format!("{folder}/bin/{applet}"), "../busybox");
    }
    tar.into_inner().unwrap_or_default()
}
