//! What work on a class needs: what it is, its labs, its images.

use std::collections::BTreeMap;

use super::choose::labs;
use crate::attempt::{Faults, suits};
use crate::class::Course;
use crate::environment::{ImageSet, PortChoice, prepare};
use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::lifecycle::{Launch, Source};
use crate::ops::Services;
use crate::parallel;

/// What work on a class needs.
pub struct ClassContext {
    /// The class.
    pub course: Course,
    /// Its labs by id.
    pub labs: BTreeMap<String, Lab>,
    /// The images.
    pub images: ImageSet,
    /// How much is done at one time.
    pub jobs: usize,
}

impl ClassContext {
    /// Loads the labs, and makes images that are missing.
    pub async fn open(services: &Services, course: &Course, jobs: Option<usize>) -> Result<Self> {
        let labs = labs(services.labs.as_deref(), course)?;
        let images = prepare(&services.app, course.image.as_deref(), &services.build_env).await?;
        labs.values().try_for_each(|lab| suits(lab, images.platform))?;
        let jobs = jobs.unwrap_or_else(parallel::default_jobs);
        Ok(Self { course: course.clone(), labs, images, jobs })
    }

    pub(super) fn lab(&self, id: &str) -> Result<&Lab> {
        self.labs.get(id).ok_or_else(|| Error::not_found(format!("class {} has no lab {id}", self.course.class.id)))
    }
}

/// A launch at an address that is known already, of an environment of its own.
pub(super) fn in_place(lab: &Lab) -> Launch<'_> {
    Launch { lab, port: PortChoice::Same, source: Source::Fresh, faults: Faults::All }
}
