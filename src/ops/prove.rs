//! Proofs of labs.

use std::sync::Arc;
use std::time::Duration;

use super::Services;
use super::unattended::Drafts;
use crate::attempt::suits;
use crate::environment::prepare;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::lab::Lab;
use crate::lifecycle::OnFailure;
use crate::parallel;
use crate::prove::{self, Claim, Part, ProveOptions, omitted, titles};

/// Time to live of a proof's environments.
const TTL: Duration = Duration::from_hours(1);
/// Trainee of all proofs.
const TRAINEE: &str = "proof";

/// Labs to prove, and how.
#[derive(Clone, Debug)]
pub struct ProveRequest {
    /// The labs.
    pub labs: Vec<Arc<Lab>>,
    /// What happens to labs that are not made for the image.
    pub unsuitable: Unsuitable,
    /// Seeds of the labs' variables.
    pub seeds: Vec<String>,
    /// GitLab image; the training image if `None`.
    pub image: Option<String>,
    /// Scenarios to run.
    pub part: Part,
    /// Runs only scenarios whose titles contain one of these texts; all of them if empty.
    pub only: Vec<String>,
    /// Number of concurrent environments; depends on the machine if `None`.
    pub jobs: Option<usize>,
    /// What happens to an environment in which a claim does not hold.
    pub on_failure: OnFailure,
}

/// What happens to labs that are not made for the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    /// They are an error.
    Refused,
    /// They are not proven.
    LeftOut,
}

impl ProveRequest {
    /// Fails for a lab without matching claims: an empty proof would succeed.
    pub fn check(&self) -> Result<()> {
        let without = self.labs.iter().find(|lab| titles(lab, &self.only).is_empty());
        without.map_or(Ok(()), |lab| {
            Err(Error::not_found(format!(
                "lab {} claims nothing with `{}` in its title",
                lab.id,
                self.only.join("`, `")
            ))
            .hint(format!("It claims: {}.", titles(lab, &[]).join("; "))))
        })
    }
}

/// Proves labs. The claims are in the order of the labs and seeds; a cancelled proof returns those it has.
pub async fn prove(services: &Services, request: &ProveRequest) -> Result<Vec<Claim>> {
    request.check()?;
    let app = &services.app;
    let images = prepare(app, request.image.as_deref(), &services.build_env).await?;
    let mut labs = request.labs.clone();
    match request.unsuitable {
        Unsuitable::LeftOut => labs.retain(|lab| suits(lab, images.platform).is_ok()),
        Unsuitable::Refused => labs.iter().try_for_each(|lab| suits(lab, images.platform))?,
    }
    for (place, lab) in labs.iter().enumerate().filter(|_| request.part != Part::All) {
        app.emit(Event::Note(format!("{}: left out: {}", lab.id, omitted(lab, place, request.part).join("; "))));
    }
    let drafts = Drafts::new(services, &images, TTL, request.on_failure)?;
    let trainee = TRAINEE.into();
    let options = ProveOptions {
        draft: &|lab: &Lab, seed: &str| drafts.draft(lab, &trainee, seed),
        seeds: &request.seeds,
        part: request.part,
        jobs: request.jobs.unwrap_or_else(parallel::default_jobs),
        on_failure: request.on_failure,
        only: &request.only,
    };
    Ok(prove::prove(app, &labs, &options).await)
}
