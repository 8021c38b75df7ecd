//! Drafts of attempts, without objects in the engine.

use std::time::Duration;

use jiff::Timestamp;

use super::{Access, Attempt, Workspace};
use crate::environment::{Environment, EnvironmentSpec, ImageSet};
use crate::error::{Error, Result};
use crate::id::{AttemptId, EnvironmentId, TraineeId};
use crate::lab::Lab;
use crate::platform::Platform;
use crate::random;
use crate::secret::Secret;

/// Inputs of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// The images of its environment.
    pub images: &'a ImageSet,
    /// The trainee.
    pub trainee: &'a TraineeId,
    /// Seed of the lab's variables.
    pub seed: &'a str,
    /// Time until the environment expires.
    pub time_to_live: Duration,
}

impl Draft<'_> {
    /// The attempt with new credentials, and its environment, which is reachable from this host only.
    ///
    /// # Errors
    /// The system gives no random numbers, or the time to live is too long.
    pub fn workspace(&self, now: Timestamp) -> Result<Workspace> {
        let Self { lab, trainee, .. } = *self;
        let too_long = |cause| Error::invalid("the time to live is too long").caused_by(cause);
        let expires = now.checked_add(self.time_to_live).map_err(too_long)?;
        let id = AttemptId::new(format!("{}-{trainee}-{}", lab.id, random::letters(4)?));
        let spec =
            EnvironmentSpec { scheme: lab.address, data_mib: lab.limits.data_mib, ..EnvironmentSpec::of(self.images) };
        let environment = Environment::draft(EnvironmentId::new(id.as_str()), spec, now, expires)?;
        let attempt = Attempt {
            id,
            lab: lab.id.clone(),
            labs_dir: None,
            lab_digest: lab.digest.clone(),
            trainee: trainee.clone(),
            class: None,
            seed: self.seed.into(),
            environment: environment.id.clone(),
            created: now,
            expires,
            hints_taken: 0,
            due: None,
            handed_over: None,
            access: Access { password: Secret::new(random::secret(12)?), keys: vec![] },
            healthy: false,
            holder: None,
        };
        Ok(Workspace { attempt, environment }.tagged())
    }
}

impl Workspace {
    /// Copies lab, trainee and class of the attempt into the labels of the environment.
    #[must_use]
    pub fn tagged(mut self) -> Self {
        let Attempt { lab, trainee, class, .. } = &self.attempt;
        let tags = [("lab", Some(lab.to_string())), ("trainee", Some(trainee.to_string()))];
        let class = ("class", class.as_ref().map(ToString::to_string));
        let tags = tags.into_iter().chain([class]);
        self.environment.tags = tags.filter_map(|(name, value)| Some((name.into(), value?))).collect();
        self
    }
}

/// Checks that a lab supports this platform.
///
/// # Errors
/// The lab does not support it.
pub fn suits(lab: &Lab, platform: Platform) -> Result<()> {
    if lab.runs_on.contains(&platform) {
        return Ok(());
    }
    let names: Vec<&str> = lab.runs_on.iter().map(|platform| platform.as_str()).collect();
    Err(Error::invalid(format!("lab {} is not made for this image", lab.id))
        .hint(format!("It runs on: {}.", names.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_has_every_credential_and_labels_that_name_its_trainee() {
        let images =
            ImageSet { gitlab: "i".into(), platform: Platform::Light, ours: [("probe".into(), "p".into())].into() };
        let lab = crate::lab::library::Library::new(None).load("nginx-502").unwrap();
        let (trainee, time_to_live) = (TraineeId::new("ada"), Duration::from_hours(24));
        let draft = Draft { lab: &lab, images: &images, trainee: &trainee, seed: "1", time_to_live };
        let Workspace { attempt, environment } = draft.workspace(Timestamp::UNIX_EPOCH).unwrap();
        let secrets = [&environment.root.password, &environment.root.token, &attempt.access.password];
        assert_eq!(secrets.map(|secret| secret.expose().len() > 11), [true; 3]);
        assert_eq!((attempt.expires.as_second(), environment.expires.as_second()), (86_400, 86_400));
        let tags: Vec<_> = environment.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(tags, ["lab=nginx-502", "trainee=ada"]);
    }
}
