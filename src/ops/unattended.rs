//! What autograding and proofs have in common: attempts that nobody works on.

use std::time::Duration;

use super::Services;
use crate::attempt::{Draft, Workspace};
use crate::environment::ImageSet;
use crate::error::Result;
use crate::id::TraineeId;
use crate::lab::Lab;
use crate::lifecycle::OnFailure;

/// Drafts attempts that end with this process, unless failed ones are kept.
pub(super) struct Drafts<'a> {
    services: &'a Services,
    images: &'a ImageSet,
    time_to_live: Duration,
    /// The process that needs the environments; `None` if they outlive it.
    holder: Option<String>,
}

impl<'a> Drafts<'a> {
    pub(super) fn new(
        services: &'a Services,
        images: &'a ImageSet,
        time_to_live: Duration,
        on_failure: OnFailure,
    ) -> Result<Self> {
        let holder = match on_failure {
            OnFailure::Keep => None,
            OnFailure::Remove => Some(services.app.store.holder()?),
        };
        Ok(Self { services, images, time_to_live, holder })
    }

    /// A draft for a lab, a trainee and a seed.
    pub(super) fn draft(&self, lab: &Lab, trainee: &TraineeId, seed: &str) -> Result<Workspace> {
        let draft = Draft { lab, images: self.images, trainee, seed, time_to_live: self.time_to_live };
        let mut workspace = draft.workspace(self.services.app.now())?;
        workspace.attempt.labs_dir.clone_from(&self.services.labs);
        workspace.attempt.holder.clone_from(&self.holder);
        Ok(workspace)
    }
}
