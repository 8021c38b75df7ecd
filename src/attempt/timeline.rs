//! The timeline of an attempt. Pure.

mod words;

#[cfg(test)]
pub(crate) use words::tests::LINES;

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::State;
use crate::error::Error;
use crate::text::clean_line;

/// One event of an attempt's timeline. As JSON it is `{at, what}`, with `what` in words, as reports and `--json` show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// Time of the event.
    pub at: Timestamp,
    /// The event.
    #[serde(with = "words")]
    pub what: Happening,
}

/// An event in an attempt's life. The store keeps it as a JSON object whose `kind` names the variant. `Display` gives one
/// line of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Happening {
    /// It entered a state.
    Entered {
        /// The new state.
        state: State,
    },
    /// It entered [`State::Starting`] and was given an environment of the pool.
    StartingFromPool,
    /// Its reset was given an environment of the pool.
    TakenFromPool,
    /// Its environment, which came from the pool, was resumed.
    Woken,
    /// Its environment could not be created.
    Failed {
        /// The reason, in one line.
        why: String,
    },
    /// We paused its container.
    Paused {
        /// The reason, in one line.
        why: String,
    },
    /// Its trainee took a hint.
    HintTaken {
        /// Its number, from 1.
        number: usize,
    },
    /// It was graded.
    Graded {
        /// Points, before anything is taken off for lateness.
        points: u32,
    },
    /// Its container was started again after a stop of the engine or the machine.
    BroughtBack,
    /// Its fault was applied again, because starting the container had repaired it.
    BrokenAgain,
    /// Its container was down and was started to be graded.
    StartedOnceMore {
        /// Why it was down, in one line.
        why: String,
    },
    /// The trainer sent a message to its terminals.
    Message {
        /// One line.
        text: String,
    },
    /// Its trainee asked the trainer something.
    Asked {
        /// One line.
        text: String,
    },
    /// A client logged in through the gate.
    LoggedIn {
        /// Address of the client.
        address: IpAddr,
        /// Kind of credential that the client used.
        with: CredentialKind,
    },
    /// Its trainee was given more time.
    Extended {
        /// How much, in minutes.
        minutes: u32,
    },
    /// Its terminals were told how much time is left.
    Warned {
        /// How much, in minutes.
        minutes: u32,
    },
    /// It goes on after a break of its class, and its time was moved by as much.
    Continued {
        /// Length of the break.
        seconds: i64,
    },
    /// Its container is down, and the engine had recorded a request to stop it.
    EndedFromOutside {
        /// When the container ended, by the engine's clock.
        at: Timestamp,
    },
    /// A line that an earlier version wrote and that is none of the above.
    Note {
        /// The line.
        text: String,
    },
}

/// Why a container is paused while its class has a break.
pub const BREAK: &str = "its class has a break";

/// Kind of credential of a client at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialKind {
    /// The attempt's password.
    Password,
    /// An SSH key.
    Key,
}

impl CredentialKind {
    /// Every credential.
    pub const ALL: [Self; 2] = [Self::Password, Self::Key];

    /// Its name in text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Key => "key",
        }
    }
}

impl Happening {
    /// An environment that could not be created.
    #[must_use]
    pub fn failed(why: &Error) -> Self {
        Self::Failed { why: clean_line(&why.to_string()) }
    }

    /// What a line says that [`Display`](std::fmt::Display) has written; any other line is a note.
    #[must_use]
    pub fn from_words(line: &str) -> Self {
        words::read(line)
    }

    fn is_handover(&self) -> bool {
        *self == Self::Entered { state: State::Running }
    }

    /// Whether the container runs from then on.
    fn goes_on(&self) -> bool {
        self.is_handover() || matches!(self, Self::Continued { .. })
    }
}

/// Why the environment could not be created, unless a later try made it.
#[must_use]
pub fn failure(timeline: &[TimelineEvent]) -> Option<&str> {
    unless_going_on(timeline, |what| match what {
        Happening::Failed { why } => Some(why),
        _ => None,
    })
}

/// Why we paused the container, unless it was recreated or continued since.
#[must_use]
pub fn pause(timeline: &[TimelineEvent]) -> Option<&str> {
    unless_going_on(timeline, |what| match what {
        Happening::Paused { why } => Some(why),
        _ => None,
    })
}

