//! Attempts of which nothing exists yet, with credentials made for them.

use std::time::Duration;

use jiff::Timestamp;

use super::{Attempt, BoxLimits, Prepared};
use crate::error::{Error, Result};
use crate::lab::{Lab, Scheme};
use crate::random;

/// In the labels and the store, where an attempt has its lab and its trainee: an environment of the pool.
pub const NOBODY: &str = "pool";

impl Attempt {
    /// An attempt at a lab, to live for `ttl`.
    ///
    /// # Errors
    /// No randomness, and a time to live beyond the calendar.
    pub fn on_paper(
        lab: &Lab,
        prepared: &Prepared,
        trainee: &str,
        seed: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Self> {
        Ok(Self {
            id: format!("{}-{trainee}-{}", lab.id, random::letters(4)?),
            lab: lab.id.to_string(),
            lab_digest: lab.digest.clone(),
            trainee: trainee.into(),
            seed: seed.into(),
            scheme: lab.address,
            root_token: format!("glpat-{}", random::secret(20)?),
            ssh_password: random::secret(12)?,
            ..Self::of_nobody(prepared, now, ttl)?
        })
    }

    /// An environment that nobody works on: it has no token, and no password for the gate.
    ///
    /// # Errors
    /// As [`Attempt::on_paper`].
    pub fn of_nobody(prepared: &Prepared, now: Timestamp, ttl: Duration) -> Result<Self> {
        let too_long = |cause| Error::invalid("the time to live is too long").because(cause);
        Ok(Self {
            id: format!("{NOBODY}-{}", random::letters(8)?),
            lab: NOBODY.into(),
            labs_dir: None,
            lab_digest: String::new(),
            trainee: NOBODY.into(),
            class: None,
            seed: String::new(),
            image: prepared.image.clone(),
            platform: prepared.platform,
            scheme: Scheme::Http,
            listen: [127, 0, 0, 1].into(),
            address: None,
            port: 0,
            root_password: random::secret(16)?,
            root_token: String::new(),
            created: now,
            expires: now.checked_add(ttl).map_err(too_long)?,
            hints_taken: 0,
            limits: BoxLimits::default(),
            due: None,
            environment: None,
            handed_over: None,
            ssh_password: String::new(),
            ssh_keys: vec![],
            healthy: false,
            holder: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Platform;

    #[test]
    fn an_attempt_has_every_credential_and_nobody_has_those_of_a_trainee() {
        let prepared = Prepared { image: "i".into(), platform: Platform::Light, probe_image: "p".into() };
        let lab = crate::lab::library::Library::new(None).load("nginx-502").unwrap();
        let (now, day) = (Timestamp::UNIX_EPOCH, Duration::from_hours(24));
        let secrets = |one: &Attempt| [one.root_password.len(), one.root_token.len(), one.ssh_password.len()];
        let attempt = Attempt::on_paper(&lab, &prepared, "ada", "1", now, day).unwrap();
        assert_eq!(secrets(&attempt).map(|length| length > 11), [true; 3]);
        assert_eq!((attempt.trainee.as_str(), attempt.expires.as_second()), ("ada", 86_400));
        let nobody = Attempt::of_nobody(&prepared, now, day).unwrap();
        assert_eq!(secrets(&nobody).map(|length| length > 11), [true, false, false]);
        assert_eq!((nobody.trainee.as_str(), nobody.lab.as_str()), (NOBODY, NOBODY));
    }
}
