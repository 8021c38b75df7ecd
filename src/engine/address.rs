//! Where the engine is, found as the `docker` client finds it.
//!
//! Order: `DOCKER_HOST`, the context that `DOCKER_CONTEXT` or `config.json` names, the system socket,
//! rootless and desktop sockets. Podman's socket is used only where `DOCKER_HOST` names it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// What the search may look at.
pub struct Surroundings<'a> {
    /// Environment variables.
    pub env: &'a BTreeMap<String, String>,
    /// Reads a file; `None` if there is none.
    pub read: &'a dyn Fn(&Path) -> Option<String>,
    /// Whether a socket is there.
    pub exists: &'a dyn Fn(&Path) -> bool,
}

/// An engine's address and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `unix://…`, `tcp://…`, `http://…` or `https://…`.
    pub url: String,
    /// `DOCKER_HOST`, `context desktop`, `default socket`.
    pub source: String,
    /// Folder with `ca.pem`, `cert.pem`, `key.pem`, where the connection is to be encrypted.
    pub certificates: Option<PathBuf>,
}

/// Finds the engine.
pub fn find(around: &Surroundings) -> Result<Address> {
    if let Some(host) = around.var("DOCKER_HOST") {
        let certificates = around.var("DOCKER_TLS_VERIFY").map(|_| around.certificates());
        return supported(Address { url: host.into(), source: "DOCKER_HOST".into(), certificates });
    }
    match around.context_name() {
        Some(name) if name != "default" => supported(around.context(&name)?),
        _ => around.socket(),
    }
}

impl Surroundings<'_> {
    fn var(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn home(&self) -> PathBuf {
        PathBuf::from(self.var("HOME").unwrap_or("/"))
    }

    fn config(&self) -> PathBuf {
        self.var("DOCKER_CONFIG").map_or_else(|| self.home().join(".docker"), PathBuf::from)
    }

    fn certificates(&self) -> PathBuf {
        self.var("DOCKER_CERT_PATH").map_or_else(|| self.config(), PathBuf::from)
    }

    fn context_name(&self) -> Option<String> {
        if let Some(name) = self.var("DOCKER_CONTEXT") {
            return Some(name.into());
        }
        let config = (self.read)(&self.config().join("config.json"))?;
        let config: serde_json::Value = serde_json::from_str(&config).ok()?;
        config["currentContext"].as_str().filter(|name| !name.is_empty()).map(Into::into)
    }

    fn context(&self, name: &str) -> Result<Address> {
        let folder: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
        let meta = self.config().join("contexts/meta").join(&folder).join("meta.json");
        let unknown = || {
            Error::engine(format!("the docker context {name} does not exist"))
                .hint("`docker context ls` lists the contexts; `docker context use default` returns to the default.")
        };
        let text = (self.read)(&meta).ok_or_else(unknown)?;
        let json: serde_json::Value = serde_json::from_str(&text).map_err(|_| unknown())?;
        let url = json["Endpoints"]["docker"]["Host"].as_str().ok_or_else(unknown)?.to_string();
        let tls = self.config().join("contexts/tls").join(folder).join("docker");
        let certificates = (self.exists)(&tls.join("cert.pem")).then_some(tls);
        Ok(Address { url, source: format!("context {name}"), certificates })
    }

    fn socket(&self) -> Result<Address> {
        let runtime = self.var("XDG_RUNTIME_DIR").map(PathBuf::from);
        let mut places = vec![(PathBuf::from("/var/run/docker.sock"), "default socket")];
        places.extend(runtime.iter().map(|dir| (dir.join("docker.sock"), "rootless socket")));
        places.push((self.home().join(".docker/run/docker.sock"), "desktop socket"));
        for (path, source) in &places {
            if (self.exists)(path) {
                let url = format!("unix://{}", path.display());
                return Ok(Address { url, source: (*source).into(), certificates: None });
            }
        }
        let tried: Vec<_> = places.iter().map(|(path, _)| path.display().to_string()).collect();
        Err(self.nothing_found(&tried, runtime.as_deref()))
    }

    fn nothing_found(&self, tried: &[String], runtime: Option<&Path>) -> Error {
        let error =
            Error::engine("no container engine was found").because(format!("no socket at {}", tried.join(", ")));
        let podman = [runtime.map(|dir| dir.join("podman/podman.sock")), Some("/run/podman/podman.sock".into())];
        match podman.into_iter().flatten().find(|path| (self.exists)(path)) {
            Some(path) => error.hint(format!(
                "Podman listens at {0}. breakfix is made for Docker; to try it on Podman, set DOCKER_HOST=unix://{0}",
                path.display()
            )),
            None => error.hint("Install Docker Engine and start it, or set DOCKER_HOST to where it listens."),
        }
    }
}

