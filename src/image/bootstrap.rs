//! Builds a Debian root file system from the host's mirror with mmdebstrap.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::apt::{self, Key, Mirror};
use super::plan::{digest, short_digest};
use super::{BASE, REPOSITORY};
use crate::error::{Context as _, Error, Result};

const SUITE: &str = "trixie";
/// Interval between two reads of the log of mmdebstrap.
const POLL: Duration = Duration::from_millis(200);
const SYSTEM_KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Like the slim Debian images of registries: no documentation, no translations, no service started by
/// a package's installation, no device nodes (a rootless engine could not unpack them).
const SLIM: [&str; 15] = [
    "--variant=minbase",
    "--include=ca-certificates",
    "--dpkgopt=force-unsafe-io",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/lintian/*",
    "--aptopt=Acquire::Languages \"none\"",
    "--aptopt=Acquire::Retries \"3\"",
    "--skip=chroot/policy-rc.d",
    "--customize-hook=f=\"$1/usr/sbin/policy-rc.d\" && printf '#!/bin/sh\\nexit 101\\n' > \"$f\" && chmod 755 \"$f\"",
    "--skip=check/signed-by",
    "--skip=output/dev",
];

/// Inputs of the base image.
#[derive(Clone, Debug)]
pub struct Recipe {
    mirror: Mirror,
    /// Reference of the resulting image.
    pub reference: String,
}

impl Recipe {
    /// Reads the apt sources below `root`; `None` if the host is not Debian or has no mirror.
    #[must_use]
    pub fn of_host(root: &Path) -> Option<Self> {
        let release = std::fs::read_to_string(root.join("etc/os-release")).ok()?;
        let value = |name: &str| {
            let lines = release.lines().filter_map(|line| line.split_once('='));
            lines.filter(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"').to_string()).next()
        };
        if value("ID")? != "debian" {
            return None;
        }
        let mirror = apt::choose(&host_entries(root), &value("VERSION_CODENAME")?)?;
        Some(Self::new(mirror))
    }

    fn new(mirror: Mirror) -> Self {
        let described = format!("{SLIM:?} {SUITE} {mirror:?}");
        let reference = format!("{REPOSITORY}{BASE}:{}", short_digest(&digest(&[described.as_bytes()])));
        Self { mirror, reference }
    }

    fn arguments(&self, keys: &str) -> Vec<String> {
        let mut arguments: Vec<String> = SLIM.map(Into::into).into();
        arguments.push(format!("--keyring={keys}"));
        if keys != SYSTEM_KEYS {
            // Later builds on top of this base must be able to trust the mirror as well.
            let key = shlex::try_quote(keys).unwrap_or_default();
            arguments.push(format!("--customize-hook=copy-in {key} /etc/apt/trusted.gpg.d"));
        }
        arguments.extend([SUITE.into(), "-".into()]);
        arguments.extend(self.mirror.lines(SUITE));
        arguments
    }
}

/// Runs mmdebstrap and returns the archive, rewound. `on_line` receives each line of its log.
///
/// Archive and log are temporary files rather than pipes: if this process is killed, mmdebstrap still finishes and cleans up
/// its mounts and files, which it would not do after a broken pipe. Dropping the future sends it a signal to end, and it
/// cleans up as well.
pub async fn run(
    recipe: &Recipe,
    proxies: &BTreeMap<String, String>,
    on_line: &mut (dyn FnMut(&str) + Send),
) -> Result<tokio::fs::File> {
    let failed = || "the Debian base could not be put together".to_string();
    let (_key_file, keys) = keys(&recipe.mirror.key).context(failed)?;
    let mut archive = tempfile::tempfile().context(failed)?;
    let log = tempfile::NamedTempFile::new().context(failed)?;
    let mut command = Command::new("mmdebstrap");
    command.args(recipe.arguments(&keys)).envs(proxies).env("LC_ALL", "C.UTF-8").process_group(0);
    command.stdin(Stdio::null()).stdout(archive.try_clone().context(failed)?);
    command.stderr(log.reopen().context(failed)?);
    let mut running = Running(command.spawn().map_err(|cause| not_started(&cause))?);
    let status = running.follow(log.as_file(), on_line).await.context(failed)?;
    if !status.success() {
        return Err(Error::environment(failed()).because(format!("mmdebstrap ended with {status}")));
    }
    archive.rewind().context(failed)?;
    Ok(tokio::fs::File::from_std(archive))
}

/// mmdebstrap and its children, a process group of their own.
struct Running(Child);

impl Running {
    /// Passes each line of the log on until the program ends.
    async fn follow(&mut self, mut log: &File, on_line: &mut (dyn FnMut(&str) + Send)) -> io::Result<ExitStatus> {
        let mut partial = Vec::new();
        loop {
            let ended = tokio::time::timeout(POLL, self.0.wait()).await;
            log.read_to_end(&mut partial)?;
            while let Some(end) = partial.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = partial.drain(..=end).collect();
                on_line(&String::from_utf8_lossy(&line));
            }
            if let Ok(status) = ended {
                return status;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // On SIGTERM, unlike SIGKILL, it cleans up its mounts and files.
        if let Some(group) = self.0.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ = kill_process_group(group, Signal::TERM);
        }
    }
}

fn host_entries(root: &Path) -> Vec<apt::Entry> {
    let apt_folder = root.join("etc/apt");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let folder = std::fs::read_dir(apt_folder.join("sources.list.d")).into_iter().flatten().flatten();
    let mut files: Vec<_> = folder.map(|entry| entry.path()).collect();
    files.sort();
    files.insert(0, apt_folder.join("sources.list"));
    let parse = |path: &std::path::PathBuf| match path.extension().and_then(|ending| ending.to_str()) {
        Some("list") => apt::entries_of_list(&read(path)),
        Some("sources") => apt::entries_of_sources(&read(path)),
        _ => vec![],
    };
    let entries = files.iter().flat_map(parse).collect();
    apt::resolve(entries, &|path| std::fs::read_to_string(root.join(path.trim_start_matches('/'))).ok())
}

/// Path of the keys, and the file that must live as long as it is used.
fn keys(key: &Key) -> io::Result<(Option<tempfile::NamedTempFile>, String)> {
    match key {
        Key::System => Ok((None, SYSTEM_KEYS.into())),
        Key::File(path) if path.contains("debian-archive") => Ok((None, SYSTEM_KEYS.into())),
        Key::File(path) => Ok((None, path.clone())),
        Key::Inline(text) => {
            let file = tempfile::Builder::new().prefix("mirror-").suffix(".asc").tempfile()?;
            std::fs::write(file.path(), text)?;
            let path = file.path().display().to_string();
            Ok((Some(file), path))
        }
    }
}

fn not_started(cause: &io::Error) -> Error {
    let error = Error::environment("mmdebstrap, which makes the Debian base, could not be started").because(cause);
    if cause.kind() == io::ErrorKind::NotFound { error.hint("sudo apt-get install mmdebstrap") } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(release: &str, sources: &str) -> Option<Recipe> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("etc/apt/sources.list.d")).unwrap();
        std::fs::write(root.path().join("etc/os-release"), release).unwrap();
        std::fs::write(root.path().join("etc/apt/sources.list.d/debian.sources"), sources).unwrap();
        Recipe::of_host(root.path())
    }

    const SOURCES: &str = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n";

    #[test]
    fn the_base_comes_from_the_mirror_of_a_debian_host_only() {
        let debian = host("ID=debian\nVERSION_CODENAME=bookworm\n", SOURCES).unwrap();
        let arguments = debian.arguments(SYSTEM_KEYS);
        let tail: Vec<_> = arguments.iter().skip(SLIM.len()).map(String::as_str).collect();
        let keys = format!("--keyring={SYSTEM_KEYS}");
        assert_eq!(tail, [&keys, "trixie", "-", "deb http://mirror.example/debian trixie main"]);
        assert!(host("ID=ubuntu\nVERSION_CODENAME=noble\n", SOURCES).is_none());
        assert!(host("ID=debian\nVERSION_CODENAME=\"forky\"\n", SOURCES).is_none());
    }

    #[test]
    fn another_mirror_makes_another_base() {
        let release = "ID=debian\nVERSION_CODENAME=bookworm\n";
        let here = host(release, SOURCES).unwrap().reference;
        assert_eq!(host(release, SOURCES).unwrap().reference, here);
        assert_ne!(host(release, &SOURCES.replace("http:", "https:")).unwrap().reference, here);
    }

    #[test]
    fn a_key_of_the_mirrors_own_goes_into_the_base() {
        let sources = format!("{SOURCES}Signed-By: /etc/apt/keyrings/class room.gpg\n");
        let recipe = host("ID=debian\nVERSION_CODENAME=bookworm\n", &sources.replace(" room", "")).unwrap();
        let (_file, keys) = keys(&recipe.mirror.key).unwrap();
        let hook = "--customize-hook=copy-in /etc/apt/keyrings/class.gpg /etc/apt/trusted.gpg.d";
        assert!(recipe.arguments(&keys).contains(&hook.to_string()));
    }
}
