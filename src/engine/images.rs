//! The interface to the images of the container engine.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use jiff::Timestamp;

use super::{ByteStream, Result};

/// Content of a file as it is read.
pub type FileStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// Operations on images.
#[async_trait]
pub trait Images: Send + Sync {
    /// The image with this reference, if the engine has it.
    async fn find_image(&self, reference: &str) -> Result<Option<ImageFacts>>;

    /// Images with the label `dev.breakfix.image`, including untagged layers of unfinished builds.
    async fn list_images(&self) -> Result<Vec<ImageFacts>>;

    /// Ids of the images of all containers, running or not, of any installation.
    async fn images_in_use(&self) -> Result<BTreeSet<String>>;

    /// Pulls an image from a registry; the stream yields progress lines and ends with the pull.
    async fn pull_image(&self, reference: &str) -> Result<LineStream>;

    /// Creates an image from a root file system archive.
    async fn import_image(&self, reference: &str, archive: tokio::fs::File) -> Result<()>;

    /// Builds an image; the last item of the stream is the error if the build failed.
    async fn build_image(&self, build: &ImageBuild) -> Result<LineStream>;

    /// Images with all their layers, in the engine's archive format.
    async fn save_images(&self, references: &[String]) -> Result<ByteStream>;

    /// Loads an archive that [`Images::save_images`] has written.
    async fn load_images(&self, archive: FileStream) -> Result<()>;

    /// Removes a tag or an untagged image; succeeds if it does not exist.
    async fn remove_image(&self, reference: &str) -> Result<()>;
}

/// Lines of output as they arrive, without line breaks.
pub type LineStream = Pin<Box<dyn Stream<Item = Result<String>> + Send>>;

/// A local image.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImageFacts {
    /// Id of the image.
    pub id: String,
    /// References; empty for an untagged image.
    pub tags: Vec<String>,
    /// Labels of the image.
    pub labels: BTreeMap<String, String>,
    /// Size in bytes.
    pub size: u64,
    /// Time of creation.
    pub created: Option<Timestamp>,
    /// Declared volumes, sorted; empty in a listing of images.
    pub volumes: Vec<String>,
    /// Default command; empty in a listing of images.
    pub command: Vec<String>,
}

/// Input of an image build.
#[derive(Clone, Debug)]
pub struct ImageBuild {
    /// Tag of the resulting image.
    pub reference: String,
    /// Build context: an uncompressed tar archive with a `Dockerfile` at its root.
    pub context: Vec<u8>,
    /// Build arguments (`ARG`).
    pub args: BTreeMap<String, String>,
    /// Labels of the resulting image.
    pub labels: BTreeMap<String, String>,
}
