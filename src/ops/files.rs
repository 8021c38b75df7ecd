//! Files that people and programs read while they may be written.

use std::path::Path;

use crate::error::{Context, Result};

/// Writes a file beside its place and moves it there, so that nobody reads half of it.
pub fn write(path: &Path, content: &str) -> Result<()> {
    let unwritable = || format!("the report {} cannot be written", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).context(unwritable)?;
    std::io::Write::write_all(&mut file, content.as_bytes()).context(unwritable)?;
    file.persist(path).map_err(|error| error.error).context(unwritable)?;
    Ok(())
}
