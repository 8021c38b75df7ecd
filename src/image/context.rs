//! Build contexts: the files that an image is built from, and their digest.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::dockerfile;
use crate::error::{Context as _, Error, Result};

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/images");

/// The build context of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Path with `/` to content.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Context {
    /// Its `Dockerfile`.
    #[must_use]
    pub fn dockerfile(&self) -> String {
        self.files.get("Dockerfile").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    /// Names of the contexts whose images it starts from.
    #[must_use]
    pub fn needs(&self) -> Vec<String> {
        dockerfile::needs(&self.dockerfile())
    }

    /// The context as an archive that is the same on every machine: sorted, without times and owners.
    ///
    /// The binary cannot carry file modes, so they follow from the content: scripts are executable.
    pub fn to_tar(&self) -> Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        let written = self.files.iter().try_for_each(|(path, content)| append(&mut archive, path, content));
        written.and_then(|()| archive.into_inner()).context(|| "a build context could not be packed".into())
    }

    /// The context with our label in every stage of its Dockerfile.
    #[must_use]
    pub fn labelled(&self, name: &str) -> Self {
        let mut labelled = self.clone();
        labelled.files.insert("Dockerfile".into(), dockerfile::labelled(&self.dockerfile(), name).into_bytes());
        labelled
    }
}

/// All build contexts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contexts(pub BTreeMap<String, Context>);

impl Contexts {
    /// The contexts in the binary.
    #[must_use]
    pub fn embedded() -> Self {
        let folders = EMBEDDED.dirs().map(|folder| {
            let mut context = Context::default();
            collect_embedded(folder, folder.path(), &mut context);
            (name_of(folder.path()), context)
        });
        Self(folders.filter(|(_, context)| context.files.contains_key("Dockerfile")).collect())
    }

    /// Adds or replaces contexts: every subfolder of `folder` with a `Dockerfile`.
    pub fn overridden_by(mut self, folder: &Path) -> Result<Self> {
        let found = read_folder(folder).context(|| format!("build contexts in {} cannot be read", folder.display()))?;
        if found.is_empty() {
            return Err(Error::invalid(format!("{} has no build context", folder.display()))
                .hint("A build context is a folder in it with a Dockerfile, e.g. gitlab/Dockerfile."));
        }
        self.0.extend(found);
        Ok(self)
    }
}

fn append(archive: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(if content.starts_with(b"#!") { 0o755 } else { 0o644 });
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    archive.append_data(&mut header, path, content)
}

fn collect_embedded(folder: &Dir, root: &Path, context: &mut Context) {
    for sub in folder.dirs().filter(|sub| !is_dropping(&name_of(sub.path()))) {
        collect_embedded(sub, root, context);
    }
    for file in folder.files().filter(|file| !is_dropping(&name_of(file.path()))) {
        let path = file.path().strip_prefix(root).unwrap_or(file.path());
        context.files.insert(slashed(path), file.contents().to_vec());
    }
}

fn read_folder(folder: &Path) -> std::io::Result<BTreeMap<String, Context>> {
    let mut contexts = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("Dockerfile").is_file() {
            let mut context = Context::default();
            collect_folder(&path, &path, &mut context)?;
            contexts.insert(name_of(&path), context);
        }
    }
    Ok(contexts)
}

fn collect_folder(folder: &Path, root: &Path, context: &mut Context) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if is_dropping(&name_of(&path)) {
            continue;
        }
        if path.is_dir() {
            collect_folder(&path, root, context)?;
        } else {
            let below = path.strip_prefix(root).unwrap_or(&path);
            context.files.insert(slashed(below), std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// Files of editors and version control, which must not change a digest.
fn is_dropping(name: &str) -> bool {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    ends(&["~", ".swp", ".swo", ".orig", ".rej"])
        || name.starts_with(".#")
        || (name.starts_with('#') && name.ends_with('#'))
        || [".git", ".DS_Store"].contains(&name)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, content) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }

    #[test]
    fn the_archive_depends_on_nothing_but_paths_and_contents() {
        let dir = tempfile::tempdir().unwrap();
        let long = format!("deep/{}/file", "x".repeat(120));
        write(dir.path(), &[("probe/run", "#!/bin/sh\n"), ("probe/Dockerfile", "FROM scratch\n"), ("README.md", "")]);
        write(dir.path(), &[(&format!("probe/{long}"), "far"), ("probe/.run.swp", "x"), ("probe/run~", "x")]);
        let contexts = Contexts::default().overridden_by(dir.path()).unwrap();
        let archive = contexts.0["probe"].to_tar().unwrap();
        let mut seen = vec![];
        for entry in tar::Archive::new(archive.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            let header = entry.header();
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            seen.push((path, header.mode().unwrap(), header.mtime().unwrap(), header.uid().unwrap(), content));
        }
        let expected = [
            ("Dockerfile".to_string(), 0o644, 0, 0, "FROM scratch\n".to_string()),
            (long, 0o644, 0, 0, "far".into()),
            ("run".into(), 0o755, 0, 0, "#!/bin/sh\n".into()),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn contexts_inside_the_binary_equal_those_on_disk() {
        let embedded = Contexts::embedded();
        if !embedded.0.is_empty() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("images");
            assert_eq!(Contexts::default().overridden_by(&folder).unwrap(), embedded);
        }
    }

    #[test]
    fn a_folder_without_contexts_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let error = Contexts::default().overridden_by(dir.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("{} has no build context", dir.path().display()));
    }
}
