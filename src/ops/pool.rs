//! Operations on the warm pool.

use std::net::IpAddr;
use std::time::Duration;

use super::{ContainerState, Services};
use crate::app::App;
use crate::attempt::suits;
use crate::engine::Engine;
use crate::environment::{Environment, EnvironmentSpec, prepare};
use crate::error::{Error, Result};
use crate::lab::Lab;
use crate::pool;
use crate::store::{Pooled, Store};

pub use crate::pool::{Drained, Filled};

/// Environments to add to the pool.
#[derive(Clone, Debug)]
pub struct FillRequest {
    /// Lab whose scheme and limits they get; those of most labs if `None`.
    pub lab: Option<Lab>,
    /// Their number.
    pub number: u32,
    /// GitLab image; the training image if `None`.
    pub image: Option<String>,
    /// Address that their ports are bound to.
    pub listen: IpAddr,
    /// Name or address by which trainees reach this machine; `listen` if `None`.
    pub address: Option<String>,
    /// Time until they expire.
    pub ttl: Duration,
}

/// An environment in the pool.
#[derive(Clone, Debug)]
pub struct PoolStatus {
    /// The environment.
    pub environment: Environment,
    /// Whether a start may take it.
    pub ready: bool,
    /// State of its container.
    pub container: ContainerState,
    /// Bytes of memory that it uses; `None` if unknown.
    pub memory: Option<u64>,
}

/// Adds environments to the pool.
pub async fn fill(services: &Services, request: &FillRequest) -> Result<Filled> {
    let app = &services.app;
    let images = prepare(app, request.image.as_deref(), &services.build_env).await?;
    let (listen, address) = (request.listen, request.address.clone());
    let mut spec = EnvironmentSpec { listen, address, ..EnvironmentSpec::of(&images) };
    if let Some(lab) = &request.lab {
        suits(lab, images.platform)?;
        (spec.scheme, spec.data_mib) = (lab.address, lab.limits.data_mib);
    }
    let too_long = |cause| Error::invalid("the time to live is too long").caused_by(cause);
    let now = app.now();
    let expires = now.checked_add(request.ttl).map_err(too_long)?;
    let drafts = (0..request.number).map(|_| pool::draft(spec.clone(), now, expires)).collect::<Result<_>>()?;
    Ok(pool::fill(app, drafts).await)
}

/// The environments in the pool. Without an engine, their states are unknown.
pub async fn list(store: &Store, engine: Option<&dyn Engine>) -> Result<Vec<PoolStatus>> {
    let mut list = vec![];
    for pooled in store.pool()? {
        list.push(status(pooled, engine).await);
    }
    Ok(list)
}

async fn status(Pooled { environment, ready, .. }: Pooled, engine: Option<&dyn Engine>) -> PoolStatus {
    let name = environment.gitlab();
    let memory = match engine {
        Some(engine) => engine.usage(&name).await.ok().map(|usage| usage.memory),
        None => None,
    };
    PoolStatus { container: ContainerState::of(engine, &name).await, memory, environment, ready }
}

/// Removes the environments in the pool, except those that are being created.
pub async fn drain(app: &App) -> Result<Drained> {
    pool::drain(app, |_| true).await
}
