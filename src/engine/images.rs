//! Images in the domain's words: what environments are made from.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use jiff::Timestamp;

use super::{ByteStream, Result};

/// A file's bytes as they are read.
pub type FileStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// What keeps images.
#[async_trait]
pub trait Images: Send + Sync {
    /// The image of that reference, if the engine has it.
    async fn find_image(&self, reference: &str) -> Result<Option<ImageFacts>>;

    /// Images that carry the label `dev.breakfix.image`, untagged leftovers of builds included.
    async fn list_images(&self) -> Result<Vec<ImageFacts>>;

    /// Ids of the images that have containers, running or not, whoever made them.
    async fn images_in_use(&self) -> Result<BTreeSet<String>>;

    /// Fetches from a registry; progress lines end with the stream.
    async fn pull_image(&self, reference: &str) -> Result<LineStream>;

    /// Makes an image from a root file system archive.
    async fn import_image(&self, reference: &str, archive: tokio::fs::File) -> Result<()>;

    /// Builds; the stream's last item is the error if the build failed.
    async fn build_image(&self, build: &ImageBuild) -> Result<LineStream>;

    /// Images with all that they consist of, as an archive of the engine's.
    async fn save_images(&self, references: &[String]) -> Result<ByteStream>;

    /// Takes such an archive in.
    async fn load_images(&self, archive: FileStream) -> Result<()>;

    /// Removes a tag or an untagged image; one that is gone already is a success.
    async fn remove_image(&self, reference: &str) -> Result<()>;
}

/// Lines of commentary as they arrive, without line ends.
pub type LineStream = Pin<Box<dyn Stream<Item = Result<String>> + Send>>;

/// An image the engine has.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImageFacts {
    /// The engine's id.
    pub id: String,
    /// References; none for leftovers.
    pub tags: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Bytes.
    pub size: u64,
    /// When made.
    pub created: Option<Timestamp>,
    /// Declared volumes, sorted; empty in a listing.
    pub volumes: Vec<String>,
    /// Default command; empty in a listing.
    pub command: Vec<String>,
}

/// A build of one image.
#[derive(Clone, Debug)]
pub struct ImageBuild {
    /// The tag it gets on success.
    pub reference: String,
    /// Uncompressed tar with a `Dockerfile` at its top.
    pub context: Vec<u8>,
    /// `ARG`s.
    pub args: BTreeMap<String, String>,
    /// Labels of the result.
    pub labels: BTreeMap<String, String>,
}
