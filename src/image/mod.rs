//! Images without a registry: from build contexts to references that the engine has.
//!
//! [`context`] reads the contexts (carried inside the binary, or a folder), [`dockerfile`] finds what
//! each needs, [`plan`] gives every image a tag that is the hash of all that goes into it, [`base`]
//! gets a Debian to start from, [`build`] makes what is missing, [`known`] tells what we have made from what others put
//! under our names, [`stock`] lists and removes, [`archive`] takes images from one machine to another.

pub mod apt;
pub mod archive;
pub mod base;
mod bootstrap;
pub mod build;
pub mod context;
pub mod dockerfile;
pub mod known;
mod lock;
mod log;
pub mod plan;
pub mod stock;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::engine::Images;
use crate::error::{Context as _, Result};

pub use build::ensure;
pub use context::Contexts;
pub use known::{Known, Standing};

/// All our references begin so.
pub const REPOSITORY: &str = "breakfix/";
/// Name of the built-in root of the graph.
pub const BASE: &str = "base";

const PROXIES: [&str; 6] = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/// What building depends on besides the engine.
#[derive(Clone, Debug)]
pub struct BuildEnv {
    /// State folder: logs and locks are kept below it.
    pub state: PathBuf,
    /// What can be built.
    pub contexts: Contexts,
    /// A base image that the engine has already, instead of one of ours.
    pub base_image: Option<String>,
    /// What we have made.
    pub known: Known,
    /// The host's proxy settings, for use during builds only.
    pub proxies: BTreeMap<String, String>,
    /// Where `etc/apt` and `etc/os-release` of the host are; `/` but for tests.
    pub host_root: PathBuf,
}

impl BuildEnv {
    /// The contexts inside the binary, and what the environment says about base and proxies.
    #[must_use]
    pub fn new(state: PathBuf, environment: &BTreeMap<String, String>) -> Self {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let proxies = PROXIES.iter().filter_map(|name| Some(((*name).into(), set(name)?.clone()))).collect();
        let base_image = set("BREAKFIX_BASE_IMAGE").cloned();
        let known = Known::at(set("BREAKFIX_KNOWN_IMAGES").map_or_else(|| state.join("images.json"), PathBuf::from));
        Self { state, contexts: Contexts::embedded(), base_image, known, proxies, host_root: "/".into() }
    }

    /// Whether that content under that reference may be used. What the user chose, or a registry gave, is not for us to
    /// know.
    #[must_use]
    pub fn accepts(&self, reference: &str, id: &str) -> bool {
        !reference.starts_with(REPOSITORY)
            || self.base_image.as_deref() == Some(reference)
            || self.known.has(reference, id)
    }

    /// What the engine has under a reference.
    pub async fn standing(&self, engine: &dyn Images, reference: &str) -> Result<Standing> {
        let found = engine.find_image(reference).await;
        Ok(match found.context(|| format!("the image {reference} cannot be looked up"))? {
            None => Standing::Missing,
            Some(image) if self.accepts(reference, &image.id) => Standing::Ours(image.id),
            Some(_) => Standing::Unknown,
        })
    }

    /// Writes down what the engine has under a reference, after it was made; `false` if it has nothing.
    async fn record(&self, engine: &dyn Images, reference: &str) -> Result<bool> {
        let found = engine.find_image(reference).await;
        let Some(image) = found.context(|| format!("the image {reference} cannot be looked up"))? else {
            return Ok(false);
        };
        self.known.record(&[(reference.into(), image.id)])?;
        Ok(true)
    }
}

/// Where a base comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseSource {
    /// The engine has it.
    Present,
    /// A registry is asked for it.
    Pull,
    /// It is put together from the host's Debian mirror.
    Bootstrap,
}

/// What happens while images are made, in order of time; several images at once are interleaved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageEvent {
    /// Another process makes this image at this moment.
    Waiting {
        /// Name.
        image: String,
    },
    /// The engine has another image under this reference than we have made, which is made again.
    Unknown {
        /// The reference.
        reference: String,
    },
    /// The file of what we have made cannot be read.
    Trouble {
        /// Why, and what follows.
        why: String,
    },
    /// The way to a base that is tried now.
    Base {
        /// Which way.
        source: BaseSource,
        /// What will be the base.
        reference: String,
    },
    /// Making of an image began.
    Started {
        /// Name.
        image: String,
        /// The whole output goes here.
        log: PathBuf,
    },
    /// The builder reached an instruction.
    Step {
        /// Name.
        image: String,
        /// From 1.
        n: u32,
        /// How many there are.
        of: u32,
        /// The instruction.
        line: String,
    },
    /// Any other line of output.
    Output {
        /// Name.
        image: String,
        /// Without terminal escapes.
        line: String,
    },
    /// An image is there now.
    Finished {
        /// Name.
        image: String,
        /// Its reference.
        reference: String,
        /// How long it took.
        elapsed: Duration,
    },
}

/// Takes events as they happen.
pub type Events<'a> = &'a (dyn Fn(ImageEvent) + Send + Sync);
