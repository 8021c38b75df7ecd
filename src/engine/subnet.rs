//! Subnets of new environments: the first free /28 of a private range.
//!
//! The engine's own pools hold about thirty networks; a /16 cut into /28s holds 4096.

use ipnet::Ipv4Net;

/// Default of `BREAKFIX_SUBNETS`, the range that subnets are taken from.
pub const DEFAULT_RANGE: &str = "10.213.0.0/16";
/// Room for thirteen containers.
const PREFIX: u8 = 28;

/// Free subnets in the order in which to try them. None overlaps `taken`: the engine's networks and the host's routes.
/// `start` selects the first one, to keep concurrent processes from choosing the same subnet.
pub fn candidates(range: Ipv4Net, taken: &[Ipv4Net], start: u64) -> impl Iterator<Item = Ipv4Net> {
    let all: Vec<Ipv4Net> = range.subnets(PREFIX.max(range.prefix_len())).map(Iterator::collect).unwrap_or_default();
    let count = all.len();
    let first = usize::try_from(start % (count.max(1) as u64)).unwrap_or(0);
    let taken = taken.to_vec();
    (0..count)
        .map(move |step| all[(first + step) % count])
        .filter(move |net| !taken.iter().any(|other| overlap(*net, *other)))
}

fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}

/// Subnets that the host routes, from the text of `/proc/net/route`, without the default route.
#[must_use]
pub fn host_routes(proc_net_route: &str) -> Vec<Ipv4Net> {
    proc_net_route.lines().skip(1).filter_map(route).filter(|net| net.prefix_len() > 0).collect()
}

fn route(line: &str) -> Option<Ipv4Net> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let address =
        |text: &str| u32::from_str_radix(text, 16).ok().map(|raw| std::net::Ipv4Addr::from(raw.to_le_bytes()));
    Ipv4Net::with_netmask(address(fields.get(1)?)?, address(fields.get(7)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_is_cut_into_sixteens() {
        let found: Vec<_> = candidates(net("10.9.0.0/26"), &[], 0).collect();
        assert_eq!(found, ["10.9.0.0/28", "10.9.0.16/28", "10.9.0.32/28", "10.9.0.48/28"].map(net));
    }

    #[test]
    fn overlapping_subnets_are_excluded() {
        let taken = [net("10.9.0.0/29"), net("10.9.0.32/27")];
        assert_eq!(candidates(net("10.9.0.0/26"), &taken, 0).collect::<Vec<_>>(), [net("10.9.0.16/28")]);
    }

    #[test]
    fn the_start_only_changes_the_order() {
        let mut turned: Vec<_> = candidates(net("10.9.0.0/26"), &[], 4_000_000_003).collect();
        assert_eq!(turned[0], net("10.9.0.48/28"));
        turned.sort();
        assert_eq!(turned, candidates(net("10.9.0.0/26"), &[], 0).collect::<Vec<_>>());
    }

    #[test]
    fn a_small_range_still_gives_one() {
        assert_eq!(candidates(net("10.9.0.0/30"), &[], 7).collect::<Vec<_>>(), [net("10.9.0.0/30")]);
    }

    #[test]
    fn routes_are_read_from_the_kernels_table() {
        let table = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n\
            docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
        assert_eq!(host_routes(table), [net("192.168.1.0/24"), net("172.17.0.0/16")]);
    }
}
