//! The Docker engine over its HTTP API. Only this module uses bollard.

mod containers;
mod exec;
mod files;
mod images;
mod logs;
mod objects;
mod retry;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use bollard::errors::Error as ApiError;
use futures_util::StreamExt;
use ipnet::Ipv4Net;
use jiff::Timestamp;

use self::containers::PauseState;
use super::address::Address;
use super::runner::{Runner, SideBySide};
use super::{
    About, AttachedStreams, ByteStream, Command, ContainerFacts, Engine, EngineError, ExecId, ExecSession, FileFacts,
    LogOptions, Object, ObjectKind, ObjectRef, Output, Process, Program, Result, Spec, TerminalSize, Usage,
};

/// A connection to one engine. Cheap to clone; each request opens a connection of its own.
#[derive(Clone)]
pub struct Docker {
    client: bollard::Docker,
    address: String,
    response_timeout: Duration,
}

impl Docker {
    /// Connects and negotiates the API version; `response_timeout` limits the wait for the head of each response.
    pub async fn connect(address: &Address, response_timeout: Duration) -> Result<Self> {
        let unreachable =
            |cause: ApiError| EngineError::Unreachable { address: address.url.clone(), cause: root_cause(&cause) };
        let client = open(address, response_timeout).map_err(unreachable)?;
        let docker = Self { client: client.clone(), address: address.url.clone(), response_timeout };
        let client = docker.query("say its version", || client.clone().negotiate_version()).await?;
        Ok(Self { client, ..docker })
    }

    /// Awaits an answer and translates a failure. `action` completes "asked to ...".
    async fn call<T>(&self, action: &str, request: impl Future<Output = Result<T, ApiError>>) -> Result<T> {
        match tokio::time::timeout(self.response_timeout, request).await {
            Ok(answer) => answer.map_err(|error| self.translate(action, error)),
            Err(_) => Err(EngineError::Stalled { action: action.into(), after: self.response_timeout }),
        }
    }

    fn translate(&self, action: &str, error: ApiError) -> EngineError {
        let action = action.to_string();
        match error {
            ApiError::DockerResponseServerError { status_code, message } => refusal(action, status_code, message),
            ApiError::DockerStreamError { error } => refusal(action, 200, error),
            ApiError::RequestTimeoutError => EngineError::Stalled { action, after: self.response_timeout },
            ApiError::JsonDataError { message, .. } => EngineError::InvalidResponse { action, cause: message },
            ApiError::APIVersionParseError {} => {
                EngineError::InvalidResponse { action, cause: "no API version in it".into() }
            }
            ApiError::JsonSerdeError { err } => EngineError::InvalidResponse { action, cause: err.to_string() },
            ApiError::StrParseError { err } => EngineError::InvalidResponse { action, cause: err.to_string() },
            ApiError::HyperResponseError { err } if err.is_parse() => {
                EngineError::InvalidResponse { action, cause: err.to_string() }
            }
            // The server does not support the upgrade that attaching needs: it may not be a container engine.
            other if root_cause(&other).contains("no upgrade available") => {
                EngineError::InvalidResponse { action, cause: root_cause(&other) }
            }
            other if other.to_string().contains("invalid HTTP") || root_cause(&other).contains("invalid HTTP") => {
                EngineError::InvalidResponse { action, cause: root_cause(&other) }
            }
            other => EngineError::Unreachable { address: self.address.clone(), cause: root_cause(&other) },
        }
    }
}

fn open(address: &Address, response_timeout: Duration) -> Result<bollard::Docker, ApiError> {
    let seconds = response_timeout.as_secs().max(1);
    let version = bollard::API_DEFAULT_VERSION;
    if let Some(folder) = &address.certificates {
        let file = |name: &str| folder.join(name);
        return bollard::Docker::connect_with_ssl(
            &address.url,
            &file("key.pem"),
            &file("cert.pem"),
            &file("ca.pem"),
            seconds,
            version,
        );
    }
    if address.url.starts_with("unix://") {
        bollard::Docker::connect_with_unix(&address.url, seconds, version)
    } else {
        bollard::Docker::connect_with_http(&address.url, seconds, version)
    }
}

/// The innermost cause: the message of the operating system or the parser.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

fn refusal(action: String, status: u16, message: String) -> EngineError {
    let lower = message.to_lowercase();
    if lower.contains("no space left on device") {
        EngineError::DiskFull(message)
    } else if lower.contains("pool overlaps") {
        EngineError::SubnetTaken(message)
    } else if lower.contains("port is already allocated") || lower.contains("address already in use") {
        port_in(&message).map_or(EngineError::Refused { action, status, message }, EngineError::PortTaken)
    } else {
        match status {
            404 => EngineError::NotFound(message),
            409 => EngineError::Conflict(message),
            _ => EngineError::Refused { action, status, message },
        }
    }
}

/// The port in `Bind for 127.0.0.1:8080 failed: port is already allocated` and its variants.
fn port_in(message: &str) -> Option<u16> {
    message.rsplit(':').find_map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|port| *port > 0)
    })
}

fn text(value: Option<String>) -> String {
    value.unwrap_or_default()
}

fn non_negative(value: Option<i64>) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default()
}

