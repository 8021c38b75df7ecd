//! Finds and loads labs: those in the binary, and those in a folder of the user's that add to them or replace them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::{FileProblem, LAB_FILE, Lab, LabFiles, Summary, load, summarise};
use crate::diagnostic::{list, nearest};
use crate::error::{Context, Error, Result};
use crate::id::LabId;
use crate::yaml::text::NAME;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/labs");

/// All available labs.
#[derive(Debug, Clone, Default)]
pub struct Library {
    folder: Option<PathBuf>,
}

impl Library {
    /// The labs in the binary, and those in `override_dir`, which replace labs of the same name.
    #[must_use]
    pub fn new(override_dir: Option<&Path>) -> Self {
        Self { folder: override_dir.map(Path::to_path_buf) }
    }

    /// Names of all labs, in order. Reads names only, to be fast.
    pub fn ids(&self) -> Result<Vec<LabId>> {
        let embedded = EMBEDDED.dirs().filter(|dir| dir.get_file(dir.path().join(LAB_FILE)).is_some());
        let mut ids: BTreeSet<String> = embedded.filter_map(|dir| Some(dir.path().to_str()?.to_owned())).collect();
        if let Some(folder) = &self.folder {
            ids.extend(ids_in(folder).map_err(|error| {
                Error::not_found(format!("the folder of labs {} cannot be read", folder.display()))
                    .because(error)
                    .hint("`--labs` takes the folder in which the labs' folders lie.")
            })?);
        }
        Ok(ids.into_iter().map(LabId::new).collect())
    }

    /// Loads a lab by its name.
    pub fn load(&self, id: &str) -> Result<Lab> {
        match self.find(id).ok_or_else(|| self.unknown(id))? {
            Found::Folder(folder) => Self::load_folder(&folder),
            Found::Embedded(dir) => {
                load(&EmbeddedFiles { dir }, &format!("labs/{id}")).map_err(|problems| Error::invalid_lab(id, problems))
            }
        }
    }

    /// The summary of each lab, by name, without validating the lab; `None` if not even the summary can be read.
    pub fn summaries(&self) -> Result<Vec<(LabId, Option<Summary>)>> {
        let summary = |id: &str| match self.find(id)? {
            Found::Folder(root) => summarise(&DiskFiles { root, name: id.to_owned() }),
            Found::Embedded(dir) => summarise(&EmbeddedFiles { dir }),
        };
        Ok(self.ids()?.into_iter().map(|id| (summary(&id), id)).map(|(summary, id)| (id, summary)).collect())
    }

    fn find(&self, id: &str) -> Option<Found> {
        // Anything but a name could leave the folder: `../x`.
        if (NAME.parse)(id).is_err() {
            return None;
        }
        let folder = self.folder.as_ref().map(|folder| folder.join(id)).filter(|folder| folder.is_dir());
        folder.map(Found::Folder).or_else(|| EMBEDDED.get_dir(id).map(Found::Embedded))
    }

    /// Loads the lab in a folder.
    pub fn load_folder(path: &Path) -> Result<Lab> {
        let root = fs::canonicalize(path).context(|| format!("could not open the lab's folder {}", path.display()));
        let root = root.map_err(|error| error.of_kind(crate::error::Kind::NotFound))?;
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = path.components().collect::<PathBuf>().display().to_string();
        let files = DiskFiles { root, name };
        load(&files, &shown).map_err(|problems| Error::invalid_lab(&files.name, problems))
    }

    fn unknown(&self, id: &str) -> Error {
        let error = Error::not_found(format!("there is no lab named {}", crate::diagnostic::quote(id)));
        let ids = self.ids().unwrap_or_default();
        match nearest(id, ids.iter().map(LabId::as_str)) {
            Some(near) => error.hint(format!("Did you mean {}?", list([near], "or"))),
            None => error.hint("`breakfix labs` lists them all."),
        }
    }
}

/// The location of a lab.
enum Found {
    Folder(PathBuf),
    Embedded(&'static Dir<'static>),
}

fn ids_in(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut ids = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().join(LAB_FILE).is_file() {
            ids.extend(entry.file_name().into_string());
        }
    }
    Ok(ids)
}

struct EmbeddedFiles {
    dir: &'static Dir<'static>,
}

impl LabFiles for EmbeddedFiles {
    fn folder(&self) -> &str {
        self.dir.path().to_str().unwrap_or_default()
    }

