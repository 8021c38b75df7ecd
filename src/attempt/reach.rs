//! Whether a container of an environment reaches its host. It is tried, since engines differ.

use std::time::Duration;

use super::launch::{create_network, make};
use super::{Attempt, Prepared, Site, teardown};
use crate::app::App;
use crate::engine::{Command, ContainerSpec, Keep};
use crate::error::{Context, Result};
use crate::lab::{Limits, Platform};
use crate::plan::{GATEWAY_SEAT, seat};

/// What is made for it may be removed by `gc` after that.
const LIFE: Duration = Duration::from_mins(10);

/// Names who has the address $1 on the network: the host tells it, whatever its firewall refuses afterwards. And names
/// interfaces with IPv6, by which the host is a neighbour as well.
const LOOK: &str = r#"timeout 2 bash -c "</dev/tcp/$1/9" 2>/dev/null
awk -v address="$1" '$1 == address && $3 == "0x2"' /proc/net/arp
awk '$6 != "lo"' /proc/net/if_inet6 2>/dev/null
true"#;

/// Makes a network as environments have it, with a probe on it, looks, and removes both.
pub async fn reaches_host(app: &App, probe_image: &str) -> Result<bool> {
    let prepared = Prepared { image: String::new(), platform: Platform::Light, probe_image: probe_image.into() };
    let attempt = Attempt::of_nobody(&prepared, app.now(), LIFE)?;
    let reached = tried(app, &attempt, probe_image).await;
    teardown(app, attempt.environment_id()).await?;
    reached
}

async fn tried(app: &App, attempt: &Attempt, probe_image: &str) -> Result<bool> {
    let limits = Limits::default();
    let plan = create_network(app, attempt, &Site { limits: &limits, probe_image, any_port: false }).await?;
    let gateway = seat(plan.network.subnet, GATEWAY_SEAT).to_string();
    let failed = || "the network of an environment could not be tried".to_string();
    make(app, &ContainerSpec { mounts: vec![], ..plan.probe }).await.context(failed)?;
    let command =
        Command::new(["/bin/bash", "-c", LOOK, "look", &gateway], Duration::from_secs(30), Keep::First(64 * 1024));
    Ok(!app.engine.exec(&attempt.probe(), &command).await.context(failed)?.stdout.is_empty())
}
