use std::fmt;

/// A file of the lab, relative to its folder, never leaving it: `wrong/hand-edit.sh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabPath(pub(super) String);

impl LabPath {
    /// The path as it stands in the lab file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for LabPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