    fn read(&self, path: &str, limit: usize) -> Result<Cow<'_, [u8]>, FileProblem> {
        let file = self.dir.get_file(self.dir.path().join(path)).ok_or(FileProblem::Missing)?;
        let bytes = file.contents();
        if bytes.len() > limit { Err(FileProblem::TooLarge) } else { Ok(Cow::Borrowed(bytes)) }
    }

    fn paths(&self) -> Vec<String> {
        fn walk(dir: &Dir<'_>, root: &Path, out: &mut Vec<String>) {
            let relative = |path: &Path| path.strip_prefix(root).ok()?.to_str().map(str::to_owned);
            out.extend(dir.files().filter_map(|file| relative(file.path())));
            dir.dirs().for_each(|dir| walk(dir, root, out));
        }
        let mut paths = Vec::new();
        walk(self.dir, self.dir.path(), &mut paths);
        paths
    }
}

/// Folders below a lab's folder that are searched for a similar name.
const DEPTH: usize = 3;
/// Most names that are compared.
const NAMES: usize = 1000;

struct DiskFiles {
    root: PathBuf,
    name: String,
}

impl LabFiles for DiskFiles {
    fn folder(&self) -> &str {
        &self.name
    }

    fn read(&self, path: &str, limit: usize) -> Result<Cow<'_, [u8]>, FileProblem> {
        let file = self.open(Path::new(path))?;
        let mut bytes = Vec::new();
        let most = limit as u64 + 1;
        file.take(most).read_to_end(&mut bytes).map_err(|error| FileProblem::Unreadable(error.to_string()))?;
        if bytes.len() > limit { Err(FileProblem::TooLarge) } else { Ok(Cow::Owned(bytes)) }
    }

    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        walk(&self.root, &self.root, DEPTH, &mut paths);
        paths.sort();
        paths
    }
}

impl DiskFiles {
    /// Opens a regular file that is reached without symbolic links. Links are checked before opening, not while: this
    /// protects against mistakes in a lab, not against someone who swaps files meanwhile.
    fn open(&self, path: &Path) -> Result<File, FileProblem> {
        let mut whole = self.root.clone();
        let mut kind = None;
        for part in path.components() {
            if !matches!(part, Component::Normal(_)) {
                return Err(FileProblem::Missing);
            }
            whole.push(part);
            let metadata = fs::symlink_metadata(&whole).map_err(|error| problem(&error))?;
            if metadata.is_symlink() {
                return Err(FileProblem::Link);
            }
            kind = Some(metadata.file_type());
        }
        if !kind.is_some_and(|kind| kind.is_file()) {
            return Err(FileProblem::NotAFile);
        }
        File::open(&whole).map_err(|error| problem(&error))
    }
}

fn problem(error: &std::io::Error) -> FileProblem {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FileProblem::Missing,
        _ => FileProblem::Unreadable(error.to_string()),
    }
}

