//! Selection of the labs that a change affects. No I/O.

use crate::id::LabId;

/// Folders that every lab depends on.
const SHARED: [&str; 3] = ["src/", "templates/", "images/"];
/// Files that every lab depends on.
const SHARED_FILES: [&str; 2] = ["Cargo.lock", "Cargo.toml"];

/// A lab that a change affects, and the first changed file that affects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Lab id.
    pub lab: LabId,
    /// Path below the repository.
    pub because_of: String,
}

/// Chooses among `labs`, whose folders lie in `folder`; every path is one below the repository.
#[must_use]
pub fn choose(labs: &[LabId], folder: &str, changed: &[String]) -> Vec<Chosen> {
    let shared = changed.iter().find(|path| is_shared(path));
    let below = |lab: &str| if folder.is_empty() { format!("{lab}/") } else { format!("{folder}/{lab}/") };
    let chosen = |lab: &LabId| {
        let own = changed.iter().find(|path| path.starts_with(&below(lab)));
        own.or(shared).map(|path| Chosen { lab: lab.clone(), because_of: path.clone() })
    };
    labs.iter().filter_map(chosen).collect()
}

/// Documentation does not affect labs.
fn is_shared(path: &str) -> bool {
    let is_text = path.rsplit('.').next() == Some("md");
    SHARED_FILES.contains(&path) || SHARED.iter().any(|folder| path.starts_with(folder)) && !is_text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(folder: &str, changed: &[&str]) -> Vec<(String, String)> {
        let labs = ["nginx", "nginx-502", "tls"].map(LabId::from);
        let changed: Vec<String> = changed.iter().map(|path| (*path).into()).collect();
        choose(&labs, folder, &changed).into_iter().map(|chosen| (chosen.lab.to_string(), chosen.because_of)).collect()
    }

    #[test]
    fn a_lab_is_chosen_for_its_own_files() {
        let expected = [("nginx-502".to_string(), "labs/nginx-502/fault.sh".to_string())];
        assert_eq!(chosen("labs", &["README.md", "labs/nginx-502/fault.sh"]), expected);
        assert_eq!(chosen("", &["tls/lab.yaml"]), [("tls".into(), "tls/lab.yaml".into())]);
        assert_eq!(chosen("labs", &["other/tls/lab.yaml", "labs/README.md"]), []);
    }

    #[test]
    fn every_lab_is_chosen_for_what_all_stand_on() {
        for path in ["src/app.rs", "templates/checks/probe.sh", "images/gitlab/Dockerfile", "Cargo.lock"] {
            assert_eq!(chosen("labs", &[path]).len(), 3, "{path}");
        }
        assert_eq!(chosen("labs", &["docs/labs.md", "tests/life.rs", "images/gitlab/README.md"]), []);
    }

    #[test]
    fn a_labs_own_file_is_the_better_reason() {
        let expected = ("tls".to_string(), "labs/tls/lab.yaml".to_string());
        assert_eq!(chosen("labs", &["src/app.rs", "labs/tls/lab.yaml"])[2], expected);
    }
}
