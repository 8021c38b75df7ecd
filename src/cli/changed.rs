//! Finds changed labs with git.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Ui;
use crate::error::{Context, Error, Result};
use crate::id::LabId;
use crate::lab::library::Library;
use crate::prove::changed::choose;

/// Labs that were changed since the commit `since`, by what is in the folder now, committed or not. Says why each
/// was chosen.
pub fn labs(library: &Library, folder: &Path, since: &str, ui: &Ui) -> Result<Vec<LabId>> {
    let top = PathBuf::from(git(Path::new("."), &["rev-parse", "--show-toplevel"])?.concat());
    let commit = git(&top, &["rev-parse", "--verify", "--end-of-options", &format!("{since}^{{commit}}")])?.concat();
    let base = git(&top, &["merge-base", &commit, "HEAD"])?.concat();
    let mut changed = git(&top, &["diff", "--name-only", "--no-renames", "-z", &base, "--"])?;
    changed.extend(git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?);
    let real = |path: &Path| path.canonicalize().context(|| format!("{} cannot be found", path.display()));
    let (top, folder) = (real(&top)?, real(folder)?);
    let below = folder.strip_prefix(&top).map_err(|_| {
        Error::not_found(format!("the labs in {} are not in this repository", folder.display()))
            .hint("Name the folder of labs with --labs.")
    })?;
    let here = labs_in(library, &folder)?;
    let chosen = choose(&here, &below.to_string_lossy(), &changed);
    for one in &chosen {
        ui.note(&format!("{} is proven, because of {}", one.lab, crate::text::printable(&one.because_of)));
    }
    let (all, left) = (here.len(), here.len() - chosen.len());
    ui.note(&format!("{left} of {all} labs are left out: nothing of theirs has changed since {since}"));
    Ok(chosen.into_iter().map(|one| one.lab).collect())
}

fn labs_in(library: &Library, folder: &Path) -> Result<Vec<LabId>> {
    Ok(library.ids()?.into_iter().filter(|id| folder.join(id.as_str()).is_dir()).collect())
}

/// The lines or NUL-terminated items that git prints.
fn git(folder: &Path, args: &[&str]) -> Result<Vec<String>> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    let output = output.context(|| "git cannot be run".into())?;
    if !output.status.success() {
        let message = crate::text::last_line(&output.stderr).unwrap_or_default();
        return Err(Error::invalid(format!("git {} failed", args[0]))
            .because(message)
            .hint("--changed works inside a git repository, and --since names one of its commits."));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split(['\0', '\n']).filter(|part| !part.is_empty()).map(String::from).collect())
}
