//! What happened, in one line for people, and back.

use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};

use super::{CredentialKind, Happening};
use crate::attempt::State;

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entered { state } => f.write_str(state.as_str()),
            Self::StartingFromPool => f.write_str("starting, from the pool"),
            Self::TakenFromPool => f.write_str("from the pool"),
            Self::Woken => f.write_str("woken"),
            Self::Failed { why } => write!(f, "failed: {why}"),
            Self::Paused { why } => write!(f, "paused: {why}"),
            Self::HintTaken { number } => write!(f, "hint {number} taken"),
            Self::Graded { points } => write!(f, "graded: {points} points"),
            Self::BroughtBack => f.write_str("brought back"),
            Self::BrokenAgain => f.write_str("broken again"),
            Self::StartedOnceMore { why } => write!(f, "started once more to be graded: {why}"),
            Self::Message { text } => write!(f, "message: {text}"),
            Self::Asked { text } => write!(f, "asked: {text}"),
            Self::LoggedIn { address, with } => write!(f, "login over SSH from {address} with a {}", with.as_str()),
            Self::Extended { minutes } => write!(f, "{minutes} minutes more"),
            Self::Warned { minutes } => write!(f, "told of the last {minutes} minutes"),
            Self::Continued { seconds } => write!(f, "continued after a break of {seconds} s"),
            Self::EndedFromOutside { at } => write!(f, "ended from outside at {at}"),
            Self::Note { text } => f.write_str(text),
        }
    }
}

/// What a line says. Only what would be written as exactly that line is recognised, so that no line changes.
pub(super) fn read(line: &str) -> Happening {
    let said =
        constant(line).or_else(|| reason(line)).or_else(|| number(line)).or_else(|| login(line)).or_else(|| end(line));
    said.filter(|what| what.to_string() == line).unwrap_or_else(|| Happening::Note { text: line.into() })
}

fn constant(line: &str) -> Option<Happening> {
    use Happening::{BrokenAgain, BroughtBack, StartingFromPool, TakenFromPool, Woken};
    let states = State::ALL.into_iter().map(|state| Happening::Entered { state });
    let others = [StartingFromPool, TakenFromPool, Woken, BroughtBack, BrokenAgain];
    states.chain(others).find(|what| what.to_string() == line)
}

fn reason(line: &str) -> Option<Happening> {
    let (begin, rest) = line.split_once(": ")?;
    let rest = rest.to_string();
    Some(match begin {
        "failed" => Happening::Failed { why: rest },
        "paused" => Happening::Paused { why: rest },
        "started once more to be graded" => Happening::StartedOnceMore { why: rest },
        "message" => Happening::Message { text: rest },
        "asked" => Happening::Asked { text: rest },
        _ => return None,
    })
}

fn number(line: &str) -> Option<Happening> {
    match *line.split(' ').collect::<Vec<_>>() {
        ["hint", number, "taken"] => number.parse().ok().map(|number| Happening::HintTaken { number }),
        ["graded:", points, "points"] => points.parse().ok().map(|points| Happening::Graded { points }),
        ["told", "of", "the", "last", minutes, "minutes"] => {
            minutes.parse().ok().map(|minutes| Happening::Warned { minutes })
        }
        ["continued", "after", "a", "break", "of", seconds, "s"] => {
            seconds.parse().ok().map(|seconds| Happening::Continued { seconds })
        }
        [minutes, "minutes", "more"] => minutes.parse().ok().map(|minutes| Happening::Extended { minutes }),
        _ => None,
    }
}

fn login(line: &str) -> Option<Happening> {
    let (address, with) = line.strip_prefix("login over SSH from ")?.split_once(" with a ")?;
    let with = CredentialKind::ALL.into_iter().find(|known| known.as_str() == with)?;
    Some(Happening::LoggedIn { address: address.parse().ok()?, with })
}

fn end(line: &str) -> Option<Happening> {
    let at = line.strip_prefix("ended from outside at ")?.parse().ok()?;
    Some(Happening::EndedFromOutside { at })
}

