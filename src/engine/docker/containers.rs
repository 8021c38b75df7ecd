//! Containers: from our specification to the engine's, and back.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, ContainerStatsResponse, EndpointIpamConfig, EndpointSettings,
    HealthConfig, HostConfig, HostConfigLogConfig, Mount, MountType, NetworkConnectRequest, NetworkingConfig,
    PortBinding, ResourcesUlimits,
};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, EventsOptionsBuilder, LogsOptions, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder, RestartContainerOptionsBuilder, StatsOptionsBuilder, TopOptionsBuilder,
};
use bytes::Bytes;
use futures_util::StreamExt;
use jiff::Timestamp;

use super::Docker;
use crate::engine::{ContainerFacts, ContainerSpec, EngineError, Lifetime, LogOptions, Process, Result, Usage};

/// Network that every engine can publish ports from.
const DEFAULT_NETWORK: &str = "bridge";
/// The container itself. Without a resolver of its own, older engines forward external DNS queries to that of the host.
const NO_RESOLVER: &str = "127.0.0.1";
/// Attempts to pause a container.
const PAUSE_TRIES: u32 = 10;
/// Interval between two queries for the state of an object that the engine works on.
const POLL: Duration = Duration::from_millis(100);

/// `number, parent, [[days-]hours:]minutes:seconds, name`.
fn process(row: &[String]) -> Option<Process> {
    let [number, parent, elapsed, name] = row else { return None };
    let (number, parent, name) = (number.parse().ok()?, parent.parse().ok()?, name.clone());
    Some(Process { number, parent, age: Duration::from_secs(elapsed_seconds(elapsed)?), name })
}

fn elapsed_seconds(elapsed: &str) -> Option<u64> {
    let (days, clock) = elapsed.split_once('-').unwrap_or(("0", elapsed));
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    Some(days.parse::<u64>().ok()? * 86_400 + parts.into_iter().fold(0, |sum, part| sum * 60 + part))
}

/// Target state of [`Docker::set_paused`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PauseState {
    Running,
    Paused,
}

impl Docker {
    pub(super) async fn create_container(&self, spec: &ContainerSpec) -> Result<()> {
        let options = CreateContainerOptionsBuilder::default().name(&spec.name).build();
        self.call("create a container", self.client.create_container(Some(options), body(spec))).await?;
        if spec.ports.is_empty() {
            return Ok(());
        }
        // Engines before API 1.44 take one network in the call that creates.
        let request = NetworkConnectRequest { container: spec.name.clone(), endpoint_config: Some(endpoint(spec)) };
        self.call("connect a container", self.client.connect_network(&spec.network, request)).await
    }

