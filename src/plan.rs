//! From an attempt to the objects it needs: no I/O.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::attempt::{Attempt, BOX_HOST};
use crate::engine::{ContainerSpec, Lasts, Mount, NetworkSpec, PortSpec, Role, VolumeSpec};
use crate::error::Result;
use crate::lab::{Limits, Platform, Scheme};
use crate::render::{self, Escape, Values};

const MIB: u64 = 1024 * 1024;

/// What the stack needs once everything else was dropped; `AUDIT_WRITE` is for logins over SSH.
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

/// The three volumes that the contract names: what each is called and where it is mounted.
const VOLUMES: [(&str, &str); 3] =
    [("config", "/etc/gitlab"), ("data", "/var/opt/gitlab"), ("logs", "/var/log/gitlab")];

/// Places in an environment's subnet. At the first one an engine would be the way out; the box keeps its own across restarts, as the relay knows it by its address.
pub const GATEWAY_SEAT: u32 = 1;
const BOX_SEAT: u32 = 2;
const PROBE_SEAT: u32 = 3;
const RELAY_SEAT: u32 = 4;

/// Where the relay listens.
const RELAY_PORT: u16 = 8080;

/// Everything an environment is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Made first.
    pub network: NetworkSpec,
    /// Made second.
    pub volumes: Vec<VolumeSpec>,
    /// The trusted container.
    pub probe: ContainerSpec,
    /// What the published port leads through.
    pub relay: ContainerSpec,
    /// The trainee's box.
    pub gitlab: ContainerSpec,
}

/// What differs from machine to machine and time to time.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Names our state folder in the labels.
    pub installation: &'a str,
    /// A free subnet.
    pub subnet: Ipv4Net,
    /// Reference of the probe's image.
    pub probe_image: &'a str,
}

/// Bytes of memory that a box may use, swap included.
#[must_use]
pub fn box_memory(platform: Platform) -> u64 {
    match platform {
        Platform::Light => 1024 * MIB,
        Platform::GitlabCe => 4096 * MIB,
    }
}

/// The probe's account without privileges.
pub const PROBE_ACCOUNT: &str = "probe";

/// Processes and threads that a box may have.
pub const BOX_PROCESSES: u32 = 2048;

/// MiB that a file in a box may grow to: no engine bounds all of them together on every disk.
pub const BOX_FILE_MIB: u32 = 4096;

