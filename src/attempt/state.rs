//! Where an attempt stands: a pure machine.

use serde::{Deserialize, Serialize};

/// Where an attempt stands. Written before the work that it names begins, so that after a crash the
/// store tells what was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its objects are being made.
    Starting,
    /// Handed over.
    Running,
    /// Being made anew.
    Resetting,
    /// Its objects are being removed.
    Stopping,
    /// Nothing of it is left in the engine.
    Stopped,
    /// It could not be made, and was kept to be looked at.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Starting, Self::Running, Self::Resetting, Self::Stopping, Self::Stopped, Self::Failed];

    /// As the store keeps it.
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

    /// From what the store keeps.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether an attempt may go from here to `next`. Everything may be stopped, also what is being
    /// stopped; what is stopped stays so.
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

    /// Whether it is in its trainee's hands, or left to be looked at: what can be entered, graded and reset.
    #[must_use]
    pub fn is_handed_over(self) -> bool {
        matches!(self, Self::Running | Self::Failed)
    }

    /// Whether somebody must be at work on it: if nobody is, a crash interrupted them.
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
