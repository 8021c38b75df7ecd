//! Plans the objects of an environment from its specification. No I/O.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::model::{Environment, GITLAB_HOST, Volume};
use super::spec::Machine;
use crate::engine::{ContainerSpec, Lifetime, Mount, NetworkSpec, PortSpec, Role, VolumeSpec};
use crate::error::{Error, Result};
use crate::platform::Platform;
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

/// The objects of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The network, which is created first.
    pub network: NetworkSpec,
    /// GitLab's volumes, which are created next.
    pub volumes: Vec<VolumeSpec>,
    /// One container per machine, in the order of the specification.
    pub containers: Vec<ContainerSpec>,
}

/// The facts that the host adds to a specification.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Identifies this installation in the labels.
    pub installation: &'a str,
    /// A free subnet.
    pub subnet: Ipv4Net,
}

/// The probe's unprivileged user.
pub const PROBE_ACCOUNT: &str = "probe";

/// Processes and threads that GitLab's container may have.
const GITLAB_PROCESSES: u32 = 2048;

/// Maximum size in MiB of a file in GitLab's container. Not every engine can limit the total size.
const GITLAB_FILE_MIB: u32 = 4096;

impl Plan {
    /// The container of a machine.
    #[must_use]
    pub fn container(&self, role: Role) -> Option<&ContainerSpec> {
        self.containers.iter().find(|container| container.owner.role == role)
    }

    /// Whether a volume lives only as long as a container holds it.
    #[must_use]
    pub fn has_memory_volume(&self) -> bool {
        self.volumes.iter().any(|volume| volume.memory_mib.is_some())
    }
}

/// Plans an environment.
pub fn plan(environment: &Environment, place: &Place) -> Result<Plan> {
    let owner = |role| environment.owner(place.installation, role);
    let memory_mib = |volume| if volume == Volume::Data { environment.spec.data_mib } else { None };
    let volume = |volume: Volume| VolumeSpec {
        name: environment.volume(volume),
        memory_mib: memory_mib(volume),
        owner: owner(Role::Volume),
    };
    let container = |machine: &Machine| container(environment, machine, place);
    Ok(Plan {
        network: NetworkSpec { name: environment.network(), subnet: place.subnet, owner: owner(Role::Network) },
        volumes: Volume::ALL.map(volume).to_vec(),
        containers: environment.spec.machines.iter().map(container).collect::<Result<_>>()?,
    })
}

/// The container of a machine: common settings, and those of its role.
fn container(environment: &Environment, machine: &Machine, place: &Place) -> Result<ContainerSpec> {
    let common = ContainerSpec {
        name: environment.container(machine.role),
        image: machine.image.clone(),
        network: environment.network(),
        owner: environment.owner(place.installation, machine.role),
        ..Default::default()
    };
    match machine.role {
        Role::Gitlab => gitlab(environment, machine, place, common),
        Role::Probe => Ok(probe(environment, place, common)),
        Role::Relay => Ok(relay(environment, place, common)),
        Role::Network | Role::Volume | Role::Examiner => {
            Err(Error::bug(format!("no machine has the role {}", machine.role.as_str())))
        }
    }
}

