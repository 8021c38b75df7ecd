//! The machines of an environment. A new one needs a variant of [`Role`], an entry in `OURS`, and a build context in
//! `images/`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use ipnet::Ipv4Net;

use super::model::{Environment, GITLAB_HOST};
use super::spec::{EnvironmentSpec, ImageSet, Machine, MachineLimits};
use crate::engine::{ContainerSpec, PortSpec, Role};
use crate::error::{Error, Result};
use crate::platform::{Platform, Scheme};
use crate::render::{self, Escape, Values};

const MIB: u64 = 1024 * 1024;

/// Capabilities that the services need; all others are dropped. `AUDIT_WRITE` is for logins over SSH.
const CAPABILITIES: [&str; 10] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETUID",
    "SYS_CHROOT",
];

/// Host numbers in an environment's subnet. The first would be the gateway. GitLab keeps its address across restarts,
/// because the relay forwards to it.
pub const GATEWAY_SEAT: u32 = 1;
const GITLAB_SEAT: u32 = 2;
const PROBE_SEAT: u32 = 3;
const RELAY_SEAT: u32 = 4;

/// Port of the relay.
const RELAY_PORT: u16 = 8080;

/// The probe's unprivileged user.
pub const PROBE_ACCOUNT: &str = "probe";

/// Processes and threads that GitLab's container may have.
const GITLAB_PROCESSES: u32 = 2048;

/// Maximum size in MiB of a file in GitLab's container. Not every engine can limit the total size.
const GITLAB_FILE_MIB: u32 = 4096;

/// Resources of the host that are assigned to an environment.
#[derive(Clone, Debug)]
pub struct Allocation<'a> {
    /// Random id of this installation, for labels.
    pub installation: &'a str,
    /// A free subnet.
    pub subnet: Ipv4Net,
}

/// A machine that is not GitLab.
struct Ours {
    role: Role,
    /// Build context of its image.
    image: &'static str,
    /// Completes its container.
    container: fn(&Environment, &Allocation<'_>, ContainerSpec) -> ContainerSpec,
}

/// The machines of every environment besides GitLab.
const OURS: &[Ours] = &[
    Ours { role: Role::Probe, image: "probe", container: probe },
    Ours { role: Role::Relay, image: "probe", container: relay },
];

/// Build contexts of the images that environments need besides GitLab's.
#[must_use]
pub fn contexts() -> BTreeSet<&'static str> {
    OURS.iter().map(|ours| ours.image).collect()
}

impl EnvironmentSpec {
    /// A specification with these images that is reachable from this host only.
    #[must_use]
    pub fn of(images: &ImageSet) -> Self {
        let gitlab = Machine { role: Role::Gitlab, image: images.gitlab.clone(), limits: MachineLimits::default() };
        let ours = OURS.iter().map(|ours| Machine { role: ours.role, ..Machine::default() });
        let mut spec = Self {
            machines: std::iter::once(gitlab).chain(ours).collect(),
            platform: images.platform,
            scheme: Scheme::Http,
            listen: IpAddr::from([127, 0, 0, 1]),
            address: None,
            data_mib: None,
        };
        spec.renew(images);
        spec
    }

    /// Replaces the images of all machines but GitLab.
    pub fn renew(&mut self, images: &ImageSet) {
        for machine in &mut self.machines {
            if let Some(ours) = OURS.iter().find(|ours| ours.role == machine.role) {
                machine.image = images.ours.get(ours.image).cloned().unwrap_or_default();
            }
        }
    }
}

/// The container of a machine: common settings, and those of its role.
pub(super) fn container(
    environment: &Environment,
    machine: &Machine,
    allocation: &Allocation<'_>,
) -> Result<ContainerSpec> {
    let common = ContainerSpec {
        name: environment.container(machine.role),
        image: machine.image.clone(),
        network: environment.network(),
        owner: environment.owner(allocation.installation, machine.role),
        ..Default::default()
    };
    if machine.role == Role::Gitlab {
        return gitlab(environment, machine, allocation, common);
    }
    let ours = OURS.iter().find(|ours| ours.role == machine.role);
    let ours = ours.ok_or_else(|| Error::bug(format!("no machine has the role {}", machine.role.as_str())))?;
    Ok((ours.container)(environment, allocation, common))
}

