//! An engine with its images, and whoever watches: all that working on an environment needs.

use std::sync::Arc;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::{self, ContainerSpec, Engine, EngineError, Images};
use crate::error::{Error, Result};
use crate::event::{Event, Events, Step};
use crate::id::EnvironmentId;
use crate::image::{Known, REPOSITORY};

/// Where environments run, and what they are made with. Cheap to clone.
#[derive(Clone)]
pub struct Host {
    /// Runs containers.
    pub engine: Arc<dyn Engine>,
    /// Keeps images.
    pub images: Arc<dyn Images>,
    /// What our images are.
    pub known: Known,
    /// Identifies this installation in the labels of what it makes.
    pub installation: String,
    /// Remembers which objects the engine was asked to make.
    pub journal: Arc<dyn Journal>,
    /// Receives events.
    pub events: Events,
    /// Set by Ctrl-C and by signals that ask us to end.
    pub cancel: CancellationToken,
    /// The range that subnets come from.
    pub subnets: Ipv4Net,
}

/// One call that has the engine make an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creating {
    /// The environment that the object belongs to.
    pub environment: EnvironmentId,
    /// What is made.
    pub kind: engine::ObjectKind,
    /// The object's name.
    pub name: String,
    /// When the engine was asked.
    pub since: Timestamp,
}

/// Keeps, beyond the end of this process, which calls the engine has not answered yet.
pub trait Journal: Send + Sync {
    /// Adds a call, before the engine is asked; a call for the same object is replaced.
    fn begin(&self, call: &Creating) -> Result<()>;

    /// Removes a call, once its outcome is known.
    fn end(&self, call: &Creating) -> Result<()>;

    /// Calls for an environment whose outcome is not known.
    fn open(&self, environment: &EnvironmentId) -> Result<Vec<Creating>>;
}

impl Host {
    /// The time, for records.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Emits an event.
    pub fn emit(&self, event: Event) {
        (self.events)(event);
    }

    /// The same host with another receiver of events.
    #[must_use]
    pub fn watched_by(&self, events: Events) -> Self {
        Self { events, ..self.clone() }
    }

    /// The container with its image named by the id that we recorded. A name of ours may lead to another image at any
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

    /// Runs one step, emitting its beginning and its end. Ctrl-C drops it: only for work that leaves
    /// nothing half-made or whose remains the caller removes.
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

    /// Ends work between two calls that must not be dropped in the middle.
    pub fn check_cancelled(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::interrupted()) } else { Ok(()) }
    }
}