    pub(super) async fn remove_container(&self, id: &str) -> Result<()> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        match self.call("remove a container", self.client.remove_container(id, Some(options))).await {
            Err(EngineError::Conflict(message)) if message.contains("in progress") => self.wait_gone(id).await,
            other => other,
        }
    }

    async fn wait_gone(&self, id: &str) -> Result<()> {
        let gone = async {
            loop {
                match self.inspect_container(id).await {
                    Err(EngineError::NotFound(_)) => return Ok(()),
                    Err(other) => return Err(other),
                    Ok(_) => tokio::time::sleep(POLL).await,
                }
            }
        };
        let stalled = |_| EngineError::Stalled { action: "remove a container".into(), after: self.response_timeout };
        tokio::time::timeout(self.response_timeout, gone).await.map_err(stalled)?
    }

    pub(super) async fn restart_container(&self, name: &str, grace: Duration) -> Result<()> {
        let seconds = i32::try_from(grace.as_secs()).unwrap_or(i32::MAX);
        let options = RestartContainerOptionsBuilder::default().t(seconds).build();
        self.call("restart a container", self.client.restart_container(name, Some(options))).await
    }

    /// The engine rejects a request for the current state. Pausing also fails while programs fork at that moment.
    pub(super) async fn set_paused(&self, name: &str, target: PauseState) -> Result<()> {
        let mut tries = 0;
        loop {
            let answer = match target {
                PauseState::Paused => self.call("pause a container", self.client.pause_container(name)).await,
                PauseState::Running => self.call("unpause a container", self.client.unpause_container(name)).await,
            };
            let Err(error @ (EngineError::Conflict(_) | EngineError::Refused { .. })) = answer else { return answer };
            let now = self.inspect_container(name).await?;
            tries += 1;
            match error {
                _ if now.running && now.paused == (target == PauseState::Paused) => return Ok(()),
                EngineError::Refused { .. } if target == PauseState::Paused && now.running && tries < PAUSE_TRIES => {
                    tokio::time::sleep(POLL * tries).await;
                }
                error => return Err(error),
            }
        }
    }

    pub(super) async fn inspect_container(&self, name: &str) -> Result<ContainerFacts> {
        let answer = self.query("describe a container", || self.client.inspect_container(name, None)).await?;
        Ok(facts(answer))
    }

    /// `docker kill`, `stop` and `restart` leave such an event; whatever happens within the container leaves none.
    pub(super) async fn kills_of(&self, name: &str, from: Timestamp, to: Timestamp) -> Result<bool> {
        let only = |value: &str| vec![value.to_string()];
        let filters = HashMap::from([("container", only(name)), ("event", only("kill"))]);
        let seconds = |at: Timestamp| format!("{}.{:09}", at.as_second(), at.subsec_nanosecond());
        let options = EventsOptionsBuilder::default().since(&seconds(from)).until(&seconds(to)).filters(&filters);
        let mut events = self.client.events(Some(options.build()));
        Ok(self.call("list its events", async { events.next().await.transpose() }).await?.is_some())
    }

    pub(super) async fn usage_of(&self, name: &str) -> Result<Usage> {
        let options = StatsOptionsBuilder::default().stream(false).one_shot(true).build();
        let measure = async || self.client.stats(name, Some(options.clone())).next().await.transpose();
        let answer = self.query("measure a container", measure).await?;
        Ok(answer.map(usage).unwrap_or_default())
    }

    pub(super) async fn processes_of(&self, name: &str) -> Result<Vec<Process>> {
        let action = "list a container's processes";
        // Columns that every `ps` knows, busybox's as well.
        let options = TopOptionsBuilder::default().ps_args("-o pid,ppid,etime,comm").build();
        let answer = self.query(action, || self.client.top_processes(name, Some(options.clone()))).await?;
        let processes: Option<Vec<Process>> =
            answer.processes.unwrap_or_default().iter().map(|row| process(row)).collect();
        let cause = "no numbers in it".to_string();
        processes.filter(|all| !all.is_empty()).ok_or(EngineError::InvalidResponse { action: action.into(), cause })
    }
}

/// The network that a container is made on.
fn home(spec: &ContainerSpec) -> &str {
    match (spec.ports.is_empty(), spec.network.as_str()) {
        (false, _) => DEFAULT_NETWORK,
        (true, "") => "none",
        (true, network) => network,
    }
}

fn endpoint(spec: &ContainerSpec) -> EndpointSettings {
    let fixed =
        |address: Ipv4Addr| EndpointIpamConfig { ipv4_address: Some(address.to_string()), ..Default::default() };
    EndpointSettings { aliases: Some(spec.aliases.clone()), ipam_config: spec.address.map(fixed), ..Default::default() }
}

fn body(spec: &ContainerSpec) -> ContainerCreateBody {
    let joined = (home(spec) == spec.network).then(|| HashMap::from([(spec.network.clone(), endpoint(spec))]));
    let attached = spec.lifetime == Lifetime::UntilExitAttached;
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        hostname: Some(spec.hostname.clone()),
        cmd: spec.command.clone(),
        attach_stdin: Some(attached),
        open_stdin: Some(attached),
        stdin_once: Some(attached),
        env: Some(spec.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        labels: Some(spec.owner.to_labels().into_iter().collect()),
        exposed_ports: Some(spec.ports.iter().map(|port| format!("{}/tcp", port.inside)).collect()),
        // Readiness is ours to judge; a health check of the image would only cost processor time in every container.
        healthcheck: Some(HealthConfig { test: Some(vec!["NONE".into()]), ..Default::default() }),
        host_config: Some(host_config(spec)),
        networking_config: joined.map(|networks| NetworkingConfig { endpoints_config: Some(networks) }),
        ..Default::default()
    }
}

