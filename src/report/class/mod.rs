//! Reports on a class's results. No I/O.

mod checks;
mod facts;
mod gradebook;
mod hints;
mod html;
mod json;
mod people;
mod remarks;
mod scores;
mod timeline;
mod times;
mod words;
mod xapi;

pub use gradebook::{class_blackboard, class_brightspace, class_canvas, class_moodle};
pub use html::class_html;
pub use json::class_json;
pub use xapi::class_xapi;
