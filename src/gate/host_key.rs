//! The gate's SSH host key: generated once and kept in the state folder.

use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use jiff::Timestamp;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};

use crate::daemon::GateInfo;
use crate::error::{Context, Error, Result};

const FILE: &str = "gate_host_ed25519_key";

/// The gate's private host key. Not `Debug`, so it cannot be printed.
pub struct HostKey(pub(super) PrivateKey);

impl HostKey {
    /// Fingerprint in the format of `ssh`: `SHA256:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Public key in the format of `known_hosts`, without the host name.
    pub fn public(&self) -> Result<String> {
        self.0.public_key().to_openssh().map_err(|cause| Error::bug("a key cannot be written").caused_by(cause))
    }
}

impl GateInfo {
    /// Describes this process as the gate that listens on `address`.
    pub fn here(address: SocketAddr, key: &HostKey, since: Timestamp) -> Result<Self> {
        let (fingerprint, host_key) = (key.fingerprint(), key.public()?);
        Ok(Self { address, fingerprint, host_key, pid: std::process::id(), since })
    }
}

/// Reads the host key from the state folder, or generates it. Concurrent processes get the same key.
pub fn host_key(folder: &Path) -> Result<HostKey> {
    let path = folder.join(FILE);
    if !path.exists() {
        generate(folder, &path)?;
    }
    let unusable = || format!("the gate's host key {} cannot be used", path.display());
    let mode = std::fs::metadata(&path).context(unusable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Error::environment(unusable())
            .because("others than its owner may read or write it")
            .hint("Remove it to have a new one made; clients will then warn that the host key has changed."));
    }
    let text = std::fs::read(&path).context(unusable)?;
    let key = PrivateKey::from_openssh(&text).map_err(|cause| {
        Error::environment(unusable())
            .caused_by(cause)
            .hint("Remove it to have a new one made; clients will then warn that the host key has changed.")
    })?;
    Ok(HostKey(key))
}

/// Writes a temporary file and links it into place. If another process was faster, its key stays.
fn generate(folder: &Path, path: &Path) -> Result<()> {
    let failed = || format!("the gate's host key {} cannot be created", path.display());
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))?;
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    let text = key.to_openssh(LineEnding::LF).map_err(|cause| Error::bug(failed()).caused_by(cause))?;
    let temporary = folder.join(format!("{FILE}.{}", crate::random::letters(8)?));
    let written = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&temporary);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    let linked = written.and_then(|()| std::fs::hard_link(&temporary, path));
    std::fs::remove_file(&temporary).ok();
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.context(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_generated_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (host_key(folder.path()).unwrap(), host_key(folder.path()).unwrap());
        assert_eq!(first.fingerprint(), second.fingerprint());
        assert!(first.public().unwrap().starts_with("ssh-ed25519 "));
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = host_key(folder.path()).err().unwrap();
        assert_eq!(error.causes, ["others than its owner may read or write it"]);
    }
}