fn host_config(spec: &ContainerSpec) -> HostConfig {
    let bytes = |value: u64| Some(i64::try_from(value).unwrap_or(i64::MAX));
    let bound_log = HashMap::from([("max-size".to_string(), "10m".to_string()), ("max-file".into(), "2".into())]);
    HostConfig {
        network_mode: Some(home(spec).into()),
        dns: Some(vec![NO_RESOLVER.into()]),
        pid_mode: spec.processes_of.as_ref().map(|container| format!("container:{container}")),
        auto_remove: Some(spec.lifetime != Lifetime::UntilRemoved),
        mounts: Some(spec.mounts.iter().map(mount).collect()),
        port_bindings: Some(
            spec.ports.iter().map(|port| (format!("{}/tcp", port.inside), Some(vec![binding(port)]))).collect(),
        ),
        cap_drop: Some(vec!["ALL".into()]),
        cap_add: Some(spec.capabilities.clone()),
        security_opt: spec.no_new_privileges.then(|| vec!["no-new-privileges".into()]),
        readonly_rootfs: Some(spec.read_only),
        tmpfs: Some(spec.tmpfs.iter().map(|(path, options)| (path.clone(), options.clone())).collect()),
        memory: bytes(spec.memory),
        memory_swap: bytes(spec.memory),
        nano_cpus: spec.cpu_percent.map(|percent| i64::from(percent) * 10_000_000),
        shm_size: bytes(spec.shm),
        pids_limit: Some(spec.pids),
        ulimits: spec.file_size.map(|size| vec![file_size(size)]),
        log_config: Some(HostConfigLogConfig { typ: Some("json-file".into()), config: Some(bound_log) }),
        ..Default::default()
    }
}

/// Without `SYS_RESOURCE` nobody in the container raises it.
fn file_size(bytes: u64) -> ResourcesUlimits {
    let bytes = i64::try_from(bytes).ok();
    ResourcesUlimits { name: Some("fsize".into()), soft: bytes, hard: bytes }
}

fn mount(mount: &crate::engine::Mount) -> Mount {
    Mount {
        typ: Some(MountType::VOLUME),
        source: Some(mount.volume.clone()),
        target: Some(mount.path.clone()),
        read_only: Some(mount.read_only),
        ..Default::default()
    }
}

fn binding(port: &crate::engine::PortSpec) -> PortBinding {
    PortBinding { host_ip: Some(port.address.to_string()), host_port: Some(port.host.to_string()) }
}

fn facts(answer: ContainerInspectResponse) -> ContainerFacts {
    let state = answer.state.unwrap_or_default();
    let running = state.running.unwrap_or_default();
    let settings = answer.network_settings.unwrap_or_default();
    let networks = settings.networks.unwrap_or_default().into_iter();
    let networks = networks.map(|(name, endpoint)| (name, endpoint.ip_address.unwrap_or_default())).collect();
    let bindings = settings.ports.unwrap_or_default();
    let known = |time: &Option<String>| known(time.as_deref()?);
    let port = |(inside, outside): (String, Option<Vec<PortBinding>>)| {
        let host = outside?.first()?.host_port.as_ref()?.parse().ok()?;
        Some((inside.split('/').next()?.parse().ok()?, host))
    };
    ContainerFacts {
        running,
        paused: state.paused.unwrap_or_default(),
        image: answer.image.unwrap_or_default(),
        exit_code: state.exit_code.filter(|_| !running),
        oom_killed: state.oom_killed.unwrap_or_default(),
        run_since: run_since(running, state.started_at.as_deref(), state.finished_at.as_deref()),
        ports: bindings.into_iter().filter_map(port).collect::<BTreeMap<u16, u16>>(),
        init: state.pid.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0),
        started: known(&state.started_at),
        ended: known(&state.finished_at),
        refused: state.error.unwrap_or_default(),
        networks,
    }
}

/// Parses a time; the engine uses the zero time for "never".
fn known(time: &str) -> Option<Timestamp> {
    time.parse().ok().filter(|time| *time > Timestamp::UNIX_EPOCH)
}

