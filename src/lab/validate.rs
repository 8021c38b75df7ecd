//! The core of `breakfix validate`: every problem of several labs, in one go.

use std::path::Path;

use serde::Serialize;

use super::library::Library;
use crate::diagnostic::Diagnostic;
use crate::error::Result;

/// The problems of one lab.
#[derive(Debug, Clone, Serialize)]
pub struct Validation {
    /// The lab as the user named it.
    pub lab: String,
    /// Its problems; empty if it is valid.
    pub problems: Vec<Diagnostic>,
}

/// Validates labs, each given by its name or the path of its folder; all labs if none is given. Problems of a lab are not
/// an error; an unknown name is.
pub fn validate(library: &Library, labs: &[String]) -> Result<Vec<Validation>> {
    let all = if labs.is_empty() { library.ids()?.iter().map(ToString::to_string).collect() } else { labs.to_vec() };
    all.into_iter().map(|lab| judge(library, lab)).collect()
}

fn judge(library: &Library, lab: String) -> Result<Validation> {
    let loaded = if is_path(&lab) { Library::load_folder(Path::new(&lab)) } else { library.load(&lab) };
    match loaded {
        Ok(_) => Ok(Validation { lab, problems: vec![] }),
        Err(error) if !error.diagnostics.is_empty() => Ok(Validation { lab, problems: error.diagnostics }),
        Err(error) => Err(error),
    }
}

/// A name has no slash, so `./nginx-502` and `labs/nginx-502` are paths.
fn is_path(lab: &str) -> bool {
    lab.contains(std::path::MAIN_SEPARATOR) || lab.contains('/') || matches!(lab, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::scaffold;

    #[test]
    fn judges_by_name_by_path_and_all() {
        let parent = tempfile::tempdir().unwrap();
        let good = scaffold::create(parent.path(), "good").unwrap();
        let bad = scaffold::create(parent.path(), "bad").unwrap();
        std::fs::write(bad.join("ticket.md"), "").unwrap();
        let library = Library::new(Some(parent.path()));
        let judged = |labs: &[String]| -> Vec<usize> {
            validate(&library, labs).unwrap().iter().map(|verdict| verdict.problems.len()).collect()
        };
        assert_eq!(judged(&["bad".into(), good.display().to_string()]), [1, 0]);
        let all = validate(&library, &[]).unwrap();
        let mine: Vec<_> = all.iter().filter(|verdict| ["good", "bad"].contains(&verdict.lab.as_str())).collect();
        assert_eq!(
            mine.iter().map(|verdict| (verdict.lab.as_str(), verdict.problems.len())).collect::<Vec<_>>(),
            [("bad", 1), ("good", 0)]
        );
        assert_eq!(validate(&library, &["goood".into()]).unwrap_err().hints, ["Did you mean `good`?"]);
    }
}
