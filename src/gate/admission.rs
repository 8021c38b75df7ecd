//! Who is let in. No clock and no network: time is an argument.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use russh::keys::{Algorithm, PublicKey};
use sha2::Sha256;

/// Wrong passwords that cost nothing but a moment.
const FREE: u32 = 5;
/// The longest time that a wrong password costs.
const LONGEST: Duration = Duration::from_mins(1);
/// Strikes are forgotten after that.
const MEMORY: Duration = Duration::from_mins(10);
/// Strikes are kept for that many pairs of address and login.
const ROOM: usize = 10_000;

/// Compares without telling by the time it takes where two texts differ. Nothing equals the empty text.
pub fn matches(expected: &str, given: &str, key: &[u8; 64]) -> bool {
    let keyed = || Hmac::<Sha256>::new(&(*key).into());
    let code = keyed().chain_update(expected).finalize();
    let same = keyed().chain_update(given).verify(&code.into_bytes()).is_ok();
    same && !expected.is_empty()
}

/// A line of `authorized_keys` without options, of a kind that can be verified.
pub fn parse_key(line: &str) -> Option<PublicKey> {
    let key = PublicKey::from_openssh(line.trim()).ok()?;
    matches!(key.algorithm(), Algorithm::Ed25519 | Algorithm::Ecdsa { .. }).then_some(key)
}

/// Whether a key is among those lines, whatever their comments say.
pub fn knows_key(lines: &[String], key: &PublicKey) -> bool {
    lines.iter().filter_map(|line| parse_key(line)).any(|known| known.key_data() == key.key_data())
}

/// Counts wrong passwords by address and login together: neither can a neighbour lock a login for its owner, nor
/// one trainee an address that a whole class shares.
#[derive(Debug, Default)]
pub struct Guard {
    strikes: HashMap<(IpAddr, String), Strikes>,
}

#[derive(Debug, Clone, Copy)]
struct Strikes {
    count: u32,
    last: Instant,
}

impl Guard {
    /// Whether a password is looked at now.
    pub fn may_try(&self, address: IpAddr, login: &str, now: Instant) -> bool {
        let strikes = self.strikes.get(&(address, login.to_string()));
        strikes.is_none_or(|strikes| now.saturating_duration_since(strikes.last) >= penalty(strikes.count))
    }

    /// Takes note of a wrong password; tells how many there were in a row.
    pub fn failed(&mut self, address: IpAddr, login: &str, now: Instant) -> u32 {
        self.strikes.retain(|_, strikes| now.saturating_duration_since(strikes.last) < MEMORY);
        if self.strikes.len() >= ROOM {
            let oldest = self.strikes.iter().min_by_key(|(_, strikes)| strikes.last).map(|(who, _)| who.clone());
            oldest.map(|who| self.strikes.remove(&who));
        }
        let strikes = self.strikes.entry((address, login.to_string())).or_insert(Strikes { count: 0, last: now });
        *strikes = Strikes { count: strikes.count.saturating_add(1), last: now };
        strikes.count
    }

    /// The right password clears the count.
    pub fn succeeded(&mut self, address: IpAddr, login: &str) {
        self.strikes.remove(&(address, login.to_string()));
    }
}

/// How long no password is looked at after that many wrong ones.
fn penalty(count: u32) -> Duration {
    match count.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(2 << more.min(10)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    #[test]
    fn only_the_same_text_matches_and_nothing_matches_no_password() {
        let key = [7; 64];
        assert!(matches("secret", "secret", &key));
        assert!(!matches("secret", "secre", &key));
        assert!(!matches("secret", "", &key));
        assert!(!matches("", "", &key));
    }

    #[test]
    fn a_key_is_known_whatever_its_comment() {
        let lines = ["nonsense".to_string(), format!("{KEY} ada@laptop")];
        assert!(knows_key(&lines, &parse_key(KEY).unwrap()));
        assert!(!knows_key(&lines[..1], &parse_key(KEY).unwrap()));
    }

    #[test]
    fn lines_with_options_are_no_keys() {
        assert_eq!(parse_key(&format!("command=\"true\" {KEY}")), None);
        assert_eq!(parse_key(""), None);
    }

    #[test]
    fn wrong_passwords_cost_more_and_more_time() {
        let (mut guard, address, begin) = (Guard::default(), IpAddr::from([10, 0, 0, 1]), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        for _ in 1..FREE {
            guard.failed(address, "a", begin);
            assert!(guard.may_try(address, "a", begin));
        }
        assert_eq!(guard.failed(address, "a", begin), FREE);
        assert!(!guard.may_try(address, "a", after(1)) && guard.may_try(address, "a", after(2)));
        guard.failed(address, "a", begin);
        assert!(!guard.may_try(address, "a", after(3)) && guard.may_try(address, "a", after(4)));
        (0..90).for_each(|_| assert!(guard.failed(address, "a", begin) > FREE));
        assert!(!guard.may_try(address, "a", after(59)) && guard.may_try(address, "a", after(60)));
    }

    #[test]
    fn neighbours_and_other_logins_are_not_held_back() {
        let (mut guard, now) = (Guard::default(), Instant::now());
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        (0..9).for_each(|_| assert!(guard.failed(here, "a", now) > 0));
        assert!(!guard.may_try(here, "a", now));
        assert!(guard.may_try(there, "a", now) && guard.may_try(here, "b", now));
        guard.succeeded(here, "a");
        assert!(guard.may_try(here, "a", now));
    }

    #[test]
    fn strikes_do_not_grow_without_bound() {
        let (mut guard, now) = (Guard::default(), Instant::now());
        for number in 0..=ROOM {
            guard.failed(IpAddr::from([10, 0, 0, 1]), &number.to_string(), now);
        }
        assert_eq!(guard.strikes.len(), ROOM);
        guard.failed(IpAddr::from([10, 0, 0, 1]), "later", now + MEMORY);
        assert_eq!(guard.strikes.len(), 1);
    }
}
