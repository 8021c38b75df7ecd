//! Computes how many environments fit on a machine. Pure.
//!
//! A class does not need its limits times the number of trainees: an idle container uses a part of its limit, and few
//! reach it at the same time. The expected use of every container must fit, plus what lets one of them reach its limit. A
//! container that exceeds its limit is killed by the kernel; its neighbours are not.

use serde::Serialize;

use crate::lab::Platform;

const MIB: u64 = 1 << 20;

/// What one environment is expected to use, its probe and the engine's helper processes included.
///
/// Figures of the light image are measured: with thirty idle environments, each uses 225 MiB of memory on overlay2, and a
/// little more on fuse-overlayfs, including its probe and the engine's processes. A third is added for what Rails and
/// Gitaly load once somebody works. Each has 87 threads in its containers and about 40 in helper processes, volumes of 36
/// MiB plus logs, a third of a percent of a processor, and no inotify instance (following a log takes one). Figures of the
/// real GitLab are from its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Memory in bytes.
    pub memory: u64,
    /// Bytes of the engine's disk: writable layers and volumes.
    pub disk: u64,
    /// Processes and threads.
    pub processes: u64,
    /// Instances of inotify.
    pub inotify: u64,
    /// Environments that one processor carries while their trainees read, think and type.
    pub per_processor: u64,
}

impl Expected {
    /// The expected usage of an environment of this platform.
    #[must_use]
    pub fn of(platform: Platform) -> Self {
        match platform {
            Platform::Light => {
                Self { memory: 300 * MIB, disk: 100 * MIB, processes: 150, inotify: 1, per_processor: 50 }
            }
            Platform::GitlabCe => {
                Self { memory: 3072 * MIB, disk: 1024 * MIB, processes: 600, inotify: 8, per_processor: 8 }
            }
        }
    }
}

/// Free resources of a machine. `None` is unknown, and not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostResources {
    /// Available memory in bytes.
    pub memory: Option<u64>,
    /// Number of processors.
    pub processors: u64,
    /// Number of existing environments.
    pub environments: u64,
    /// Free disk space of the engine's data folder, in bytes.
    pub disk: Option<u64>,
    /// Subnets for networks.
    pub networks: u64,
    /// Ports that the kernel gives out.
    pub ports: Option<u64>,
    /// Processes and threads that the kernel can still number.
    pub processes: Option<u64>,
    /// Instances of inotify that a user may still have.
    pub inotify: Option<u64>,
}

/// One resource that environments need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Name of the resource.
    pub name: &'static str,
    /// What the new environments need, as people read it.
    pub needed: String,
    /// What there is.
    pub available: String,
    /// How many new environments it is enough for.
    pub fits: u64,
    /// How to get more.
    pub advice: &'static str,
}

/// Whether new environments fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// How many are wanted.
    pub wanted: u64,
    /// How many fit: the least of all resources.
    pub fits: u64,
    /// The resources, one by one.
    pub resources: Vec<Resource>,
}

/// Works out whether `wanted` more environments fit, each with a memory limit of `limit` bytes.
#[must_use]
pub fn capacity(machine: &HostResources, expected: Expected, limit: u64, wanted: u64) -> Capacity {
    let each = Need { machine, expected: Expected { memory: expected.memory.min(limit), ..expected }, limit, wanted };
    let resources: Vec<Resource> = [
        each.memory(),
        each.processors(),
        each.disk(),
        each.networks(),
        each.ports(),
        each.processes(),
        each.inotify(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let fits = resources.iter().map(|resource| resource.fits).min().unwrap_or(u64::MAX);
    Capacity { wanted, fits, resources }
}

impl Capacity {
    /// Resources that are not enough, the scarcest first.
    #[must_use]
    pub fn lacking(&self) -> Vec<&Resource> {
        let mut lacking: Vec<&Resource> = self.resources.iter().filter(|found| found.fits < self.wanted).collect();
        lacking.sort_by_key(|found| found.fits);
        lacking
    }
}

struct Need<'a> {
    machine: &'a HostResources,
    expected: Expected,
    limit: u64,
    wanted: u64,
}

impl Need<'_> {
    fn memory(&self) -> Option<Resource> {
        let (available, each) = (self.machine.memory?, self.expected.memory);
        let spare = self.limit - each;
        Some(Resource {
            name: "memory",
            needed: format!(
                "{} of {} each, and {} for one that grows",
                size(self.wanted * each + spare),
                size(each),
                size(spare)
            ),
            available: size(available),
            fits: available.saturating_sub(spare) / each.max(1),
            advice: "Lower `limits: memory_mib`, or use a machine with more memory.",
        })
    }

    #[allow(clippy::unnecessary_wraps)] // the same shape as its siblings
    fn processors(&self) -> Option<Resource> {
        let all = self.machine.processors * self.expected.per_processor;
        Some(Resource {
            name: "processors",
            needed: format!("one for {} environments", self.expected.per_processor),
            available: format!("{}, with {} environments on them", self.machine.processors, self.machine.environments),
            fits: all.saturating_sub(self.machine.environments),
            advice: "Use a machine with more processors, or a `path` instead of `labs`.",
        })
    }

    fn disk(&self) -> Option<Resource> {
        let (available, each) = (self.machine.disk?, self.expected.disk);
        Some(Resource {
            name: "disk",
            needed: format!("{} of {} each, and 1.0 GiB to spare", size(self.wanted * each + 1024 * MIB), size(each)),
            available: size(available),
            fits: available.saturating_sub(1024 * MIB) / each,
            advice: "Make room: `docker system df` shows what uses it, `breakfix image prune` removes old images.",
        })
    }

    #[allow(clippy::unnecessary_wraps)] // the same shape as its siblings
    fn networks(&self) -> Option<Resource> {
        Some(Resource {
            name: "networks",
            needed: self.wanted.to_string(),
            available: self.machine.networks.to_string(),
            fits: self.machine.networks,
            advice: "Set BREAKFIX_SUBNETS to a larger private range.",
        })
    }

    /// Two: for GitLab and for a shell.
    fn ports(&self) -> Option<Resource> {
        let available = self.machine.ports?;
        Some(Resource {
            name: "ports",
            needed: (2 * self.wanted).to_string(),
            available: available.to_string(),
            fits: available / 2,
            advice: "Widen the range: sudo sysctl net.ipv4.ip_local_port_range='32768 60999'",
        })
    }

    fn processes(&self) -> Option<Resource> {
        let (available, each) = (self.machine.processes?, self.expected.processes);
        Some(Resource {
            name: "processes",
            needed: format!("{} of {each} each", self.wanted * each),
            available: available.to_string(),
            fits: available / each,
            advice: "Allow more: sudo sysctl kernel.pid_max=4194304 kernel.threads-max=1000000",
        })
    }

    fn inotify(&self) -> Option<Resource> {
        let (available, each) = (self.machine.inotify?, self.expected.inotify);
        Some(Resource {
            name: "inotify",
            needed: format!("{} instances", self.wanted * each),
            available: format!("{available} instances"),
            fits: available / each,
            advice: "Allow more: sudo sysctl fs.inotify.max_user_instances=1024",
        })
    }
}

