//! Environments: a GitLab in containers, with its specification, creation, readiness, suspension and removal. Independent of
//! trainees and labs.

mod create;
mod creating;
mod disk;
pub mod images;
pub mod machines;
mod marked;
mod model;
mod outage;
pub mod plan;
mod reach;
pub mod readiness;
mod removal;
pub mod script;
mod spec;
mod stability;
mod suspension;
#[cfg(test)]
pub(crate) mod tests;
mod toolbox;

pub use create::{PortChoice, create, make_root_token};
pub use creating::creating;
pub use disk::{Disk, disk};
pub use images::prepare;
pub use marked::end_marked;
pub use model::{Credentials, Environment, GITLAB_HOST, Volume};
pub use outage::went_down;
pub use reach::reaches_host;
pub use removal::{remove_all, teardown};
pub use script::run_script;
pub use spec::{Compatibility, EnvironmentSpec, ImageSet, Machine, MachineLimits};
pub use stability::{is_stable, wait_until_stable, youngest};
pub use suspension::{resume, suspend};
pub use toolbox::Toolbox;
