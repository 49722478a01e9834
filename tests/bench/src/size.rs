//! How large a program is, and how large its upload.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The size of a file in bytes.
pub(crate) fn of(file: &Path) -> Result<u64, String> {
    let found = fs::metadata(file).map_err(|problem| format!("{}: {problem}", file.display()))?;
    Ok(found.len())
}

/// The size of a file in bytes after `gzip -9`.
///
/// # Errors
/// Where there is no `gzip`.
pub(crate) fn compressed(file: &Path) -> Result<u64, String> {
    let mut gzip = Command::new("gzip");
    let gzip = gzip.args(["-9", "-c"]).arg(file).stdin(Stdio::null());
    let output = gzip
        .output()
        .map_err(|problem| format!("gzip: {problem}"))?;
    if !output.status.success() {
        return Err(format!("gzip: {}", String::from_utf8_lossy(&output.stderr)));
    }
    u64::try_from(output.stdout.len()).map_err(|problem| problem.to_string())
}