pub(super) fn serialize<S: Serializer>(what: &Happening, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(what)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Happening, D::Error> {
    Ok(read(&String::deserialize(from)?))
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use super::super::TimelineEvent;
    use super::*;

    /// Every kind of line that timelines have ever had, with what the store keeps of it.
    pub(crate) const LINES: [(&str, &str); 27] = [
        ("starting", r#"{"kind":"entered","state":"starting"}"#),
        ("running", r#"{"kind":"entered","state":"running"}"#),
        ("resetting", r#"{"kind":"entered","state":"resetting"}"#),
        ("stopping", r#"{"kind":"entered","state":"stopping"}"#),
        ("stopped", r#"{"kind":"entered","state":"stopped"}"#),
        ("failed", r#"{"kind":"entered","state":"failed"}"#),
        ("starting, from the pool", r#"{"kind":"starting-from-pool"}"#),
        ("from the pool", r#"{"kind":"taken-from-pool"}"#),
        ("woken", r#"{"kind":"woken"}"#),
        ("failed: no room: at all", r#"{"kind":"failed","why":"no room: at all"}"#),
        (
            "paused: its container was paused, since it fills the engine's disk",
            r#"{"kind":"paused","why":"its container was paused, since it fills the engine's disk"}"#,
        ),
        ("hint 12 taken", r#"{"kind":"hint-taken","number":12}"#),
        ("graded: 95 points", r#"{"kind":"graded","points":95}"#),
        ("brought back", r#"{"kind":"brought-back"}"#),
        ("broken again", r#"{"kind":"broken-again"}"#),
        ("started once more to be graded: it ended", r#"{"kind":"started-once-more","why":"it ended"}"#),
        ("message: good luck: 5 minutes more", r#"{"kind":"message","text":"good luck: 5 minutes more"}"#),
        (
            "login over SSH from 10.0.0.7 with a password",
            r#"{"kind":"logged-in","address":"10.0.0.7","with":"password"}"#,
        ),
        ("login over SSH from fd00::7 with a key", r#"{"kind":"logged-in","address":"fd00::7","with":"key"}"#),
        ("30 minutes more", r#"{"kind":"extended","minutes":30}"#),
        (
            "ended from outside at 2026-11-26T10:00:00.25Z",
            r#"{"kind":"ended-from-outside","at":"2026-11-26T10:00:00.25Z"}"#,
        ),
        ("asked: what now: 5 more?", r#"{"kind":"asked","text":"what now: 5 more?"}"#),
        ("told of the last 5 minutes", r#"{"kind":"warned","minutes":5}"#),
        ("continued after a break of 600 s", r#"{"kind":"continued","seconds":600}"#),
        ("graded", r#"{"kind":"note","text":"graded"}"#),
        ("hint 01 taken", r#"{"kind":"note","text":"hint 01 taken"}"#),
        ("", r#"{"kind":"note","text":""}"#),
    ];

    /// A new variant fails to compile here, and belongs into [`LINES`].
    fn place(what: &Happening) -> usize {
        match what {
            Happening::Entered { state } => State::ALL.iter().position(|known| known == state).unwrap(),
            Happening::StartingFromPool => 6,
            Happening::TakenFromPool => 7,
            Happening::Woken => 8,
            Happening::Failed { .. } => 9,
            Happening::Paused { .. } => 10,
            Happening::HintTaken { .. } => 11,
            Happening::Graded { .. } => 12,
            Happening::BroughtBack => 13,
            Happening::BrokenAgain => 14,
            Happening::StartedOnceMore { .. } => 15,
            Happening::Message { .. } => 16,
            Happening::LoggedIn { .. } => 17,
            Happening::Extended { .. } => 18,
            Happening::EndedFromOutside { .. } => 19,
            Happening::Warned { .. } => 20,
            Happening::Continued { .. } => 21,
            Happening::Asked { .. } => 22,
            Happening::Note { .. } => 23,
        }
    }

    #[test]
    fn every_event_survives_the_store_and_its_words() {
        let mut seen = std::collections::BTreeSet::new();
        for (line, kept) in LINES {
            let what: Happening = serde_json::from_str(kept).unwrap();
            assert_eq!(serde_json::to_string(&what).unwrap(), kept);
            assert_eq!((what.to_string().as_str(), Happening::from_words(line)), (line, what.clone()));
            seen.insert(place(&what));
        }
        assert_eq!(seen, (0..24).collect());
    }

    #[test]
    fn reports_have_an_event_in_words() {
        let event = TimelineEvent { at: Timestamp::UNIX_EPOCH, what: Happening::HintTaken { number: 2 } };
        let text = r#"{"at":"1970-01-01T00:00:00Z","what":"hint 2 taken"}"#;
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
        assert_eq!(serde_json::from_str::<TimelineEvent>(text).unwrap(), event);
    }
}
