//! Tests whether a container of an environment reaches its host, because engines differ.

use std::time::Duration;

use super::create::{create_network, make};
use super::machines::{GATEWAY_SEAT, seat};
use super::{Environment, EnvironmentSpec, ImageSet, teardown};
use crate::engine::{Command, ContainerSpec, OutputLimit, Role};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::id::EnvironmentId;
use crate::platform::Platform;
use crate::random;

/// Time to live of the objects that the test creates.
const LIFE: Duration = Duration::from_mins(10);

/// Prints the neighbour that has the address $1 on the network: the host answers ARP whatever its firewall drops. Also
/// prints interfaces with IPv6, over which the host would be a neighbour as well.
const LOOK: &str = r#"timeout 2 bash -c "</dev/tcp/$1/9" 2>/dev/null
awk -v address="$1" '$1 == address && $3 == "0x2"' /proc/net/arp
awk '$6 != "lo"' /proc/net/if_inet6 2>/dev/null
true"#;

/// Creates a network as environments have it with a probe on it, runs the test, and removes both.
pub async fn reaches_host(host: &Host, probe_image: &str) -> Result<bool> {
    let ours = [("probe".into(), probe_image.into())].into();
    let images = ImageSet { gitlab: String::new(), platform: Platform::Light, ours };
    let now = host.now();
    let expires = now.checked_add(LIFE).map_err(|cause| Error::bug("the calendar ends").because(cause))?;
    let id = EnvironmentId::new(format!("reach-{}", random::letters(8)?));
    let environment = Environment::draft(id, EnvironmentSpec::of(&images), now, expires)?;
    let reached = tried(host, &environment).await;
    teardown(host, &environment.id).await?;
    reached
}

async fn tried(host: &Host, environment: &Environment) -> Result<bool> {
    let plan = create_network(host, environment).await?;
    let gateway = seat(plan.network.subnet, GATEWAY_SEAT).to_string();
    let failed = || "the network of an environment could not be tested".to_string();
    let probe = plan.container(Role::Probe).cloned().unwrap_or_default();
    make(host, &ContainerSpec { mounts: vec![], ..probe }).await.context(failed)?;
    let command = Command::new(
        ["/bin/bash", "-c", LOOK, "look", &gateway],
        Duration::from_secs(30),
        OutputLimit::First(64 * 1024),
    );
    Ok(!host.engine.exec(&environment.probe(), &command).await.context(failed)?.stdout.is_empty())
}
