//! Resources of the machine, from the kernel and the engine.

use crate::app::App;
use crate::class::capacity::{Expected, HostResources};
use crate::engine::{About, Role, subnet};
use crate::error::{Context, Result};

/// Free bytes on the file system of `path`.
#[must_use]
pub fn free(path: &str) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail * stat.f_frsize)
}

/// Reads a number from a file in `/proc`.
#[must_use]
pub fn number(path: &str) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Resources that are free for new environments. For a remote engine, only the facts that the engine reports.
pub async fn machine(app: &App, expected: Expected) -> Result<HostResources> {
    let about = app.engine.about().await.context(|| "the container engine cannot be used".into())?;
    let objects =
        app.engine.list(app.store.installation()).await.context(|| "the engine's objects cannot be listed".into())?;
    let containers =
        objects.iter().filter_map(|object| object.owner.as_ref()).filter(|owner| owner.role == Role::Gitlab);
    let environments = containers.count() as u64;
    let mut taken = app.engine.subnets().await.context(|| "the engine's networks cannot be listed".into())?;
    taken.extend(subnet::host_routes(&text("/proc/net/route")));
    let networks = subnet::candidates(app.subnets, &taken, 0).count() as u64;
    let machine =
        HostResources { processors: u64::from(about.cpus), environments, networks, ..HostResources::default() };
    if !about.address.starts_with("unix:") {
        return Ok(HostResources { memory: Some(about.memory), ..machine });
    }
    let inotify = number("/proc/sys/fs/inotify/max_user_instances");
    Ok(HostResources {
        memory: memory(&about),
        disk: free(&about.data_root),
        ports: ports(&text("/proc/sys/net/ipv4/ip_local_port_range")),
        processes: processes(),
        inotify: inotify.map(|most| most.saturating_sub(environments * expected.inotify)),
        ..machine
    })
}

/// Available memory in bytes. The engine may run in a virtual machine with less memory than this one.
fn memory(about: &About) -> Option<u64> {
    let meminfo = text("/proc/meminfo");
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some((kib * 1024).min(about.memory))
}

fn ports(range: &str) -> Option<u64> {
    let (first, last) = range.trim().split_once(char::is_whitespace)?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.trim().parse().ok()?);
    Some((last + 1).saturating_sub(first))
}

fn processes() -> Option<u64> {
    let most = number("/proc/sys/kernel/pid_max")?.min(number("/proc/sys/kernel/threads-max")?);
    let load = text("/proc/loadavg");
    let now: u64 = load.split_whitespace().nth(3)?.split_once('/')?.1.parse().ok()?;
    Some(most.saturating_sub(now))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_range_of_ports_has_both_its_ends() {
        assert_eq!(super::ports("32768\t60999\n"), Some(28_232));
    }
}
