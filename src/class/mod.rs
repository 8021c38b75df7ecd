//! A class: a roster of trainees and the labs they work on, started, graded and stopped together.
//!
//! `read` makes a class of its file (`format`, `roster`, `people`), `enrol` gives everybody a name that fits ids,
//! `capacity` says how many environments a machine holds, `results` says what came of it: all pure. What is done with a
//! class is in `ops::class`.

pub mod capacity;
mod course;
mod enrol;
mod format;
pub mod handout;
mod model;
mod people;
mod read;
pub mod results;
mod roster;

pub use course::{Course, Tried, missing};
pub use enrol::enrol;
pub use format::schema;
pub use model::{Class, Late, Lateness, Member, Person, Policy, Work};
pub use people::check_people;
pub use read::{ClassFile, Open, read};
pub use roster::{ReadRoster, read_roster};
