//! Runs a lab's checks against an environment, and determines who caused an outage.

mod again;
mod bench;
pub mod cause;
mod condition;
mod config;
mod examine;
mod examined;
mod graded;
mod http;
mod inspect;
mod integrity;
mod places;
mod restart;
pub mod run;
mod script;

pub use condition::{bring_up, condition, look_again};
pub use examine::now;
pub use restart::restart;
pub use run::{Occasion, grade, run_checks};
