//! Images without a registry: build contexts are turned into images of the engine.
//!
//! [`context`] reads build contexts from the binary or a folder, [`dockerfile`] finds their dependencies, [`plan`] tags each
//! image with a hash of its inputs, [`base`] provides a Debian base image, [`build`] builds missing images, [`known`] records
//! which images this installation has built, [`inventory`] lists and removes images, [`archive`] copies images between
//! machines.

pub mod apt;
pub mod archive;
pub mod base;
mod bootstrap;
pub mod build;
pub mod context;
pub mod dockerfile;
pub mod inventory;
pub mod known;
mod lock;
mod log;
pub mod plan;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::engine::Images;
use crate::error::{Context as _, Result};

pub use build::ensure;
pub use context::Contexts;
pub use known::{ImageState, Known};

/// Prefix of all our references.
pub const REPOSITORY: &str = "breakfix/";
/// Name of the base image, which all build contexts depend on.
pub const BASE: &str = "base";

const PROXIES: [&str; 6] = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/// Settings of image builds.
#[derive(Clone, Debug)]
pub struct BuildEnv {
    /// State folder, which has the logs and locks.
    pub state: PathBuf,
    /// Build contexts.
    pub contexts: Contexts,
    /// Base image chosen by the user, which the engine must have.
    pub base_image: Option<String>,
    /// Record of the images that this installation has built.
    pub known: Known,
    /// Proxy settings of the host, used during builds only.
    pub proxies: BTreeMap<String, String>,
    /// Folder with the host's `etc/apt` and `etc/os-release`; `/` except in tests.
    pub host_root: PathBuf,
}

impl BuildEnv {
    /// The build contexts in the binary, with the base and proxies from environment variables.
    #[must_use]
    pub fn new(state: PathBuf, environment: &BTreeMap<String, String>) -> Self {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let proxies = PROXIES.iter().filter_map(|name| Some(((*name).into(), set(name)?.clone()))).collect();
        let base_image = set("BREAKFIX_BASE_IMAGE").cloned();
        let known = Known::at(set("BREAKFIX_KNOWN_IMAGES").map_or_else(|| state.join("images.json"), PathBuf::from));
        Self { state, contexts: Contexts::embedded(), base_image, known, proxies, host_root: "/".into() }
    }

    /// Whether the image with this reference and id may be used. The base that the user chose and images with other
    /// prefixes are always accepted.
    #[must_use]
    pub fn accepts(&self, reference: &str, id: &str) -> bool {
        !reference.starts_with(REPOSITORY)
            || self.base_image.as_deref() == Some(reference)
            || self.known.has(reference, id)
    }

    /// State of a reference in the engine.
    pub async fn image_state(&self, engine: &dyn Images, reference: &str) -> Result<ImageState> {
        let found = engine.find_image(reference).await;
        Ok(match found.context(|| format!("the image {reference} cannot be looked up"))? {
            None => ImageState::Missing,
            Some(image) if self.accepts(reference, &image.id) => ImageState::Ours(image.id),
            Some(_) => ImageState::Unknown,
        })
    }

    /// Records the image with this reference as known after its build; returns `false` if the engine does not have it.
    async fn record(&self, engine: &dyn Images, reference: &str) -> Result<bool> {
        let found = engine.find_image(reference).await;
        let Some(image) = found.context(|| format!("the image {reference} cannot be looked up"))? else {
            return Ok(false);
        };
        self.known.record(&[(reference.into(), image.id)])?;
        Ok(true)
    }
}

/// Source of a base image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseSource {
    /// The engine has the image.
    Present,
    /// The image is pulled from a registry.
    Pull,
    /// The image is built from the host's Debian mirror.
    Bootstrap,
}

/// Progress of image builds. Events of concurrent builds are interleaved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageEvent {
    /// Another process is building this image.
    Waiting {
        /// Name of the image.
        image: String,
    },
    /// The image with this reference is unknown and is built again.
    Unknown {
        /// Reference of the image.
        reference: String,
    },
    /// The record of known images cannot be read.
    UnreadableRecord {
        /// Cause and consequence.
        why: String,
    },
    /// An attempt to provide a base image.
    Base {
        /// Source of the base image.
        source: BaseSource,
        /// Reference of the base image.
        reference: String,
    },
    /// The build of an image has started.
    Started {
        /// Name of the image.
        image: String,
        /// File with the whole output.
        log: PathBuf,
    },
    /// The builder has reached an instruction.
    Step {
        /// Name of the image.
        image: String,
        /// Number of the instruction, from 1.
        n: u32,
        /// Number of instructions.
        of: u32,
        /// Text of the instruction.
        line: String,
    },
    /// The builder has printed another line.
    Output {
        /// Name of the image.
        image: String,
        /// The line, without terminal escapes.
        line: String,
    },
    /// The build of an image has finished.
    Finished {
        /// Name of the image.
        image: String,
        /// Reference of the image.
        reference: String,
        /// Duration of the build.
        elapsed: Duration,
    },
}

/// Receives build events.
pub type Events<'a> = &'a (dyn Fn(ImageEvent) + Send + Sync);
