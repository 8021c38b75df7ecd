//! Password and key authentication. Pure: callers pass the time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use russh::keys::{Algorithm, PublicKey};
use russh::{MethodKind, MethodSet};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Wrong passwords without a lockout.
const FREE_FAILURES: u32 = 5;
/// Longest lockout.
const MAX_LOCKOUT: Duration = Duration::from_mins(1);
/// Failures expire after this time.
const EXPIRY: Duration = Duration::from_mins(10);
/// Most pairs of address and login whose failures are counted.
const CAPACITY: usize = 10_000;

/// Supported authentication methods.
pub fn methods() -> MethodSet {
    MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..])
}

/// Compares two passwords by their HMACs, in constant time. An empty password matches nothing.
pub fn passwords_match(expected: &str, given: &str, hmac_key: &[u8; 64]) -> bool {
    let hmac = |password: &str| Hmac::<Sha256>::new(&(*hmac_key).into()).chain_update(password).finalize().into_bytes();
    let same = hmac(expected).as_slice().ct_eq(hmac(given).as_slice());
    bool::from(same) && !expected.is_empty()
}

/// Parses a line of `authorized_keys` without options; only Ed25519 and ECDSA keys.
pub fn parse_key(line: &str) -> Option<PublicKey> {
    let key = PublicKey::from_openssh(line.trim()).ok()?;
    matches!(key.algorithm(), Algorithm::Ed25519 | Algorithm::Ecdsa { .. }).then_some(key)
}

/// Looks for a key in lines of `authorized_keys`; their comments do not matter.
pub fn has_key(lines: &[String], key: &PublicKey) -> bool {
    lines.iter().filter_map(|line| parse_key(line)).any(|known| known.key_data() == key.key_data())
}

/// Delays password guessing. Counts failures for each pair of address and login, so a trainee can lock out neither
/// another trainee nor an address that a whole class shares.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: HashMap<(IpAddr, String), Failures>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Throttle {
    /// Whether a password is accepted now, or the login is locked out.
    pub fn may_try(&self, address: IpAddr, login: &str, now: Instant) -> bool {
        let failures = self.failures.get(&(address, login.to_string()));
        failures.is_none_or(|failures| now.saturating_duration_since(failures.last) >= lockout(failures.count))
    }

    /// Counts a wrong password and returns the number of failures in a row.
    pub fn failed(&mut self, address: IpAddr, login: &str, now: Instant) -> u32 {
        self.failures.retain(|_, failures| now.saturating_duration_since(failures.last) < EXPIRY);
        if self.failures.len() >= CAPACITY {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            oldest.map(|key| self.failures.remove(&key));
        }
        let failures = self.failures.entry((address, login.to_string())).or_insert(Failures { count: 0, last: now });
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
        failures.count
    }

    /// Logins that are locked out at this address, and for how much longer.
    pub fn locked_out(&self, address: IpAddr, now: Instant) -> Vec<(String, Duration)> {
        let left =
            |failures: &Failures| lockout(failures.count).saturating_sub(now.saturating_duration_since(failures.last));
        let here = self.failures.iter().filter(|((of, _), _)| *of == address);
        let mut all: Vec<_> = here.map(|((_, login), failures)| (login.clone(), left(failures))).collect();
        all.retain(|(_, left)| !left.is_zero());
        all.sort();
        all
    }

    /// Clears the count after a correct password.
    pub fn succeeded(&mut self, address: IpAddr, login: &str) {
        self.failures.remove(&(address, login.to_string()));
    }
}

/// How long a login is locked out after its last failure.
fn lockout(count: u32) -> Duration {
    match count.checked_sub(FREE_FAILURES) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(2 << more.min(10)).min(MAX_LOCKOUT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    #[test]
    fn only_equal_passwords_match_and_the_empty_one_never_does() {
        let key = [7; 64];
        assert!(passwords_match("secret", "secret", &key));
        assert!(!passwords_match("secret", "secre", &key));
        assert!(!passwords_match("secret", "", &key));
        assert!(!passwords_match("", "", &key));
    }

    #[test]
    fn a_key_is_known_whatever_its_comment() {
        let lines = ["nonsense".to_string(), format!("{KEY} ada@laptop")];
        assert!(has_key(&lines, &parse_key(KEY).unwrap()));
        assert!(!has_key(&lines[..1], &parse_key(KEY).unwrap()));
    }

    #[test]
    fn lines_with_options_are_rejected() {
        assert_eq!(parse_key(&format!("command=\"true\" {KEY}")), None);
        assert_eq!(parse_key(""), None);
    }

    #[test]
    fn each_further_failure_doubles_the_lockout() {
        let (mut throttle, address, begin) = (Throttle::default(), IpAddr::from([10, 0, 0, 1]), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        for _ in 1..FREE_FAILURES {
            throttle.failed(address, "a", begin);
            assert!(throttle.may_try(address, "a", begin));
        }
        assert_eq!(throttle.failed(address, "a", begin), FREE_FAILURES);
        assert!(!throttle.may_try(address, "a", after(1)) && throttle.may_try(address, "a", after(2)));
        throttle.failed(address, "a", begin);
        assert!(!throttle.may_try(address, "a", after(3)) && throttle.may_try(address, "a", after(4)));
        (0..90).for_each(|_| assert!(throttle.failed(address, "a", begin) > FREE_FAILURES));
        assert!(!throttle.may_try(address, "a", after(59)) && throttle.may_try(address, "a", after(60)));
    }

    #[test]
    fn other_addresses_and_logins_are_not_locked_out() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        (0..9).for_each(|_| assert!(throttle.failed(here, "a", now) > 0));
        assert!(!throttle.may_try(here, "a", now));
        assert!(throttle.may_try(there, "a", now) && throttle.may_try(here, "b", now));
        assert_eq!(throttle.locked_out(here, now), [("a".to_string(), Duration::from_secs(32))]);
        assert_eq!((throttle.locked_out(there, now), throttle.locked_out(here, now + MAX_LOCKOUT)), (vec![], vec![]));
        throttle.succeeded(here, "a");
        assert!(throttle.may_try(here, "a", now));
    }

    #[test]
    fn the_number_of_counted_logins_is_limited() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..=CAPACITY {
            throttle.failed(IpAddr::from([10, 0, 0, 1]), &number.to_string(), now);
        }
        assert_eq!(throttle.failures.len(), CAPACITY);
        throttle.failed(IpAddr::from([10, 0, 0, 1]), "later", now + EXPIRY);
        assert_eq!(throttle.failures.len(), 1);
    }
}