fn walk(dir: &Path, root: &Path, depth: usize, out: &mut Vec<String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten().take(NAMES) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && depth > 0 {
            walk(&path, root, depth - 1, out);
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str)
            && out.len() < NAMES
        {
            out.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::lab::scaffold;

    /// A folder with one valid lab, and the lab's own folder.
    fn shelf() -> (tempfile::TempDir, PathBuf) {
        let shelf = tempfile::tempdir().unwrap();
        let lab = scaffold::create(shelf.path(), "mine").unwrap();
        (shelf, lab)
    }

    /// The messages about a lab with a broken file.
    fn messages(lab: &Path) -> Vec<String> {
        let error = Library::load_folder(lab).unwrap_err();
        error.diagnostics.iter().map(|problem| problem.message.clone()).collect()
    }

    #[test]
    fn a_folder_adds_to_the_labs_in_the_binary() {
        let (shelf, _) = shelf();
        fs::create_dir(shelf.path().join("no-lab")).unwrap();
        fs::write(shelf.path().join("README.md"), "").unwrap();
        let embedded = Library::new(None).ids().unwrap();
        let mut expected = embedded.clone();
        expected.push("mine".into());
        expected.sort();
        let library = Library::new(Some(shelf.path()));
        assert_eq!(library.ids().unwrap(), expected);
        assert_eq!(library.load("mine").unwrap().id.as_str(), "mine");
    }

    #[test]
    fn every_lab_in_the_binary_is_valid() {
        let library = Library::new(None);
        for id in library.ids().unwrap() {
            if let Err(error) = library.load(&id) {
                let problems: Vec<String> = error
                    .diagnostics
                    .iter()
                    .map(|problem| problem.render(crate::diagnostic::RenderStyle::Plain))
                    .collect();
                panic!("{error}\n{}", problems.join("\n"));
            }
        }
    }

    #[test]
    fn an_unknown_lab_is_a_mistake_of_the_user() {
        let (shelf, _) = shelf();
        let library = Library::new(Some(shelf.path()));
        for (id, hint) in [
            ("mien", "Did you mean `mine`?"),
            ("zzz", "`breakfix labs` lists them all."),
            ("../../etc", "`breakfix labs` lists them all."),
        ] {
            let error = library.load(id).unwrap_err();
            assert_eq!((error.kind, error.message), (Kind::NotFound, format!("there is no lab named `{id}`")));
            assert_eq!(error.hints, [hint]);
        }
    }

    #[test]
    fn a_list_needs_no_valid_labs() {
        let (shelf, lab) = shelf();
        fs::remove_file(lab.join("ticket.md")).unwrap();
        fs::create_dir(shelf.path().join("broken")).unwrap();
        fs::write(shelf.path().join("broken/lab.yaml"), "format: [").unwrap();
        let all = Library::new(Some(shelf.path())).summaries().unwrap();
        let title = |id: &str| {
            let (_, summary) = all.iter().find(|(name, _)| name == id).unwrap();
            summary.as_ref().map(|summary| summary.title.as_str())
        };
        assert_eq!(title("mine"), Some("Nobody reaches GitLab since the network change"));
        assert_eq!(title("broken"), None);
    }

    #[test]
    fn a_missing_folder_of_labs_is_said_to_be_missing() {
        let error = Library::new(Some(Path::new("/nonexistent"))).ids().unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
        assert_eq!(error.message, "the folder of labs /nonexistent cannot be read");
        assert_eq!(Library::load_folder(Path::new("/nonexistent")).unwrap_err().kind, Kind::NotFound);
    }

    #[test]
    fn an_invalid_lab_brings_its_problems() {
        let (shelf, lab) = shelf();
        fs::write(lab.join("ticket.md"), "").unwrap();
        let error = Library::new(Some(shelf.path())).load("mine").unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Invalid, "lab mine has 1 problem"));
        assert_eq!(error.diagnostics[0].file, lab.join(LAB_FILE).display().to_string());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_what_is_no_file_are_refused() {
        use std::os::unix::fs::symlink;
        let (shelf, lab) = shelf();
        let outside = shelf.path().join("outside.sh");
        fs::write(&outside, "#!/bin/sh\n").unwrap();
        fs::remove_file(lab.join("fault.sh")).unwrap();
        symlink(&outside, lab.join("fault.sh")).unwrap();
        fs::rename(lab.join("wrong"), shelf.path().join("wrong")).unwrap();
        symlink(shelf.path().join("wrong"), lab.join("wrong")).unwrap();
        fs::remove_file(lab.join("ticket.md")).unwrap();
        fs::create_dir(lab.join("ticket.md")).unwrap();
        fs::remove_file(lab.join("debrief.md")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, lab.join("debrief.md"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
            .unwrap();
        let expected = [
            "the file `fault.sh` is reached through a symbolic link",
            "the file `wrong/restart-only.sh` is reached through a symbolic link",
            "the file `wrong/tidy-up.sh` is reached through a symbolic link",
            "the file `ticket.md` is not a regular file",
            "the file `debrief.md` is not a regular file",
        ];
        assert_eq!(messages(&lab), expected);
    }

    #[test]
    fn large_files_are_not_read() {
        let (_shelf, lab) = shelf();
        fs::write(lab.join("ticket.md"), vec![b'x'; crate::lab::FILE_LIMIT + 1]).unwrap();
        assert_eq!(messages(&lab), ["the file `ticket.md` is larger than 1 MiB"]);
        fs::write(lab.join("lab.yaml"), vec![b'#'; crate::lab::LAB_FILE_LIMIT + 1]).unwrap();
        assert_eq!(messages(&lab), ["the lab file is larger than 256 KiB"]);
    }

    #[test]
    fn the_digest_changes_with_every_file() {
        let (_shelf, lab) = shelf();
        let digest = || Library::load_folder(&lab).unwrap().digest;
        let before = digest();
        assert_eq!((before.len(), digest()), (64, before.clone()));
        for file in ["lab.yaml", "checks/nothing-lost.sh", "ticket.md"] {
            let (path, last) = (lab.join(file), digest());
            fs::write(&path, fs::read_to_string(&path).unwrap() + "\n").unwrap();
            assert_ne!(digest(), last, "{file}");
        }
    }
}
