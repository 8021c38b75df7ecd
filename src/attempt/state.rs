//! The states of an attempt and their transitions. Pure.

use serde::{Deserialize, Serialize};

/// State of an attempt. It is recorded before the work that it names begins: after a crash the store shows what was
/// under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its environment is being created.
    Starting,
    /// It was handed over to its trainee.
    Running,
    /// Its environment is being replaced.
    Resetting,
    /// Its environment is being removed.
    Stopping,
    /// Nothing of it is left in the engine.
    Stopped,
    /// Its start has failed, and its environment was kept for examination.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Starting, Self::Running, Self::Resetting, Self::Stopping, Self::Stopped, Self::Failed];

    /// Its text in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Resetting => "resetting",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// Parses the text of the store.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether an attempt may change from this state to `next`. Every attempt may be stopped, even while it is being
    /// stopped; a stopped one stays stopped.
    #[must_use]
    pub fn allows(self, next: Self) -> bool {
        match next {
            Self::Starting => false,
            Self::Running => matches!(self, Self::Starting | Self::Resetting),
            Self::Resetting => matches!(self, Self::Running | Self::Resetting | Self::Failed),
            Self::Failed => matches!(self, Self::Starting | Self::Resetting),
            Self::Stopping => true,
            Self::Stopped => matches!(self, Self::Stopping | Self::Stopped),
        }
    }

    /// Whether the attempt can be entered, graded and reset.
    #[must_use]
    pub fn is_handed_over(self) -> bool {
        matches!(self, Self::Running | Self::Failed)
    }

    /// Whether a process must be working on the attempt; if none is, it was interrupted.
    #[must_use]
    pub fn under_way(self) -> bool {
        matches!(self, Self::Starting | Self::Resetting | Self::Stopping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_gives_back_what_it_was_given() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn nothing_leaves_stopped_but_towards_stopped() {
        let onward: Vec<_> = State::ALL.into_iter().filter(|next| State::Stopped.allows(*next)).collect();
        assert_eq!(onward, [State::Stopping, State::Stopped]);
    }

    #[test]
    fn only_what_is_being_made_can_become_running() {
        let before: Vec<_> = State::ALL.into_iter().filter(|state| state.allows(State::Running)).collect();
        assert_eq!(before, [State::Starting, State::Resetting]);
    }
}