#[allow(clippy::cast_precision_loss)] // shown with one decimal
fn size(bytes: u64) -> String {
    if bytes < 1024 * MIB {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{:.1} GiB", bytes as f64 / 1024.0 / MIB as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * MIB;

    fn roomy() -> HostResources {
        HostResources {
            memory: Some(24 * GIB),
            processors: 2,
            environments: 0,
            disk: Some(500 * GIB),
            networks: 4000,
            ports: Some(28_000),
            processes: Some(4_000_000),
            inotify: Some(1024),
        }
    }

    fn of(machine: &HostResources, wanted: u64) -> Capacity {
        capacity(machine, Expected::of(Platform::Light), GIB, wanted)
    }

    #[test]
    fn a_class_of_sixty_fits_a_small_server() {
        let found = of(&roomy(), 60);
        assert_eq!(found.lacking(), Vec::<&Resource>::new());
        assert_eq!(found.resources[0].needed, "18.3 GiB of 300 MiB each, and 724 MiB for one that grows");
    }

    #[test]
    fn each_resource_can_be_the_one_that_lacks() {
        type Change = fn(&mut HostResources);
        let changes: [(&str, u64, Change); 7] = [
            ("memory", 11, |machine| machine.memory = Some(4 * GIB)),
            ("processors", 10, |machine| machine.environments = 90),
            ("disk", 10, |machine| machine.disk = Some(2 * GIB)),
            ("networks", 3, |machine| machine.networks = 3),
            ("ports", 2, |machine| machine.ports = Some(5)),
            ("processes", 6, |machine| machine.processes = Some(1000)),
            ("inotify", 9, |machine| machine.inotify = Some(9)),
        ];
        for (name, fits, change) in changes {
            let mut machine = roomy();
            change(&mut machine);
            let found = of(&machine, 30);
            let lacking: Vec<_> = found.lacking().iter().map(|resource| (resource.name, resource.fits)).collect();
            assert_eq!((lacking.as_slice(), found.fits), ([(name, fits)].as_slice(), fits));
            assert!(of(&machine, fits).lacking().is_empty(), "{name}: as many as fit do fit");
        }
    }

    #[test]
    fn the_worst_comes_first_and_what_cannot_be_seen_is_not_judged() {
        let machine = HostResources { memory: None, disk: Some(0), inotify: Some(1), ..roomy() };
        let found = of(&machine, 30);
        let names: Vec<_> = found.lacking().iter().map(|resource| resource.name).collect();
        assert_eq!(names, ["disk", "inotify"]);
    }

    #[test]
    fn a_limit_below_what_is_expected_is_what_counts() {
        let found = capacity(&roomy(), Expected::of(Platform::GitlabCe), 512 * MIB, 1);
        assert_eq!(found.resources[0].fits, 48);
    }

    #[test]
    fn nothing_fits_a_machine_with_nothing() {
        let nothing = HostResources { memory: Some(0), disk: Some(0), ports: Some(0), ..HostResources::default() };
        assert_eq!(of(&nothing, 1).fits, 0);
    }
}