fn gitlab(environment: &Environment, machine: &Machine, place: &Place, common: ContainerSpec) -> Result<ContainerSpec> {
    let (profile, limits) = (environment.spec.platform.profile(), machine.limits);
    Ok(ContainerSpec {
        hostname: GITLAB_HOST.into(),
        env: variables(environment)?,
        address: Some(seat(place.subnet, GITLAB_SEAT)),
        aliases: vec![GITLAB_HOST.into()],
        mounts: Volume::ALL.iter().map(|volume| mount(environment, *volume)).collect(),
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
fn probe(environment: &Environment, place: &Place, common: ContainerSpec) -> ContainerSpec {
    ContainerSpec {
        hostname: "workstation".into(),
        address: Some(seat(place.subnet, PROBE_SEAT)),
        mounts: read_only(environment),
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

/// A container from GitLab's image that shares the process namespace of GitLab's container, and through it sees its files. It
/// runs our examiner, which also connects to sockets that only their owners may open.
#[must_use]
pub fn examiner(environment: &Environment, installation: &str, name: &str, program: &[&str]) -> ContainerSpec {
    let empty = Volume::ALL.iter().map(|volume| (volume.path().to_string(), "size=1m".to_string()));
    ContainerSpec {
        processes_of: Some(environment.gitlab()),
        capabilities: ["DAC_OVERRIDE", "KILL", "SYS_PTRACE"].map(String::from).to_vec(),
        tmpfs: empty.collect(),
        command: Some(program.iter().map(ToString::to_string).collect()),
        lifetime: Lifetime::UntilExitAttached,
        ..passing(environment, installation, name)
    }
}

/// A container from GitLab's image with GitLab's volumes, in which the image's own programs read the files.
pub fn reader(environment: &Environment, installation: &str, name: &str) -> Result<ContainerSpec> {
    Ok(ContainerSpec {
        hostname: GITLAB_HOST.into(),
        env: variables(environment)?,
        mounts: read_only(environment),
        tmpfs: BTreeMap::from([("/tmp".into(), "size=64m,mode=1777".into())]),
        ..passing(environment, installation, name)
    })
}

/// A short-lived helper container. It ends after a while and removes itself even if nobody removes it.
fn passing(environment: &Environment, installation: &str, name: &str) -> ContainerSpec {
    ContainerSpec {
        name: format!("{}-{name}", environment.network()),
        image: environment.spec.image().into(),
        command: Some(["/bin/sleep", "900"].map(String::from).to_vec()),
        no_new_privileges: true,
        read_only: true,
        lifetime: Lifetime::UntilExit,
        memory: 512 * MIB,
        shm: MIB,
        pids: 64,
        owner: environment.owner(installation, Role::Examiner),
        ..Default::default()
    }
}

/// The relay, the only way into the environment. It is a separate container because its responses need a route out. The
/// probe must not have one: GitLab's responses could lead the probe's clients anywhere.
fn relay(environment: &Environment, place: &Place, common: ContainerSpec) -> ContainerSpec {
    let (gitlab, port) = (seat(place.subnet, GITLAB_SEAT), environment.spec.scheme.port());
    ContainerSpec {
        hostname: "relay".into(),
        command: Some(vec!["/usr/local/bin/relay".into(), RELAY_PORT.to_string(), format!("{gitlab}:{port}")]),
        address: Some(seat(place.subnet, RELAY_SEAT)),
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

fn read_only(environment: &Environment) -> Vec<Mount> {
    Volume::ALL.iter().map(|volume| Mount { read_only: true, ..mount(environment, *volume) }).collect()
}

/// The address in a subnet with this number.
#[must_use]
pub fn seat(subnet: Ipv4Net, number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(subnet.network()) + number)
}

fn mount(environment: &Environment, volume: Volume) -> Mount {
    Mount { volume: environment.volume(volume), path: volume.path().into(), read_only: false }
}

/// GitLab's configuration for `GITLAB_OMNIBUS_CONFIG`, which `/etc/gitlab/gitlab.rb` overrides.
fn variables(environment: &Environment) -> Result<BTreeMap<String, String>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn planned() -> Plan {
        let environment = crate::environment::tests::environment("nginx-502-ada-k3pq");
        let place = Place { installation: "i", subnet: "10.213.0.16/28".parse().unwrap() };
        plan(&environment, &place).unwrap()
    }

    fn of(plan: &Plan, role: Role) -> ContainerSpec {
        plan.container(role).unwrap().clone()
    }

    #[test]
    fn only_the_relay_is_on_a_network_with_a_way_out() {
        let plan = planned();
        let relay = of(&plan, Role::Relay);
        assert_eq!((of(&plan, Role::Gitlab).ports, of(&plan, Role::Probe).ports), (vec![], vec![]));
        let port = PortSpec { inside: 8080, address: [127, 0, 0, 1].into(), host: 8080 };
        assert_eq!(relay.ports, [port]);
        assert_eq!(relay.command.unwrap(), ["/usr/local/bin/relay", "8080", "10.213.0.18:80"]);
        assert_eq!((relay.capabilities, relay.mounts), (vec![], vec![]));
    }

    #[test]
    fn each_container_has_a_seat_of_its_own() {
        let plan = planned();
        let seats = [Role::Gitlab, Role::Probe, Role::Relay].map(|role| of(&plan, role).address.unwrap().to_string());
        assert_eq!(seats, ["10.213.0.18", "10.213.0.19", "10.213.0.20"]);
    }
}
