//! Context of class operations: the class, its labs and its images.

use std::collections::BTreeMap;

use super::choose::labs;
use crate::attempt::{Faults, suits};
use crate::class::Course;
use crate::environment::{ImageSet, PortChoice, prepare};
use crate::error::{Error, Result};
use crate::id::LabId;
use crate::lab::Lab;
use crate::lifecycle::{EnvironmentSource, Launch};
use crate::ops::Services;
use crate::parallel;

/// A class with its loaded labs and images.
pub struct ClassContext {
    /// The class and its settings.
    pub course: Course,
    /// Labs by id.
    pub labs: BTreeMap<LabId, Lab>,
    /// Images that its environments start from.
    pub images: ImageSet,
    /// Number of concurrent tasks.
    pub jobs: usize,
}

impl ClassContext {
    /// Loads the labs and builds missing images.
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

/// A launch at the same address, without the pool.
pub(super) fn in_place(lab: &Lab) -> Launch<'_> {
    Launch { lab, port: PortChoice::Same, source: EnvironmentSource::Fresh, faults: Faults::All }
}