/// When the attempt was first handed over.
#[must_use]
pub fn handed_over(timeline: &[TimelineEvent]) -> Option<Timestamp> {
    timeline.iter().find(|event| event.what.is_handover()).map(|event| event.at)
}

/// When the latest reset began.
#[must_use]
pub fn latest_reset(timeline: &[TimelineEvent]) -> Option<Timestamp> {
    let reset = Happening::Entered { state: State::Resetting };
    timeline.iter().rfind(|event| event.what == reset).map(|event| event.at)
}

/// Whether it is known that a container which ended at that time was ended from outside.
#[must_use]
pub fn ended_from_outside(timeline: &[TimelineEvent], at: Timestamp) -> bool {
    timeline.iter().any(|event| event.what == Happening::EndedFromOutside { at })
}

/// When each hint was taken, oldest first.
pub fn hints(timeline: &[TimelineEvent]) -> impl Iterator<Item = Timestamp> {
    timeline.iter().filter(|event| matches!(event.what, Happening::HintTaken { .. })).map(|event| event.at)
}

/// When the break of the class began that the attempt is in.
#[must_use]
pub fn break_began(timeline: &[TimelineEvent]) -> Option<Timestamp> {
    let mut since = timeline.iter().rev().take_while(|event| !event.what.goes_on());
    since.find(|event| matches!(&event.what, Happening::Paused { why } if why == BREAK)).map(|event| event.at)
}

/// What the trainee asked and the trainer has not answered.
#[must_use]
pub fn question(timeline: &[TimelineEvent]) -> Option<&str> {
    let mut since = timeline.iter().rev().take_while(|event| !matches!(event.what, Happening::Message { .. }));
    since.find_map(|event| match &event.what {
        Happening::Asked { text } => Some(text.as_str()),
        _ => None,
    })
}

/// Whether the terminals were told that `minutes` are left, since the latest extension.
#[must_use]
pub fn is_warned(timeline: &[TimelineEvent], minutes: u32) -> bool {
    let since = timeline.iter().rev().take_while(|event| !matches!(event.what, Happening::Extended { .. }));
    since.map(|event| &event.what).any(|what| *what == Happening::Warned { minutes })
}

/// The latest reason of that sort since the container last went on.
fn unless_going_on(timeline: &[TimelineEvent], reason: impl Fn(&Happening) -> Option<&String>) -> Option<&str> {
    let mut since = timeline.iter().rev().map(|event| &event.what).take_while(|what| !what.goes_on());
    since.find_map(|what| reason(what).map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(state: State) -> Happening {
        Happening::Entered { state }
    }

    fn timeline(happenings: &[Happening]) -> Vec<TimelineEvent> {
        let at = |second: usize| Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
        happenings
            .iter()
            .enumerate()
            .map(|(second, what)| TimelineEvent { at: at(second), what: what.clone() })
            .collect()
    }

    #[test]
    fn a_handover_ends_what_was_wrong_before() {
        let paused = |why: &str| Happening::Paused { why: why.into() };
        let before = [entered(State::Running), paused("full"), paused("fuller"), Happening::HintTaken { number: 1 }];
        assert_eq!(pause(&timeline(&before)), Some("fuller"));
        let anew = [&before[..], &[entered(State::Resetting), entered(State::Running)]].concat();
        assert_eq!(pause(&timeline(&anew)), None);
        assert_eq!(handed_over(&timeline(&anew)), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(latest_reset(&timeline(&anew)).map(Timestamp::as_second), Some(4));
        assert_eq!(hints(&timeline(&anew)).map(Timestamp::as_second).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn an_end_from_outside_is_known_of_that_end_alone() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let events = timeline(&[entered(State::Running), Happening::EndedFromOutside { at: at(7) }]);
        assert!(ended_from_outside(&events, at(7)));
        assert!(!ended_from_outside(&events, at(8)));
    }

    #[test]
    fn words_of_a_message_say_nothing_else() {
        let message = |text: &str| Happening::Message { text: text.into() };
        let written = timeline(&[message("running"), message("failed: no luck"), message("paused: by me")]);
        assert_eq!((failure(&written), pause(&written), handed_over(&written)), (None, None, None));
    }
}
