//! A class: a roster of trainees and the labs they work on, started, graded and stopped together.
//!
//! `read` makes a class of its file (`format`, `roster`, `people`), `enrol` gives everybody a name that fits ids,
//! `capacity` says how many environments a machine holds, `results` says what came of it: all pure. What is done with a
//! class is in `ops::class`.

pub mod capacity;
mod changes;
pub mod clock;
mod course;
mod enrol;
mod format;
pub mod handout;
mod login;
mod model;
mod people;
mod read;
pub mod results;
mod roster;

pub use changes::{Change, changes};
pub use course::{Course, Tried, missing};
pub use enrol::{Enrolled, enrol, join};
pub use format::schema;
pub use login::Login;
pub use model::{Class, Joined, Late, Lateness, Member, Person, Policy, Work};
pub use people::check_people;
pub use read::{ClassFile, Open, read};
pub use roster::{ReadRoster, read_roster};

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn class() -> Class {
        Class {
            id: "spring".into(),
            title: "Spring".into(),
            trainer: None,
            work: Work::Labs(vec!["nginx-502".into()]),
            secret: None,
            limits: crate::environment::MachineLimits::default(),
            minutes: None,
            late: Late::default(),
            listen: [127, 0, 0, 1].into(),
            address: None,
            ssh: None,
            pool: 0,
        }
    }
}
