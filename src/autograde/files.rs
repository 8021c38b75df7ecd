//! The files of a submission, and their limits.

use crate::text::clean_line;

/// Most bytes of a submission.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Most files of a submission.
pub(super) const MAX_FILES: usize = 1000;

/// Most bytes of a path and of each of its parts. The engine cannot write longer ones.
const MAX_PATH: usize = 1024;
const MAX_PART: usize = 255;

/// Paths below a folder with contents, sorted.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Refuses a path that could not be written into a container. `whole` names the folder or archive in the message.
pub(super) fn check_path(path: &str, whole: &str) -> Result<(), String> {
    let fits = |part: &str| !part.is_empty() && part.len() <= MAX_PART && !part.contains(char::is_control);
    if path.len() <= MAX_PATH && path.split('/').all(fits) {
        return Ok(());
    }
    Err(format!("{whole} holds a file whose name cannot be used: {}", clean_line(path)))
}

pub(super) fn too_large() -> String {
    format!("it is larger than {} MiB", MAX_BYTES >> 20)
}

pub(super) fn too_many(whole: &str) -> String {
    format!("{whole} has more than {MAX_FILES} files")
}
