//! Images of the engine.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use bollard::errors::Error as ApiError;
use bollard::models::{BuildInfo, CreateImageInfo, ImageInspect, ImageSummary};
use bollard::query_parameters::{
    BuildImageOptions, BuildImageOptionsBuilder, CreateImageOptions, CreateImageOptionsBuilder,
    ImportImageOptionsBuilder, ListContainersOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptionsBuilder,
};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{Docker, non_negative};
use crate::engine::{ByteStream, EngineError, FileStream, ImageBuild, ImageFacts, Images, LineStream, Result, labels};

/// A build step may be silent for long: a package's installation, a database migration.
const BUILD_SILENCE: Duration = Duration::from_mins(15);
/// Time after which a silent registry counts as unreachable.
const PULL_SILENCE: Duration = Duration::from_mins(2);
/// The engine answers after it has packed or unpacked all of it.
const ARCHIVE: Duration = Duration::from_mins(10);

#[async_trait]
impl Images for Docker {
    async fn find_image(&self, reference: &str) -> Result<Option<ImageFacts>> {
        match self.query(&format!("look up the image {reference}"), || self.client.inspect_image(reference)).await {
            Ok(image) => Ok(Some(inspected(image))),
            Err(EngineError::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn list_images(&self) -> Result<Vec<ImageFacts>> {
        let filters = HashMap::from([("label", vec![labels::IMAGE])]);
        let options = ListImagesOptionsBuilder::default().filters(&filters).build();
        let images = self.query("list images", || self.client.list_images(Some(options.clone()))).await?;
        Ok(images.into_iter().map(summarised).collect())
    }

    async fn images_in_use(&self) -> Result<BTreeSet<String>> {
        let options = ListContainersOptionsBuilder::default().all(true).build();
        let containers = self.query("list containers", || self.client.list_containers(Some(options.clone()))).await?;
        Ok(containers.into_iter().filter_map(|container| container.image_id).collect())
    }

    async fn pull_image(&self, reference: &str) -> Result<LineStream> {
        let (repository, tag) = split(reference);
        let options = CreateImageOptionsBuilder::default().from_image(repository).tag(tag).build();
        let client = self.client.clone().with_timeout(PULL_SILENCE);
        let relay = Relay::new(self, format!("pull {reference}"), PULL_SILENCE);
        Ok(relay.lines(move |relay| async move {
            relay.forward(client.create_image(Some(options), None, None).map(|item| item.map(pulled))).await;
        }))
    }

    async fn import_image(&self, reference: &str, archive: tokio::fs::File) -> Result<()> {
        let action = format!("import {reference}");
        let body = bollard::body_try_stream(chunks(archive));
        let client = self.client.clone().with_timeout(ARCHIVE);
        let answer = client.create_image(Some(import_options(reference)), Some(body), None);
        self.to_its_end(&action, answer.map(|item| item.map(|_| ()))).await
    }

    async fn build_image(&self, build: &ImageBuild) -> Result<LineStream> {
        let options = build_options(build);
        let context = bollard::body_full(Bytes::from(build.context.clone()));
        let client = self.client.clone().with_timeout(BUILD_SILENCE);
        let relay = Relay::new(self, format!("build {}", build.reference), BUILD_SILENCE);
        Ok(relay.lines(move |relay| async move {
            relay.forward(client.build_image(options, None, Some(context)).map(|item| item.map(built))).await;
        }))
    }

    async fn save_images(&self, references: &[String]) -> Result<ByteStream> {
        let action = format!("save {}", references.join(" and "));
        let client = self.client.clone().with_timeout(ARCHIVE);
        let names: Vec<&str> = references.iter().map(String::as_str).collect();
        Ok(until_silence(self.clone(), action, client.export_images(&names).boxed()))
    }

    async fn load_images(&self, archive: FileStream) -> Result<()> {
        let client = self.client.clone().with_timeout(ARCHIVE);
        let options = ImportImageOptionsBuilder::default().quiet(true).build();
        let answer = client.import_image(options, bollard::body_try_stream(archive), None).map(|item| item.map(|_| ()));
        self.to_its_end("load images", answer).await
    }

    async fn remove_image(&self, reference: &str) -> Result<()> {
        let options = RemoveImageOptionsBuilder::default().build();
        let request = self.client.remove_image(reference, Some(options), None);
        match self.call(&format!("remove the image {reference}"), request).await {
            Ok(_) | Err(EngineError::NotFound(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }
}

impl Docker {
    /// Reads the answer to an archive.
    async fn to_its_end(&self, action: &str, answer: impl Stream<Item = Result<(), ApiError>>) -> Result<()> {
        let mut answer = std::pin::pin!(answer);
        let all = async {
            while let Some(item) = answer.next().await {
                item.map_err(|error| image_error(self, action, error))?;
            }
            Ok(())
        };
        let stalled = || Err(EngineError::Stalled { action: action.into(), after: ARCHIVE });
        tokio::time::timeout(ARCHIVE, all).await.unwrap_or_else(|_| stalled())
    }
}

/// Carries a stream's text to its reader line by line, from a task of its own: bollard's build stream
/// borrows its client. When the reader goes, the task ends and with it the connection, upon which the
/// engine gives up what it was doing.
struct Relay {
    docker: Docker,
    action: String,
    silence: Duration,
    sender: mpsc::Sender<Result<String>>,
    receiver: Option<mpsc::Receiver<Result<String>>>,
}

impl Relay {
    fn new(docker: &Docker, action: String, silence: Duration) -> Self {
        let (sender, receiver) = mpsc::channel(64);
        Self { docker: docker.clone(), action, silence, sender, receiver: Some(receiver) }
    }

    fn lines<F: Future<Output = ()> + Send + 'static>(mut self, work: impl FnOnce(Self) -> F) -> LineStream {
        let receiver = self.receiver.take();
        let task = AbortOnDropHandle::new(tokio::spawn(work(self)));
        Box::pin(futures_util::stream::unfold((receiver, task), |(mut receiver, task)| async move {
            let item = receiver.as_mut()?.recv().await?;
            Some((item, (receiver, task)))
        }))
    }

    async fn forward(&self, items: impl Stream<Item = Result<String, ApiError>>) {
        let mut items = std::pin::pin!(items);
        let mut partial = String::new();
        loop {
            let text = match tokio::time::timeout(self.silence, items.next()).await {
                Ok(Some(Ok(text))) => text,
                Ok(Some(Err(error))) => {
                    return self.end(partial, Some(image_error(&self.docker, &self.action, error))).await;
                }
                Ok(None) => return self.end(partial, None).await,
                Err(_) => return self.end(partial, Some(self.stalled())).await,
            };
            partial.push_str(&text);
            while let Some((line, rest)) = partial.split_once('\n') {
                let (line, rest) = (line.to_string(), rest.to_string());
                partial = rest;
                if self.sender.send(Ok(line)).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn end(&self, partial: String, error: Option<EngineError>) {
        let last = (!partial.is_empty()).then_some(Ok(partial));
        for item in last.into_iter().chain(error.map(Err)) {
            let _ = self.sender.send(item).await;
        }
    }

    fn stalled(&self) -> EngineError {
        EngineError::Stalled { action: self.action.clone(), after: self.silence }
    }
}

/// Chunks until the engine's first error, or until it is silent for too long.
fn until_silence(docker: Docker, action: String, chunks: BoxStream<'static, Result<Bytes, ApiError>>) -> ByteStream {
    let next = move |chunks: Option<BoxStream<'static, _>>| {
        let (docker, action) = (docker.clone(), action.clone());
        async move {
            let mut chunks = chunks?;
            match tokio::time::timeout(ARCHIVE, chunks.next()).await {
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
                Ok(Some(Err(error))) => Some((Err(image_error(&docker, &action, error)), None)),
                Ok(None) => None,
                Err(_) => Some((Err(EngineError::Stalled { action, after: ARCHIVE }), None)),
            }
        }
    };
    Box::pin(futures_util::stream::unfold(Some(chunks), next))
}

/// A failure inside a build, pull or import has the engine's message alone.
fn image_error(docker: &Docker, action: &str, error: ApiError) -> EngineError {
    if let ApiError::DockerStreamError { error } = error {
        let full = error.to_lowercase().contains("no space left on device");
        return if full { EngineError::DiskFull(error) } else { EngineError::Image(error) };
    }
    match docker.translate(action, error) {
        EngineError::Refused { message, .. } | EngineError::NotFound(message) | EngineError::Conflict(message) => {
            EngineError::Image(message)
        }
        other => other,
    }
}

fn build_options(build: &ImageBuild) -> BuildImageOptions {
    let args: HashMap<_, _> = build.args.clone().into_iter().collect();
    let labels: HashMap<_, _> = build.labels.clone().into_iter().collect();
    let options = BuildImageOptionsBuilder::default().t(&build.reference).rm(true).forcerm(true);
    options.buildargs(&args).labels(&labels).build()
}

/// An imported image has the same labels as a built one, derived from its reference.
fn import_options(reference: &str) -> CreateImageOptions {
    let (repository, tag) = split(reference);
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let changes =
        vec![format!("LABEL {}={name} {}={tag}", labels::IMAGE, labels::DIGEST), r#"CMD ["/bin/bash"]"#.to_string()];
    let options = CreateImageOptionsBuilder::default().from_src("-").repo(repository).tag(tag);
    options.changes(changes).build()
}

/// `repository:tag`; the tag is `latest` where there is none. A colon before a slash belongs to a port.
fn split(reference: &str) -> (&str, &str) {
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (reference, "latest"),
    }
}

/// Chunks of a file as a stream.
fn chunks(file: tokio::fs::File) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold(file, |mut file| async move {
        let mut chunk = bytes::BytesMut::with_capacity(256 * 1024);
        let count = file.read_buf(&mut chunk).await?;
        Ok((count > 0).then(|| (chunk.freeze(), file)))
    })
}

fn built(item: BuildInfo) -> String {
    match (item.stream, item.status) {
        (Some(text), _) => text,
        (None, Some(status)) => format!("{status}\n"),
        (None, None) => String::new(),
    }
}

/// Bars in figures are left out: a layer's beginning and end say enough.
fn pulled(item: CreateImageInfo) -> String {
    let counting = item.progress_detail.is_some_and(|progress| progress.current.is_some());
    match (item.id, item.status) {
        (_, Some(_)) if counting => String::new(),
        (Some(id), Some(status)) => format!("{id}: {status}\n"),
        (None, Some(status)) => format!("{status}\n"),
        (_, None) => String::new(),
    }
}

fn inspected(image: ImageInspect) -> ImageFacts {
    let config = image.config.unwrap_or_default();
    let mut volumes = config.volumes.unwrap_or_default();
    volumes.sort();
    ImageFacts {
        id: image.id.unwrap_or_default(),
        tags: tags(image.repo_tags.unwrap_or_default()),
        labels: config.labels.unwrap_or_default().into_iter().collect(),
        size: non_negative(image.size),
        created: image.created.and_then(|time| time.parse().ok()),
        volumes,
        command: config.cmd.unwrap_or_default(),
    }
}

fn summarised(image: ImageSummary) -> ImageFacts {
    ImageFacts {
        id: image.id,
        tags: tags(image.repo_tags),
        labels: image.labels.into_iter().collect(),
        size: non_negative(Some(image.size)),
        created: Timestamp::from_second(image.created).ok(),
        volumes: vec![],
        command: vec![],
    }
}

/// Older engines give `<none>:<none>` to what has no tag.
fn tags(tags: Vec<String>) -> Vec<String> {
    tags.into_iter().filter(|tag| tag != "<none>:<none>").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        assert_eq!(split("breakfix/base:0123"), ("breakfix/base", "0123"));
        assert_eq!(split("mirror.example:5000/debian"), ("mirror.example:5000/debian", "latest"));
        assert_eq!(split("mirror.example:5000/debian:12"), ("mirror.example:5000/debian", "12"));
    }
}
