//! The life of an attempt: started, broken, handed over, graded, reset, brought back, removed.

pub mod abandoned;
mod alone;
mod disk_guard;
mod footprint;
pub mod gc;
mod hints;
mod launch;
mod message;
mod resume;
mod start;
#[cfg(test)]
pub(crate) mod tests;

pub use alone::grade_some;
pub use disk_guard::pause_largest_writer;
pub use hints::{HintRequest, Hints, take_hint};
pub use launch::{EnvironmentSource, Launch, break_it, hand_over, run_lab_script};
pub use message::{message, tell};
pub use resume::{ResumeOutcome, resume};
pub use start::{OnFailure, reset, start, stop};
