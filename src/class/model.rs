//! A class that has passed validation, and the people in it.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::environment::MachineLimits;
use crate::id::{ClassId, LabId, TraineeId};
use crate::roster::Origin;
use crate::secret::Secret;

/// What a class file says, without its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Name in commands, labels and reports: `[a-z][a-z0-9-]{0,39}`.
    pub id: ClassId,
    /// One line for people.
    pub title: String,
    /// Who trains, in one line.
    #[serde(default)]
    pub trainer: Option<String>,
    /// The labs.
    pub work: Work,
    /// What trainees' seeds are drawn from, where the file says it.
    pub secret: Option<Secret>,
    /// What each container may use.
    pub limits: MachineLimits,
    /// Time for a lab in minutes, from the hand-over; unlimited if `None`.
    pub minutes: Option<u32>,
    /// Rule for late repairs.
    pub late: Late,
    /// Address that ports are bound to.
    pub listen: IpAddr,
    /// Name or address by which trainees reach this machine, where the file says it.
    pub address: Option<String>,
    /// Port of the gate through which trainees reach their container; none if `None`.
    #[serde(default)]
    pub ssh: Option<u16>,
    /// Environments kept ready.
    pub pool: u32,
}

/// The labs of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Every trainee has all of them at once.
    Labs(Vec<LabId>),
    /// Every trainee has one at a time: solving it starts the next and removes it.
    Path(Vec<LabId>),
}

impl Work {
    /// The labs, in the file's order.
    #[must_use]
    pub fn labs(&self) -> &[LabId] {
        match self {
            Self::Labs(labs) | Self::Path(labs) => labs,
        }
    }

    /// The lab that a login has to name to lead to it: only of several labs side by side.
    #[must_use]
    pub fn chosen<'a>(&self, lab: &'a LabId) -> Option<&'a LabId> {
        matches!(self, Self::Labs(labs) if labs.len() > 1).then_some(lab)
    }
}

/// A person in a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Identifier in the learning management system.
    pub id: Option<String>,
    /// Name with which the person signs in there, if the roster has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The person's line in the export of a system that takes grades back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A trainee in a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Name, e-mail address and identifier.
    #[serde(flatten)]
    pub person: Person,
    /// Name in attempts' ids and at the gate, unique in the class: `[a-z][a-z0-9-]{0,29}`.
    pub slug: TraineeId,
    /// How they came into the class.
    #[serde(default, skip_serializing_if = "Joined::is_by_roster")]
    pub joined: Joined,
}

/// How somebody came into a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Joined {
    /// By the roster.
    #[default]
    ByRoster,
    /// By `class add`.
    ByHand,
}

impl Joined {
    #[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
    fn is_by_roster(&self) -> bool {
        *self == Self::ByRoster
    }
}

/// Rule for repairs after the time limit. The score stays what the checks say; the deduction is shown beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// How a late repair counts.
    pub policy: Policy,
    /// How long after its time a repair still is in time, in minutes.
    pub grace_minutes: u32,
}

/// How a late repair counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// It counts in full.
    #[default]
    Accept,
    /// This percentage is deducted.
    Deduct(u32),
    /// It does not count.
    Refuse,
}

/// How late a grading was, and what that costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lateness {
    /// Whole minutes after the time was over; 0 if it was in time.
    pub minutes: u32,
    /// Percentage of the score that is deducted; 100 if the repair is refused.
    pub percent: u32,
}

impl Late {
    /// The lateness of a grading at `at` of an attempt that was due at `due`.
    #[must_use]
    pub fn judge(&self, due: Option<Timestamp>, at: Timestamp) -> Lateness {
        let grace = SignedDuration::from_mins(i64::from(self.grace_minutes));
        let over = due.map_or(SignedDuration::ZERO, |due| at.duration_since(due));
        if over <= grace {
            return Lateness::IN_TIME;
        }
        let percent = match self.policy {
            Policy::Accept => 0,
            Policy::Deduct(percent) => percent,
            Policy::Refuse => 100,
        };
        Lateness { minutes: u32::try_from(over.as_mins()).unwrap_or(u32::MAX).max(1), percent }
    }
}

impl Lateness {
    /// Not late.
    pub const IN_TIME: Self = Self { minutes: 0, percent: 0 };

    /// Points that are deducted from a score, rounded up.
    #[must_use]
    pub fn deduction(&self, score: u32) -> u32 {
        (score * self.percent).div_ceil(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(policy: Policy, minutes: i64) -> Lateness {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        Late { policy, grace_minutes: 5 }.judge(Some(at(60)), at(60 + minutes))
    }

    #[test]
    fn members_that_an_earlier_version_stored_are_read() {
        let stored = serde_json::json!({ "name": "Ada", "email": null, "id": "7", "slug": "ada" });
        let person = Person { name: "Ada".into(), id: Some("7".into()), ..Person::default() };
        let member: Member = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(member, Member { person, slug: "ada".into(), joined: Joined::ByRoster });
        assert_eq!(serde_json::to_value(member).unwrap(), stored);
    }

    #[test]
    fn in_time_is_up_to_the_end_of_the_grace() {
        for minutes in [-60, 0, 5] {
            assert_eq!(judged(Policy::Refuse, minutes), Lateness { minutes: 0, percent: 0 });
        }
        assert_eq!(judged(Policy::Refuse, 6), Lateness { minutes: 6, percent: 100 });
        assert_eq!(judged(Policy::Accept, 600), Lateness { minutes: 600, percent: 0 });
    }

    #[test]
    fn what_is_due_never_is_never_late() {
        let late = Late { policy: Policy::Refuse, grace_minutes: 0 };
        assert_eq!(late.judge(None, Timestamp::MAX).percent, 0);
    }

    #[test]
    fn a_deduction_is_rounded_against_the_late() {
        let lateness = judged(Policy::Deduct(25), 30);
        assert_eq!([0, 1, 50, 90, 100].map(|score| lateness.deduction(score)), [0, 1, 13, 23, 25]);
    }
}
