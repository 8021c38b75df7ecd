//! Text that must not end up in a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password or token. It cannot be printed by accident: its `Debug` hides it, and it has no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever is entitled to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_a_secret_does_not_show_it() {
        assert_eq!(format!("{:?}", Some(Secret::new("glpat-x"))), "Some(Secret(..))");
        assert_eq!(serde_json::to_string(&Secret::new("glpat-x")).unwrap(), "\"glpat-x\"", "the store keeps it");
    }
}