#[async_trait]
impl Engine for Docker {
    async fn about(&self) -> Result<About> {
        let version = self.query("say its version", || self.client.version()).await?;
        let info = self.query("describe itself", || self.client.info()).await?;
        let components = version.components.unwrap_or_default();
        let podman = components.iter().any(|part| part.name.contains("Podman"));
        let runc = components.iter().find(|part| part.name == "runc").map(|part| part.version.clone());
        let options = info.security_options.unwrap_or_default();
        Ok(About {
            product: if podman { "Podman" } else { "Docker" }.into(),
            version: text(version.version),
            api_version: text(version.api_version),
            address: self.address.clone(),
            storage_driver: text(info.driver),
            runc_version: runc,
            memory: non_negative(info.mem_total),
            cpus: u32::try_from(info.ncpu.unwrap_or_default()).unwrap_or_default(),
            data_root: text(info.docker_root_dir),
            architecture: text(info.architecture),
            rootless: options.iter().any(|option| option.contains("rootless")),
        })
    }

    async fn list(&self, installation: &str) -> Result<Vec<Object>> {
        self.list_objects(installation).await
    }

    async fn list_others(&self, installation: &str) -> Result<Vec<Object>> {
        Docker::list_others(self, installation).await
    }

    async fn subnets(&self) -> Result<Vec<Ipv4Net>> {
        self.list_subnets().await
    }

    async fn create(&self, spec: &Spec) -> Result<()> {
        match spec {
            Spec::Network(network) => self.create_network(network).await,
            Spec::Volume(volume) => self.create_volume(volume).await,
            Spec::Container(container) => self.create_container(container).await,
        }
    }

    async fn remove(&self, object: &ObjectRef) -> Result<()> {
        let removed = match object.kind {
            ObjectKind::Container => self.remove_container(&object.id).await,
            ObjectKind::Network => self.remove_network(&object.id).await,
            ObjectKind::Volume => self.remove_volume(&object.id).await,
        };
        match removed {
            Err(EngineError::NotFound(_)) => Ok(()),
            other => other,
        }
    }

    async fn start(&self, container: &str) -> Result<()> {
        self.call("start a container", self.client.start_container(container, None)).await
    }

    async fn start_attached(&self, container: &str) -> Result<AttachedStreams> {
        self.start_attached(container).await
    }

    async fn restart(&self, container: &str, grace: Duration) -> Result<()> {
        self.restart_container(container, grace).await
    }

    async fn pause(&self, container: &str) -> Result<()> {
        self.set_paused(container, PauseState::Paused).await
    }

    async fn unpause(&self, container: &str) -> Result<()> {
        self.set_paused(container, PauseState::Running).await
    }

    async fn inspect(&self, container: &str) -> Result<ContainerFacts> {
        self.inspect_container(container).await
    }

    async fn was_ended(&self, container: &str, from: Timestamp, to: Timestamp) -> Result<bool> {
        self.kills_of(container, from, to).await
    }

    async fn usage(&self, container: &str) -> Result<Usage> {
        self.usage_of(container).await
    }

    async fn written(&self, installation: &str) -> Result<BTreeMap<String, u64>> {
        self.list_written(installation).await
    }

    async fn processes(&self, container: &str) -> Result<Vec<Process>> {
        self.processes_of(container).await
    }

    async fn exec(&self, container: &str, command: &Command) -> Result<Output> {
        self.run(container, command).await
    }

    async fn exec_interactive(&self, container: &str, program: &Program) -> Result<ExecSession> {
        self.open(container, program).await
    }

    async fn runner(&self, container: &str) -> Result<Box<dyn Runner + '_>> {
        Ok(Box::new(SideBySide::open(self, container).await?))
    }

    async fn resize_terminal(&self, program: &ExecId, size: TerminalSize) -> Result<()> {
        self.resize(&program.0, size).await
    }

    async fn exec_exit_code(&self, program: &ExecId) -> Result<i64> {
        self.exit_code(&program.0, self.response_timeout).await
    }

    async fn logs(&self, container: &str, options: LogOptions) -> Result<ByteStream> {
        self.inspect(container).await?;
        Ok(self.follow(container, options).boxed())
    }

    async fn read_file(&self, container: &str, path: &str, limit: usize) -> Result<Option<FileFacts>> {
        self.download(container, path, limit).await
    }

    async fn write_archive(&self, container: &str, path: &str, archive: Vec<u8>) -> Result<()> {
        self.upload(container, path, archive).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(status: u16, message: &str) -> EngineError {
        refusal("start a container".into(), status, message.into())
    }

    #[test]
    fn a_taken_port_is_named() {
        for message in [
            "driver failed programming external connectivity on endpoint x (ab12): Bind for 127.0.0.1:8080 failed: port is already allocated",
            "driver failed programming external connectivity on endpoint x (ab12): Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use",
        ] {
            assert_eq!(translated(500, message), EngineError::PortTaken(8080));
        }
    }

    #[test]
    fn an_overlapping_subnet_has_an_error_of_its_own() {
        let message = "Pool overlaps with other one on this address space";
        assert_eq!(translated(403, message), EngineError::SubnetTaken(message.into()));
    }

    #[test]
    fn a_full_disk_is_recognized_with_any_status() {
        let message = "mkdir /var/lib/docker/x: no space left on device";
        assert_eq!(translated(500, message), EngineError::DiskFull(message.into()));
    }
}