/// What two environments have in common that differ only in whose they are: SHA-256 of the plan without names,
/// secrets, port and subnet.
pub fn shape(attempt: &Attempt, limits: &Limits, probe_image: &str) -> Result<String> {
    let anybody = Attempt {
        id: String::new(),
        lab: String::new(),
        trainee: String::new(),
        class: None,
        environment: None,
        port: 0,
        handed_over: None,
        root_password: String::new(),
        expires: Timestamp::UNIX_EPOCH,
        ..attempt.clone()
    };
    let place = Place { installation: "", subnet: Ipv4Net::default(), probe_image };
    let plan = format!("{:?}", plan(&anybody, limits, &place)?);
    Ok(Sha256::digest(plan).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Plans an environment.
pub fn plan(attempt: &Attempt, limits: &Limits, place: &Place) -> Result<Plan> {
    let owner = |role| attempt.owner(place.installation, role);
    let memory_volume = |what: &str| if what == "data" { limits.data_mib } else { None };
    let volumes = VOLUMES.iter().map(|(what, _)| VolumeSpec {
        name: attempt.volume(what),
        memory_mib: memory_volume(what),
        owner: owner(Role::Volume),
    });
    Ok(Plan {
        network: NetworkSpec { name: attempt.network(), subnet: place.subnet, owner: owner(Role::Network) },
        volumes: volumes.collect(),
        probe: probe(attempt, place),
        relay: relay(attempt, place),
        gitlab: gitlab(attempt, place)?,
    })
}

fn gitlab(attempt: &Attempt, place: &Place) -> Result<ContainerSpec> {
    let shm = match attempt.platform {
        Platform::Light => 64 * MIB,
        Platform::GitlabCe => 256 * MIB,
    };
    Ok(ContainerSpec {
        name: attempt.gitlab(),
        image: attempt.image.clone(),
        hostname: BOX_HOST.into(),
        env: environment(attempt)?,
        network: attempt.network(),
        address: Some(seat(place.subnet, BOX_SEAT)),
        aliases: vec![BOX_HOST.into()],
        mounts: VOLUMES.iter().map(|(what, path)| mount(attempt, what, path)).collect(),
        capabilities: CAPABILITIES.map(String::from).to_vec(),
        memory: attempt.limits.memory_mib.map_or_else(|| box_memory(attempt.platform), |mib| u64::from(mib) * MIB),
        cpu_percent: attempt.limits.cpu_percent,
        shm,
        pids: i64::from(attempt.limits.processes.unwrap_or(BOX_PROCESSES)),
        file_size: Some(u64::from(attempt.limits.file_mib.unwrap_or(BOX_FILE_MIB)) * MIB),
        owner: attempt.owner(place.installation, Role::Gitlab),
        ..Default::default()
    })
}

/// Its scripts look at the box's files where the box has them, and take its accounts' ids to ask its services. A data
/// volume in memory lives only while somebody holds it: the probe does, across restarts of the box.
fn probe(attempt: &Attempt, place: &Place) -> ContainerSpec {
    ContainerSpec {
        name: attempt.probe(),
        image: place.probe_image.into(),
        hostname: "workstation".into(),
        network: attempt.network(),
        address: Some(seat(place.subnet, PROBE_SEAT)),
        mounts: read_only(attempt),
        capabilities: ["DAC_READ_SEARCH", "SETGID", "SETUID"].map(String::from).to_vec(),
        no_new_privileges: true,
        read_only: true,
        tmpfs: BTreeMap::from([("/tmp".into(), "size=64m,mode=1777".into())]),
        memory: 256 * MIB,
        shm: MIB,
        pids: 256,
        owner: attempt.owner(place.installation, Role::Probe),
        ..Default::default()
    }
}

/// A container from the box's image that sees the box's processes, and through them its files. It runs a program of ours
/// that is talked to, and opens connections to sockets whose owners alone may.
#[must_use]
pub fn examiner(attempt: &Attempt, installation: &str, name: &str, program: &[&str]) -> ContainerSpec {
    let empty = VOLUMES.iter().map(|(_, path)| ((*path).to_string(), "size=1m".to_string()));
    ContainerSpec {
        processes_of: Some(attempt.gitlab()),
        capabilities: ["DAC_OVERRIDE", "KILL", "SYS_PTRACE"].map(String::from).to_vec(),
        tmpfs: empty.collect(),
        command: Some(program.iter().map(ToString::to_string).collect()),
        lasts: Lasts::WhileTalkedTo,
        ..passing(attempt, installation, name)
    }
}

/// A container from the box's image with its files, in which its own programs read them.
pub fn reader(attempt: &Attempt, installation: &str, name: &str) -> Result<ContainerSpec> {
    Ok(ContainerSpec {
        hostname: BOX_HOST.into(),
        env: environment(attempt)?,
        mounts: read_only(attempt),
        tmpfs: BTreeMap::from([("/tmp".into(), "size=64m,mode=1777".into())]),
        ..passing(attempt, installation, name)
    })
}

/// One of ours that is there for a moment. It ends and goes by itself if nobody is left to remove it.
fn passing(attempt: &Attempt, installation: &str, name: &str) -> ContainerSpec {
    ContainerSpec {
        name: format!("{}-{name}", attempt.network()),
        image: attempt.image.clone(),
        command: Some(["/bin/sleep", "900"].map(String::from).to_vec()),
        no_new_privileges: true,
        read_only: true,
        lasts: Lasts::WhileItRuns,
        memory: 512 * MIB,
        shm: MIB,
        pids: 64,
        owner: attempt.owner(installation, Role::Examiner),
        ..Default::default()
    }
}

/// The one way in. A container of its own, since it needs a way out for its answers: the probe must have none, as a
/// box may lead its clients anywhere.
fn relay(attempt: &Attempt, place: &Place) -> ContainerSpec {
    let inside = match attempt.scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    };
    ContainerSpec {
        name: attempt.relay(),
        image: place.probe_image.into(),
        hostname: "relay".into(),
        command: Some(vec![
            "/usr/local/bin/relay".into(),
            RELAY_PORT.to_string(),
            format!("{}:{inside}", seat(place.subnet, BOX_SEAT)),
        ]),
        network: attempt.network(),
        address: Some(seat(place.subnet, RELAY_SEAT)),
        ports: vec![PortSpec { inside: RELAY_PORT, address: attempt.listen, host: attempt.port }],
        no_new_privileges: true,
        read_only: true,
        tmpfs: BTreeMap::from([("/tmp".into(), "size=1m,mode=1777".into())]),
        memory: 128 * MIB,
        shm: MIB,
        pids: 16,
        owner: attempt.owner(place.installation, Role::Relay),
        ..Default::default()
    }
}

fn read_only(attempt: &Attempt) -> Vec<Mount> {
    VOLUMES.iter().map(|(what, path)| Mount { read_only: true, ..mount(attempt, what, path) }).collect()
}

/// An address of a subnet, by its number.
#[must_use]
pub fn seat(subnet: Ipv4Net, number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(subnet.network()) + number)
}

