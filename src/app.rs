//! What every operation needs: the engine, the store, somebody to tell, a way to be stopped.

use std::sync::Arc;

use ipnet::Ipv4Net;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::{ContainerSpec, Engine, EngineError, Images};
use crate::error::{Error, Result};
use crate::event::{Event, Events, Step};
use crate::image::{Known, REPOSITORY};
use crate::store::Store;

/// One run of the program. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Runs environments.
    pub engine: Arc<dyn Engine>,
    /// Keeps images.
    pub images: Arc<dyn Images>,
    /// What our images are.
    pub known: Known,
    /// What happened.
    pub store: Arc<Store>,
    /// Who is told.
    pub events: Events,
    /// Set by Ctrl-C and by signals that ask us to end.
    pub cancel: CancellationToken,
    /// Where subnets come from.
    pub subnets: Ipv4Net,
}

impl App {
    /// The time, for what is written down.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Tells whoever watches.
    pub fn tell(&self, event: Event) {
        (self.events)(event);
    }

    /// The same, without telling anybody.
    #[must_use]
    pub fn quiet(&self) -> Self {
        Self { events: Arc::new(|_| {}), ..self.clone() }
    }

    /// The container from the very content that we know. A name of ours may lead to another image at any moment, an id
    /// cannot.
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

    /// Runs one step, telling its beginning and its end. Ctrl-C drops it: only for work that leaves
    /// nothing half-made or whose remains the caller removes.
    pub async fn step<T>(&self, step: Step, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.check_cancelled()?;
        self.tell(Event::Started(step.clone()));
        let done = match self.cancel.run_until_cancelled(work).await {
            Some(result) => result?,
            None => return Err(Error::interrupted()),
        };
        self.tell(Event::Finished(step));
        Ok(done)
    }

    /// Ends work between two calls that should not be dropped in the middle.
    pub fn check_cancelled(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::interrupted()) } else { Ok(()) }
    }
}
