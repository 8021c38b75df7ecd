//! Writes files atomically.

use std::path::Path;

use crate::error::{Context, Result};

/// Writes a temporary file in the same folder and renames it: readers never see a partial file.
pub fn write(path: &Path, content: &str) -> Result<()> {
    let unwritable = || format!("the report {} cannot be written", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).context(unwritable)?;
    std::io::Write::write_all(&mut file, content.as_bytes()).context(unwritable)?;
    file.persist(path).map_err(|error| error.error).context(unwritable)?;
    Ok(())
}
