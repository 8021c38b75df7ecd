//! Reports on a class's results. No I/O.

mod certificate;
mod checks;
mod facts;
mod gradebook;
mod hints;
mod html;
mod json;
mod mail_merge;
mod overview;
mod people;
mod period;
mod remarks;
mod scores;
mod timeline;
mod times;
mod trouble;
mod verdict;
mod words;
mod xapi;

pub use certificate::class_certificates;
pub use gradebook::{class_blackboard, class_brightspace, class_canvas, class_moodle};
pub use html::class_html;
pub use json::class_json;
pub use mail_merge::class_mail_merge;
pub use xapi::class_xapi;