fn supported(address: Address) -> Result<Address> {
    let scheme = address.url.split("://").next().unwrap_or_default();
    if ["unix", "tcp", "http", "https"].contains(&scheme) && address.url.contains("://") {
        return Ok(address);
    }
    let error =
        Error::engine(format!("the engine address {} ({}) is of an unsupported kind", address.url, address.source));
    Err(if scheme == "ssh" {
        error.hint("Forward the socket (`ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST`) and set DOCKER_HOST=unix:///tmp/docker.sock")
    } else {
        error.hint("Use unix:///path/to/socket or tcp://host:port.")
    })
}

/// Host name in an engine's address; `None` if the engine runs on this machine.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://").filter(|(scheme, _)| *scheme != "unix")?;
    let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
    Some(host.trim_matches(['[', ']', '/']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(env: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Address> {
        let env = env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let files: BTreeMap<PathBuf, String> = files.iter().map(|(path, text)| (path.into(), (*text).into())).collect();
        find(&Surroundings {
            env: &env,
            read: &|path| files.get(path).cloned(),
            exists: &|path| files.contains_key(path),
        })
    }

    fn found(env: &[(&str, &str)], files: &[(&str, &str)]) -> String {
        let address = look(env, files).unwrap();
        format!("{} ({})", address.url, address.source)
    }

    const HOME: (&str, &str) = ("HOME", "/home/ada");
    const SOCKET: (&str, &str) = ("/var/run/docker.sock", "");
    const WORK: &str = "/home/ada/.docker/contexts/meta/38b6b6e7ab9b1ef8e3e1b3d8a2e2b2b8/meta.json";

    #[test]
    fn docker_host_comes_first() {
        assert_eq!(
            found(&[HOME, ("DOCKER_HOST", "tcp://10.0.0.1:2375")], &[SOCKET]),
            "tcp://10.0.0.1:2375 (DOCKER_HOST)"
        );
    }

    #[test]
    fn the_system_socket_comes_before_the_rootless_one() {
        let rootless = ("/run/user/1000/docker.sock", "");
        let env = [HOME, ("XDG_RUNTIME_DIR", "/run/user/1000")];
        assert_eq!(found(&env, &[SOCKET, rootless]), "unix:///var/run/docker.sock (default socket)");
        assert_eq!(found(&env, &[rootless]), "unix:///run/user/1000/docker.sock (rootless socket)");
    }

    #[test]
    fn the_current_context_is_followed() {
        let folder: String = Sha256::digest("work").iter().map(|byte| format!("{byte:02x}")).collect();
        let meta = WORK.replace("38b6b6e7ab9b1ef8e3e1b3d8a2e2b2b8", &folder);
        let files = [
            ("/home/ada/.docker/config.json", r#"{"currentContext":"work"}"#),
            (meta.as_str(), r#"{"Endpoints":{"docker":{"Host":"unix:///srv/docker.sock"}}}"#),
        ];
        assert_eq!(found(&[HOME], &files), "unix:///srv/docker.sock (context work)");
    }

    #[test]
    fn a_missing_context_is_named() {
        let error = look(&[HOME, ("DOCKER_CONTEXT", "gone")], &[SOCKET]).unwrap_err();
        assert_eq!(error.to_string(), "the docker context gone does not exist");
    }

    #[test]
    fn podman_is_recognized() {
        let error = look(&[HOME], &[("/run/podman/podman.sock", "")]).unwrap_err();
        assert!(error.hints[0].starts_with("Podman listens at /run/podman/podman.sock."), "{error:?}");
    }

    #[test]
    fn ssh_is_refused_with_a_way_out() {
        let error = look(&[HOME, ("DOCKER_HOST", "ssh://trainer@server")], &[]).unwrap_err();
        assert!(error.hints[0].contains("ssh -nNT -L"), "{error:?}");
    }

    #[test]
    fn only_a_remote_engine_is_on_another_machine() {
        assert_eq!(host("unix:///var/run/docker.sock"), None);
        assert_eq!(host("tcp://lab.example.org:2375"), Some("lab.example.org".into()));
        assert_eq!(host("tcp://[2001:db8::7]:2376"), Some("2001:db8::7".into()));
    }
}