/// A stopped container has no statistics.
fn usage(answer: ContainerStatsResponse) -> Usage {
    let nanoseconds = answer.cpu_stats.and_then(|stats| stats.cpu_usage?.total_usage).unwrap_or_default();
    let memory = answer.memory_stats.unwrap_or_default();
    let parts = memory.stats.unwrap_or_default();
    // cgroup v2, then cgroup v1.
    let page_cache = parts.get("inactive_file").or(parts.get("total_inactive_file")).copied().unwrap_or_default();
    let memory = memory.usage.unwrap_or_default().saturating_sub(page_cache);
    Usage { processor: Duration::from_nanos(nanoseconds), memory }
}

/// The engine records the start only after the program runs, which may have logged something by then, so the end of the
/// previous run is used while the container runs. Afterwards that end is overwritten, and only the start is left.
fn run_since(running: bool, started: Option<&str>, finished: Option<&str>) -> Option<Timestamp> {
    let ended = finished.and_then(known)?;
    if running { Some(ended) } else { started.and_then(known) }
}

pub(super) fn log_query(options: LogOptions) -> LogsOptions {
    let since = options.since.map_or(0, |time| i32::try_from(time.as_second()).unwrap_or(i32::MAX));
    let tail = options.tail.map_or_else(|| "all".into(), |lines| lines.to_string());
    let query = LogsOptionsBuilder::default().stdout(true).stderr(true).follow(options.follow);
    query.since(since).timestamps(options.since.is_some()).tail(&tail).build()
}

/// Removes the time stamp of a log chunk; `None` if the chunk is older than `since`. The engine's own `since` has only
/// whole seconds.
pub(super) fn later(chunk: &Bytes, since: Timestamp) -> Option<Bytes> {
    let end = chunk.iter().position(|byte| *byte == b' ')?;
    let stamp: Timestamp = std::str::from_utf8(&chunk[..end]).ok()?.parse().ok()?;
    (stamp >= since).then(|| chunk.slice(end + 1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_published_is_made_on_a_network_with_a_way_out() {
        let inner = ContainerSpec { network: "inner".into(), ..ContainerSpec::default() };
        let port = crate::engine::PortSpec { inside: 8080, address: [127, 0, 0, 1].into(), host: 4711 };
        let outer = ContainerSpec { ports: vec![port], ..inner.clone() };
        let made_on = |spec: &ContainerSpec| {
            let body = body(spec);
            let joined = body.networking_config.and_then(|networks| networks.endpoints_config).unwrap_or_default();
            (body.host_config.unwrap().network_mode.unwrap(), joined.into_keys().collect::<Vec<_>>())
        };
        assert_eq!(made_on(&inner), ("inner".into(), vec!["inner".into()]));
        assert_eq!(made_on(&outer), ("bridge".into(), vec![]));
    }

    #[test]
    fn a_run_begins_where_the_one_before_ended() {
        let (never, early, late) = ("0001-01-01T00:00:00Z", "2026-01-31T13:05:59.5Z", "2026-01-31T13:06:00.5Z");
        let at = |time: &str| Some(time.parse::<Timestamp>().unwrap());
        assert_eq!(run_since(true, Some(early), Some(never)), None);
        assert_eq!(run_since(true, Some(late), Some(early)), at(early));
        assert_eq!(run_since(false, Some(early), Some(late)), at(early));
    }

    #[test]
    fn a_process_is_read_from_its_row() {
        let read = |row: [&str; 4]| process(&row.map(String::from));
        let found = read(["7", "1", "1-02:03:04", "Web Content"]).unwrap();
        assert_eq!((found.number, found.parent, found.name.as_str()), (7, 1, "Web Content"));
        assert_eq!(found.age, Duration::from_secs(93_784));
        assert_eq!(read(["7", "1", "02:05", "runsv"]).unwrap().age, Duration::from_secs(125));
        assert_eq!(read(["7", "1", "soon", "runsv"]), None);
    }

    #[test]
    fn lines_of_the_run_before_are_left_out() {
        let since: Timestamp = "2026-01-31T13:05:59.5Z".parse().unwrap();
        let line = |stamp: &str| later(&Bytes::from(format!("{stamp} gitlab Reconfigured!")), since);
        assert_eq!(line("2026-01-31T13:05:59.400000000Z"), None);
        assert_eq!(line("2026-01-31T13:05:59.600000000Z").as_deref(), Some(b"gitlab Reconfigured!".as_slice()));
    }
}
