//! Host of environments: the engine with its images, and the receiver of events.

use std::sync::Arc;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::{self, ContainerSpec, Engine, EngineError, Images};
use crate::error::{Error, Result};
use crate::event::{Event, Events, Step};
use crate::id::EnvironmentId;
use crate::image::{Known, REPOSITORY};

/// Services for work on environments. Cheap to clone.
#[derive(Clone)]
pub struct Host {
    /// Container engine.
    pub engine: Arc<dyn Engine>,
    /// Images of the engine.
    pub images: Arc<dyn Images>,
    /// Record of the images that this installation has built.
    pub known: Known,
    /// Random id of this installation, for labels.
    pub installation: String,
    /// Record of calls that create objects.
    pub journal: Arc<dyn Journal>,
    /// Receives events.
    pub events: Events,
    /// Cancelled by Ctrl-C and other signals that end the program.
    pub cancel: CancellationToken,
    /// Range of subnets for environments.
    pub subnets: Ipv4Net,
}

/// A call that creates an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creating {
    /// The environment that the object belongs to.
    pub environment: EnvironmentId,
    /// Type of the object.
    pub kind: engine::ObjectKind,
    /// Name of the object.
    pub name: String,
    /// Time of the call.
    pub since: Timestamp,
}

/// Persistent record of calls that the engine has not answered yet.
pub trait Journal: Send + Sync {
    /// Adds a call before it is made; replaces a call for the same object.
    fn begin(&self, call: &Creating) -> Result<()>;

    /// Removes a call after its outcome is known.
    fn end(&self, call: &Creating) -> Result<()>;

    /// Calls for an environment without a known outcome.
    fn open(&self, environment: &EnvironmentId) -> Result<Vec<Creating>>;
}

impl Host {
    /// Current time, for records.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Emits an event.
    pub fn emit(&self, event: Event) {
        (self.events)(event);
    }

    /// A copy with another receiver of events.
    #[must_use]
    pub fn watched_by(&self, events: Events) -> Self {
        Self { events, ..self.clone() }
    }

    /// Replaces the image reference of a container by the id that we recorded: a tag can be moved to another image at any
    /// moment, an id cannot.
    pub async fn verified(&self, spec: ContainerSpec) -> Result<ContainerSpec, EngineError> {
        if !spec.image.starts_with(REPOSITORY) {
            return Ok(spec);
        }
        match self.images.find_image(&spec.image).await? {
            Some(image) if self.known.has(&spec.image, &image.id) => Ok(ContainerSpec { image: image.id, ..spec }),
            Some(_) => Err(EngineError::UnknownImage(spec.image)),
            None => Err(EngineError::Image(format!("the engine has no image {} any more", spec.image))),
        }
    }

    /// Runs one step, and emits its beginning and end. Ctrl-C drops the future, so the step must leave nothing incomplete, or
    /// the caller must remove the rest.
    pub async fn step<T>(&self, step: Step, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.check_cancelled()?;
        self.emit(Event::Started(step.clone()));
        let done = match self.cancel.run_until_cancelled(work).await {
            Some(result) => result?,
            None => return Err(Error::interrupted()),
        };
        self.emit(Event::Finished(step));
        Ok(done)
    }

    /// Fails after Ctrl-C. For use between calls that must not be dropped halfway.
    pub fn check_cancelled(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::interrupted()) } else { Ok(()) }
    }
}
