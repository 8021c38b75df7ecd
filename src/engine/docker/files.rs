//! Files of a container, through the engine and without running anything in it.

use std::io::Read;

use bollard::body_full;
use bollard::query_parameters::{DownloadFromContainerOptionsBuilder, UploadToContainerOptionsBuilder};
use futures_util::StreamExt;

use super::Docker;
use super::retry::with_retries;
use crate::engine::{EngineError, FileFacts, Result};

/// What a tar archive adds to one small file.
const TAR_OVERHEAD: usize = 4096;

impl Docker {
    pub(super) async fn download(&self, container: &str, path: &str, limit: usize) -> Result<Option<FileFacts>> {
        with_retries(|| self.download_once(container, path, limit)).await
    }

    async fn download_once(&self, container: &str, path: &str, limit: usize) -> Result<Option<FileFacts>> {
        let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
        let mut chunks = self.client.download_from_container(container, Some(options));
        let mut archive = Vec::new();
        while archive.len() < limit + TAR_OVERHEAD {
            match self.next(chunks.next()).await {
                Ok(Some(chunk)) => archive.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(EngineError::NotFound(message)) if !message.contains("No such container") => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let nonsense = |cause| EngineError::InvalidResponse { action: "read a file".into(), cause };
        first_file(&archive, limit).map_err(nonsense)
    }

    async fn next(
        &self,
        item: impl Future<Output = Option<Result<bytes::Bytes, super::ApiError>>>,
    ) -> Result<Option<bytes::Bytes>> {
        self.call("read a file", async { item.await.transpose() }).await
    }

    pub(super) async fn upload(&self, container: &str, path: &str, archive: Vec<u8>) -> Result<()> {
        let options = UploadToContainerOptionsBuilder::default().path(path).build();
        let body = body_full(archive.into());
        self.call("write files", self.client.upload_to_container(container, Some(options), body)).await
    }
}

/// The first entry, if it is a regular file or a folder; what is wrong with the archive, if it has none or is cut off
/// before `limit`. If a broken answer counted as a missing file, it would become a wrong answer.
fn first_file(archive: &[u8], limit: usize) -> Result<Option<FileFacts>, String> {
    let broken = |cause: std::io::Error| cause.to_string();
    let mut tar = tar::Archive::new(archive);
    let first = tar.entries().map_err(broken)?.next();
    let mut entry = first.ok_or("the archive is empty")?.map_err(broken)?;
    let kind = entry.header().entry_type();
    if !kind.is_file() && !kind.is_dir() {
        return Ok(None);
    }
    let number = |field: std::io::Result<u64>| field.map_err(broken);
    let header = entry.header();
    let (mode, uid, gid) = (header.mode().map_err(broken)? & 0o7777, number(header.uid())?, number(header.gid())?);
    let expected = if kind.is_dir() { 0 } else { entry.size().min(limit as u64) };
    let mut content = Vec::new();
    entry.by_ref().take(expected).read_to_end(&mut content).map_err(broken)?;
    if (content.len() as u64) < expected {
        return Err(format!("the file ends after {} of {expected} bytes", content.len()));
    }
    Ok(Some(FileFacts { directory: kind.is_dir(), mode, uid, gid, content }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(content: &[u8]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o100_640);
        header.set_size(content.len() as u64);
        header.set_uid(0);
        header.set_gid(998);
        tar.append_data(&mut header, "gitlab.rb", content).unwrap();
        tar.into_inner().unwrap()
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let read = |limit| first_file(&archive(b"external_url"), limit).unwrap().unwrap();
        assert_eq!(
            read(100),
            FileFacts { directory: false, mode: 0o640, uid: 0, gid: 998, content: b"external_url".into() }
        );
        assert_eq!(read(8).content, b"external");
    }

    #[test]
    fn a_broken_archive_is_not_a_missing_file() {
        assert_eq!(first_file(b"", 100), Err("the archive is empty".into()));
        assert!(first_file(br#"{"odd":[1,{}]}"#, 100).is_err());
        let whole = archive(&[b'x'; 2000]);
        assert_eq!(first_file(&whole[..1512], 5000), Err("the file ends after 1000 of 2000 bytes".into()));
    }
}
