//! The scaffold of a new lab: small, valid, and with a comment on each part.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diagnostic::quote;
use crate::error::{Context, Error, Result};
use crate::render::{Escape, Values, render};
use crate::yaml::text::NAME;

static TEMPLATE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/new-lab");
/// Files with this ending are templates of the scaffold; all others are templates of the lab and stay as they are.
const ENDING: &str = "hbs";

/// The files of a new lab: path in its folder, and contents.
pub fn files(id: &str) -> Result<Vec<(String, String)>> {
    if let Err((wrong, help)) = (NAME.parse)(id) {
        return Err(Error::invalid(format!("{} {wrong}", quote(id))).hint(format!("{help}.")));
    }
    let values = Values::default().with("id", id);
    let mut files = Vec::new();
    gather(&TEMPLATE, &values, &mut files)?;
    files.sort();
    Ok(files)
}

/// Writes a new lab as a folder of that name; gives the folder. One that exists is left alone.
pub fn create(parent: &Path, id: &str) -> Result<PathBuf> {
    let files = files(id)?;
    let folder = parent.join(id);
    let failed = || format!("could not write the lab {}", folder.display());
    fs::create_dir_all(parent).context(failed)?;
    match fs::create_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let hint = "Choose another name, or remove what is there.";
            return Err(Error::conflict(format!("{} exists already", folder.display())).hint(hint));
        }
        made => made.context(failed)?,
    }
    let written = files.iter().try_for_each(|(path, text)| write(&folder.join(path), text)).context(failed);
    if let Err(error) = written {
        // A partly written lab would block the next try.
        let _ = fs::remove_dir_all(&folder);
        return Err(error);
    }
    Ok(folder)
}

fn gather(dir: &Dir<'_>, values: &Values, files: &mut Vec<(String, String)>) -> Result<()> {
    for file in dir.files() {
        let path = file.path().display().to_string();
        let text = file.contents_utf8().unwrap_or_default();
        files.push(match path.strip_suffix(ENDING).and_then(|path| path.strip_suffix('.')) {
            Some(plain) => (plain.to_owned(), render(text, &path, values, Escape::None)?),
            None => (path, text.to_owned()),
        });
    }
    dir.dirs().try_for_each(|dir| gather(dir, values, files))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)?;
    if path.extension().is_some_and(|ending| ending == "sh") { executable(path) } else { Ok(()) }
}

#[cfg(unix)]
fn executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::library::Library;

    #[test]
    fn a_new_lab_is_valid_and_has_all_parts() {
        let parent = tempfile::tempdir().unwrap();
        let folder = create(parent.path(), "my-first-lab").unwrap();
        let lab = Library::load_folder(&folder).unwrap();
        assert_eq!(lab.id.as_str(), "my-first-lab");
        assert_eq!((lab.checks.len(), lab.hints.len(), lab.wrong_fixes.len(), lab.cheats.len()), (3, 2, 2, 2));
        assert_eq!(lab.hints[1].text, "Who wrote {{port}} into nginx's configuration, and what would write it again?");
    }

    #[test]
    fn an_existing_folder_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("mine")).unwrap();
        let error = create(parent.path(), "mine").unwrap_err();
        assert_eq!(error.kind, crate::error::Kind::Conflict);
        assert!(error.message.ends_with("mine exists already"), "{error}");
        assert_eq!(fs::read_dir(parent.path().join("mine")).unwrap().count(), 0);
    }

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        for id in ["../x", "", "A", "a/b", "-a"] {
            let error = files(id).unwrap_err();
            assert_eq!((error.kind, error.message), (crate::error::Kind::Invalid, format!("`{id}` is not a name")));
        }
    }

    #[test]
    fn half_a_lab_is_not_left_behind() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(create(&file, "mine").is_err());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