fn gitlab(
    environment: &Environment,
    machine: &Machine,
    allocation: &Allocation<'_>,
    common: ContainerSpec,
) -> Result<ContainerSpec> {
    let (profile, limits) = (environment.spec.platform.profile(), machine.limits);
    Ok(ContainerSpec {
        hostname: GITLAB_HOST.into(),
        env: variables(environment)?,
        address: Some(seat(allocation.subnet, GITLAB_SEAT)),
        aliases: vec![GITLAB_HOST.into()],
        mounts: environment.mounts(),
        capabilities: CAPABILITIES.map(String::from).to_vec(),
        memory: limits.memory_mib.map_or(profile.memory, |mib| u64::from(mib) * MIB),
        cpu_percent: limits.cpu_percent,
        shm: profile.shm,
        pids: i64::from(limits.processes.unwrap_or(GITLAB_PROCESSES)),
        file_size: Some(u64::from(limits.file_mib.unwrap_or(GITLAB_FILE_MIB)) * MIB),
        ..common
    })
}

/// The probe. Its scripts read GitLab's files at their original paths, and use the ids of GitLab's accounts to connect to its
/// services. A data volume in memory lives only while a container holds it: the probe does, across restarts of GitLab.
fn probe(environment: &Environment, allocation: &Allocation<'_>, common: ContainerSpec) -> ContainerSpec {
    ContainerSpec {
        hostname: "workstation".into(),
        address: Some(seat(allocation.subnet, PROBE_SEAT)),
        mounts: environment.read_only_mounts(),
        capabilities: ["DAC_READ_SEARCH", "SETGID", "SETUID"].map(String::from).to_vec(),
        no_new_privileges: true,
        read_only: true,
        tmpfs: BTreeMap::from([("/tmp".into(), "size=64m,mode=1777".into())]),
        memory: 256 * MIB,
        shm: MIB,
        pids: 256,
        ..common
    }
}

/// The relay, the only way into the environment. It is a separate container because its responses need a route out. The
/// probe must not have one: GitLab's responses could lead the probe's clients anywhere.
fn relay(environment: &Environment, allocation: &Allocation<'_>, common: ContainerSpec) -> ContainerSpec {
    let (gitlab, port) = (seat(allocation.subnet, GITLAB_SEAT), environment.spec.scheme.port());
    ContainerSpec {
        hostname: "relay".into(),
        command: Some(vec!["/usr/local/bin/relay".into(), RELAY_PORT.to_string(), format!("{gitlab}:{port}")]),
        address: Some(seat(allocation.subnet, RELAY_SEAT)),
        ports: vec![PortSpec { inside: RELAY_PORT, address: environment.spec.listen, host: environment.port }],
        no_new_privileges: true,
        read_only: true,
        tmpfs: BTreeMap::from([("/tmp".into(), "size=1m,mode=1777".into())]),
        memory: 128 * MIB,
        shm: MIB,
        pids: 16,
        ..common
    }
}

/// The address in a subnet with this number.
#[must_use]
pub fn seat(subnet: Ipv4Net, number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(subnet.network()) + number)
}

/// GitLab's configuration for `GITLAB_OMNIBUS_CONFIG`, which `/etc/gitlab/gitlab.rb` overrides.
pub(super) fn variables(environment: &Environment) -> Result<BTreeMap<String, String>> {
    let (name, template) = match environment.spec.platform {
        Platform::Light => ("light.rb", include_str!("../../templates/omnibus/light.rb")),
        Platform::GitlabCe => ("gitlab-ce.rb", include_str!("../../templates/omnibus/gitlab-ce.rb")),
    };
    // A seed that brings a certificate moves GitLab to https; it always comes up with http.
    let url = environment.url().replacen("https://", "http://", 1);
    let values = Values(BTreeMap::from([("external_url".into(), url)]));
    Ok(BTreeMap::from([
        ("GITLAB_OMNIBUS_CONFIG".into(), render::render(template, name, &values, Escape::None)?),
        ("GITLAB_ROOT_PASSWORD".into(), environment.root.password.expose().into()),
    ]))
}