fn mount(attempt: &Attempt, what: &str, path: &str) -> Mount {
    Mount { volume: attempt.volume(what), path: path.into(), read_only: false }
}

/// Configuration as the contract wants it: what the environment says, `/etc/gitlab/gitlab.rb` overrides.
fn environment(attempt: &Attempt) -> Result<BTreeMap<String, String>> {
    let (name, template) = match attempt.platform {
        Platform::Light => ("light.rb", include_str!("../templates/omnibus/light.rb")),
        Platform::GitlabCe => ("gitlab-ce.rb", include_str!("../templates/omnibus/gitlab-ce.rb")),
    };
    // A seed that brings a certificate moves GitLab to https; it always comes up with http.
    let url = attempt.url().replacen("https://", "http://", 1);
    let values = Values(BTreeMap::from([("external_url".into(), url)]));
    Ok(BTreeMap::from([
        ("GITLAB_OMNIBUS_CONFIG".into(), render::render(template, name, &values, Escape::None)?),
        ("GITLAB_ROOT_PASSWORD".into(), attempt.root_password.clone()),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned() -> Plan {
        let attempt = crate::store::tests::attempt("nginx-502-ada-k3pq");
        let place = Place { installation: "i", subnet: "10.213.0.16/28".parse().unwrap(), probe_image: "probe:1" };
        plan(&attempt, &Limits::default(), &place).unwrap()
    }

    #[test]
    fn only_the_relay_is_on_a_network_with_a_way_out() {
        let plan = planned();
        assert_eq!((plan.gitlab.ports, plan.probe.ports), (vec![], vec![]));
        let port = PortSpec { inside: 8080, address: [127, 0, 0, 1].into(), host: 8080 };
        assert_eq!(plan.relay.ports, [port]);
        assert_eq!(plan.relay.command.unwrap(), ["/usr/local/bin/relay", "8080", "10.213.0.18:80"]);
        assert_eq!((plan.relay.capabilities, plan.relay.mounts), (vec![], vec![]));
    }

    #[test]
    fn each_container_has_a_seat_of_its_own() {
        let plan = planned();
        let seats = [&plan.gitlab, &plan.probe, &plan.relay].map(|container| container.address.unwrap().to_string());
        assert_eq!(seats, ["10.213.0.18", "10.213.0.19", "10.213.0.20"]);
    }
}
