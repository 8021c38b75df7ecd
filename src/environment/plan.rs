//! Plans the objects of an environment from its specification. No I/O.

use std::collections::BTreeMap;

use super::machines::{Allocation, container, variables};
use super::model::{Environment, GITLAB_HOST, Volume};
use super::spec::Machine;
use crate::engine::{ContainerSpec, Lifetime, NetworkSpec, Role, VolumeSpec};
use crate::error::Result;

const MIB: u64 = 1024 * 1024;

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
pub fn plan(environment: &Environment, allocation: &Allocation<'_>) -> Result<Plan> {
    let owner = |role| environment.owner(allocation.installation, role);
    let memory_mib = |volume| if volume == Volume::Data { environment.spec.data_mib } else { None };
    let volume = |volume: Volume| VolumeSpec {
        name: environment.volume(volume),
        memory_mib: memory_mib(volume),
        owner: owner(Role::Volume),
    };
    let container = |machine: &Machine| container(environment, machine, allocation);
    Ok(Plan {
        network: NetworkSpec { name: environment.network(), subnet: allocation.subnet, owner: owner(Role::Network) },
        volumes: Volume::ALL.map(volume).to_vec(),
        containers: environment.spec.machines.iter().map(container).collect::<Result<_>>()?,
    })
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
        mounts: environment.read_only_mounts(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PortSpec;

    fn planned() -> Plan {
        let environment = crate::environment::tests::environment("nginx-502-ada-k3pq");
        let allocation = Allocation { installation: "i", subnet: "10.213.0.16/28".parse().unwrap() };
        plan(&environment, &allocation).unwrap()
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
