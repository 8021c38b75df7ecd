//! What our images are, by content. Anybody at the engine can put another image under a name of ours; the engine's id is
//! the digest of what is in it, and nobody can choose that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Context as _, Error, Result};

/// Ids by reference: several, since each engine has what was made on it.
type Ids = BTreeMap<String, BTreeSet<String>>;

/// The file of those ids.
#[derive(Clone, Debug)]
pub struct Known {
    file: PathBuf,
}

/// What the engine has under a reference of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Missing,
    /// An image that we know nothing of.
    Unknown,
    /// What we have made, by its id.
    Ours(String),
}

impl Known {
    /// A file that need not be there.
    #[must_use]
    pub fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// Whether the image of that reference has content that we know. A file that cannot be read knows nothing.
    #[must_use]
    pub fn has(&self, reference: &str, id: &str) -> bool {
        self.read().is_ok_and(|ids| ids.get(reference).is_some_and(|known| known.contains(id)))
    }

    /// Why the file cannot be read, if it is there and cannot.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let why = self.read().err()?;
        Some(format!(
            "{} cannot be read, so no image counts as made here, and what is needed is built again: {why}",
            self.file.display()
        ))
    }

    /// Adds images, each with the id that the engine gave it.
    pub fn record(&self, images: &[(String, String)]) -> Result<()> {
        let failed = || format!("what was built cannot be written down in {}", self.file.display());
        let hint = "Name a file that can be written with BREAKFIX_KNOWN_IMAGES.";
        self.add(images).context(failed).map_err(|error| error.hint(hint))
    }

    fn add(&self, images: &[(String, String)]) -> std::io::Result<()> {
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // One at a time reads and writes. The kernel takes the lock back however we end.
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

/// The error of an image of ours that is not what we have made.
#[must_use]
pub fn unknown(reference: &str) -> Error {
    let cause = crate::engine::EngineError::UnknownImage(reference.into());
    let failed: Result<(), _> = Err(cause);
    let Err(error) = failed.context(|| format!("the image {reference} cannot be used")) else {
        unreachable!("an error stays one");
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
        assert_eq!(known.trouble(), None);
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
    fn a_broken_file_knows_nothing_says_so_and_is_written_anew() {
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
        assert_eq!(known.trouble(), Some(expected));
        known.record(&[image("breakfix/probe:1", "sha256:b")]).unwrap();
        assert!(known.has("breakfix/probe:1", "sha256:b") && known.trouble().is_none());
    }

    #[test]
    fn who_writes_at_one_time_loses_nothing() {
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
