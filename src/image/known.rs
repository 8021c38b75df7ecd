//! The record of images that this installation has built. Every user of the engine can tag another image with one of our
//! references, but the image id is a digest of the content, which nobody can choose.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Context as _, Error, Result};

/// Image ids by reference. A reference has several ids if several engines have built it.
type Ids = BTreeMap<String, BTreeSet<String>>;

/// The file with the ids of known images.
#[derive(Clone, Debug)]
pub struct Known {
    file: PathBuf,
}

/// State of one of our references in the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageState {
    /// The engine has no such image.
    Missing,
    /// The image is not recorded as known.
    Unknown,
    /// The image is known; its id.
    Ours(String),
}

impl Known {
    /// Uses this file, which need not exist.
    #[must_use]
    pub fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// Whether the image with this reference and id is known. No image is known if the file cannot be read.
    #[must_use]
    pub fn has(&self, reference: &str, id: &str) -> bool {
        self.read().is_ok_and(|ids| ids.get(reference).is_some_and(|known| known.contains(id)))
    }

    /// A warning if the file exists and cannot be read.
    #[must_use]
    pub fn read_error(&self) -> Option<String> {
        let why = self.read().err()?;
        Some(format!(
            "{} cannot be read, so no image counts as made here, and what is needed is built again: {why}",
            self.file.display()
        ))
    }

    /// Adds images, as pairs of reference and id.
    pub fn record(&self, images: &[(String, String)]) -> Result<()> {
        let failed = || format!("the built images cannot be recorded in {}", self.file.display());
        let hint = "Name a file that can be written with BREAKFIX_KNOWN_IMAGES.";
        self.add(images).context(failed).map_err(|error| error.hint(hint))
    }

    fn add(&self, images: &[(String, String)]) -> std::io::Result<()> {
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // Concurrent updates exclude each other. The kernel releases the lock if the process is killed.
        let lock = File::options().create(true).append(true).open(self.file.with_added_extension("lock"))?;
        lock.lock()?;
        let mut ids = self.read().unwrap_or_default();
        for (reference, id) in images {
            ids.entry(reference.clone()).or_default().insert(id.clone());
        }
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, &ids)?;
        file.write_all(b"\n")?;
        file.persist(&self.file)?;
        Ok(())
    }

    fn read(&self) -> Result<Ids, String> {
        match std::fs::read(&self.file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|why| why.to_string()),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(Ids::new()),
            Err(why) => Err(why.to_string()),
        }
    }
}

/// The error for an image that this installation has not built.
#[must_use]
pub fn unknown(reference: &str) -> Error {
    let cause = crate::engine::EngineError::UnknownImage(reference.into());
    let failed: Result<(), _> = Err(cause);
    let Err(error) = failed.context(|| format!("the image {reference} cannot be used")) else {
        unreachable!("an error is converted to an error");
    };
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(reference: &str, id: &str) -> (String, String) {
        (reference.into(), id.into())
    }

    #[test]
    fn an_image_is_known_by_name_and_content_together() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known::at(folder.path().join("state/images.json"));
        assert!(!known.has("breakfix/probe:1", "sha256:a"));
        assert_eq!(known.read_error(), None);
        known.record(&[image("breakfix/probe:1", "sha256:a"), image("breakfix/gitlab:1", "sha256:b")]).unwrap();
        known.record(&[image("breakfix/probe:1", "sha256:c")]).unwrap();
        let has = |reference, id| known.has(reference, id);
        assert!(has("breakfix/probe:1", "sha256:a") && has("breakfix/probe:1", "sha256:c"));
        assert!(!has("breakfix/gitlab:1", "sha256:a") && !has("breakfix/probe:2", "sha256:a"));
        let text = std::fs::read_to_string(folder.path().join("state/images.json")).unwrap();
        let expected = r#"{
  "breakfix/gitlab:1": [
    "sha256:b"
  ],
  "breakfix/probe:1": [
    "sha256:a",
    "sha256:c"
  ]
}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn a_broken_file_is_reported_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images.json");
        let known = Known::at(path.clone());
        known.record(&[image("breakfix/probe:1", "sha256:a")]).unwrap();
        std::fs::write(&path, "{\"breakfix/probe:1\": [\"sha256:").unwrap();
        assert!(!known.has("breakfix/probe:1", "sha256:a"));
        let expected = format!(
            "{} cannot be read, so no image counts as made here, and what is needed is built again: \
             EOF while parsing a string at line 1 column 30",
            path.display()
        );
        assert_eq!(known.read_error(), Some(expected));
        known.record(&[image("breakfix/probe:1", "sha256:b")]).unwrap();
        assert!(known.has("breakfix/probe:1", "sha256:b") && known.read_error().is_none());
    }

    #[test]
    fn concurrent_updates_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known::at(folder.path().join("images.json"));
        std::thread::scope(|scope| {
            for number in 0..20 {
                let known = &known;
                scope.spawn(move || known.record(&[image("breakfix/probe:1", &number.to_string())]).unwrap());
            }
        });
        assert!((0..20).all(|number| known.has("breakfix/probe:1", &number.to_string())));
    }
}
