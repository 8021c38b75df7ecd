//! What tests share.

#![allow(dead_code, reason = "each file of tests uses a part of it")]

pub mod browser;
pub mod contract;
pub mod desk;
pub mod junit;
pub mod paper;
pub mod proxy;
pub mod random;
pub mod reader;
pub mod room;
pub mod schemas;
pub mod ssh;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use breakfix::engine::address::{self, Address, Surroundings};
use breakfix::engine::docker::Docker;

/// The engine.
///
/// # Panics
///
/// When no engine answers: tests that need one are ignored unless they are asked for.
pub async fn engine() -> Docker {
    let address = here().unwrap_or_else(|why| panic!("this test needs a container engine: {why}"));
    let connected = Docker::connect(&address, Duration::from_mins(1)).await;
    connected.unwrap_or_else(|why| panic!("this test needs a container engine: {why}"))
}

/// What is known of images is shared by all tests and by whoever builds by hand: each desk has a state folder of its own,
/// and would build everything again.
pub fn known_images() -> PathBuf {
    let named = std::env::var_os("BREAKFIX_KNOWN_IMAGES").map(PathBuf::from);
    named.unwrap_or_else(|| breakfix::cli::default_state().unwrap().join("images.json"))
}

/// Where the engine is.
pub fn here() -> Result<Address, String> {
    let env: BTreeMap<String, String> = std::env::vars().collect();
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let around = Surroundings { env: &env, read: &read, exists: &|path| path.exists() };
    address::find(&around).map_err(|error| error.to_string())
}

/// Ids of the containers that carry a label, whoever made them.
pub async fn containers_with(label: &str) -> Vec<String> {
    let url = here().expect("an engine").url;
    let client = bollard::Docker::connect_with_host(&url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let filters = HashMap::from([("label", vec![label])]);
    let options = bollard::query_parameters::ListContainersOptionsBuilder::default().all(true).filters(&filters);
    let found = client.list_containers(Some(options.build())).await.expect("a list");
    found.into_iter().filter_map(|container| container.id).collect()
}

/// Waits until a condition holds that comes about by itself.
///
/// # Panics
///
/// When it does not hold by the deadline.
pub fn eventually(deadline: Duration, what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + deadline;
    while !condition() {
        assert!(Instant::now() < end, "not within {} s: {what}", deadline.as_secs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends a container's first process at once, as somebody at the engine may do.
pub async fn kill(container: &str) {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    client.kill_container(container, None).await.expect("killed");
}

/// Gives an image one more name, as somebody at the engine may do.
pub async fn tag(image: &str, reference: &str) {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let (repository, tag) = reference.rsplit_once(':').expect("a tag");
    let options = bollard::query_parameters::TagImageOptionsBuilder::default().repo(repository).tag(tag).build();
    client.tag_image(image, Some(options)).await.expect("tagged");
}

/// The engine's id of the image that a container was made from.
pub async fn image_of(container: &str) -> String {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    client.inspect_container(container, None).await.expect("facts").image.expect("an image")
}

/// Runs a program in a container of its own to its end, as a CI runner does: exit code and what it said.
pub async fn run(image: &str, argv: Vec<String>, env: Vec<String>, binds: Vec<String>) -> (i32, String, String) {
    use bollard::models::{ContainerCreateBody, HostConfig};
    use bollard::query_parameters::{LogsOptionsBuilder, RemoveContainerOptionsBuilder};
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let body = ContainerCreateBody {
        image: Some(image.into()),
        cmd: Some(argv),
        env: Some(env),
        working_dir: Some("/builds".into()),
        labels: Some(HashMap::from([("dev.breakfix.test".to_string(), "ci".to_string())])),
        host_config: Some(HostConfig { binds: Some(binds), ..HostConfig::default() }),
        ..ContainerCreateBody::default()
    };
    let id = client.create_container(None, body).await.expect("a container").id;
    let work = async {
        client.start_container(&id, None).await?;
        // A program that failed comes as an error of the client's.
        let code = match client.wait_container(&id, None).next().await {
            Some(Ok(end)) => end.status_code,
            Some(Err(bollard::errors::Error::DockerContainerWaitError { code, .. })) => code,
            other => panic!("the container does not end: {other:?}"),
        };
        let (mut out, mut err) = (String::new(), String::new());
        let mut log = client.logs(&id, Some(LogsOptionsBuilder::default().stdout(true).stderr(true).build()));
        while let Some(line) = log.next().await {
            match line? {
                bollard::container::LogOutput::StdErr { message } => err += &String::from_utf8_lossy(&message),
                other => out += &String::from_utf8_lossy(&other.into_bytes()),
            }
        }
        Ok::<_, bollard::errors::Error>((i32::try_from(code).unwrap_or(-1), out, err))
    };
    let ran = tokio::time::timeout(Duration::from_mins(5), work).await;
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    client.remove_container(&id, Some(options)).await.expect("removed");
    ran.expect("it ends in time").expect("it ran")
}

/// Takes a container off a network, as somebody at the engine may do.
pub async fn disconnect(network: &str, container: &str) {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let who = bollard::models::NetworkDisconnectRequest { container: container.into(), force: Some(true) };
    client.disconnect_network(network, who).await.expect("disconnected");
}

/// Memory in bytes, processor time in billionths, processes that a container may have.
pub async fn limits(container: &str) -> (i64, i64, i64) {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let config = client.inspect_container(container, None).await.expect("facts").host_config.expect("limits");
    (config.memory.unwrap_or(0), config.nano_cpus.unwrap_or(0), config.pids_limit.unwrap_or(0))
}

/// Bytes of memory that a container may have together with swap.
pub async fn memory_with_swap(container: &str) -> i64 {
    let client = bollard::Docker::connect_with_host(&here().expect("an engine").url).expect("a client");
    let client = client.negotiate_version().await.expect("a version");
    let config = client.inspect_container(container, None).await.expect("facts").host_config.expect("limits");
    config.memory_swap.unwrap_or(0)
}
