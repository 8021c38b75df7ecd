//! Garbage collection.

use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::id::AttemptId;
use crate::lifecycle::{abandoned, gc};

pub use crate::lifecycle::abandoned::Abandoned;
pub use crate::lifecycle::gc::{Candidate, Reason};

/// What to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GcRequest {
    /// Whether it covers other installations.
    pub scope: Scope,
    /// Whether anything is removed.
    pub mode: GcMode,
}

/// The installations whose environments are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only this one.
    Own,
    /// Also the expired environments of others.
    All,
}

/// Whether anything is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcMode {
    /// Environments are removed.
    Remove,
    /// Nothing is changed.
    DryRun,
}

/// An environment to remove.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum GcItem {
    /// Of this installation.
    Own(Candidate),
    /// Of another installation.
    Other(Abandoned),
}

/// What was found, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Environments that were removed, or would be.
    pub found: Vec<GcItem>,
    /// Those that another process works on, and that stay.
    pub busy: Vec<AttemptId>,
    /// Number of expired objects of other installations, if these are out of scope.
    pub ignored: usize,
}

/// Removes environments that have expired, were interrupted, or belong to nothing.
pub async fn collect(app: &App, request: GcRequest) -> Result<Collected> {
    let mut collected = Collected::default();
    collected.found.extend(gc::survey(app).await?.into_iter().map(GcItem::Own));
    let others = abandoned::survey(app.engine.as_ref(), app.store.installation(), app.now()).await?;
    match request.scope {
        Scope::All => collected.found.extend(others.into_iter().map(GcItem::Other)),
        Scope::Own => collected.ignored = others.iter().map(|one| one.objects).sum(),
    }
    if request.mode == GcMode::Remove {
        for found in std::mem::take(&mut collected.found) {
            app.check_cancelled()?;
            if remove(app, &found).await? {
                collected.found.push(found);
            } else {
                collected.busy.push(found.attempt().clone());
            }
        }
        app.store.sweep_locks()?;
    }
    Ok(collected)
}

/// Returns whether the environment was removed; `false` if another process works on it.
async fn remove(app: &App, found: &GcItem) -> Result<bool> {
    match found {
        GcItem::Own(candidate) => gc::collect(app, candidate).await,
        GcItem::Other(abandoned) => abandoned::collect(app, abandoned).await.map(|()| true),
    }
}

impl GcItem {
    /// The attempt, or the environment of a pool.
    #[must_use]
    pub fn attempt(&self) -> &AttemptId {
        match self {
            Self::Own(candidate) => &candidate.attempt,
            Self::Other(abandoned) => &abandoned.attempt,
        }
    }

    /// Why it is removed.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Own(candidate) => candidate.reason,
            Self::Other(abandoned) => abandoned.reason,
        }
    }

    /// Number of its objects in the engine.
    #[must_use]
    pub fn objects(&self) -> usize {
        match self {
            Self::Own(candidate) => candidate.objects,
            Self::Other(abandoned) => abandoned.objects,
        }
    }
}
