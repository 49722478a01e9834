//! Moments in the table: milliseconds since 1970. Shorter than text, and to read text takes more code.

use holdfast_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a moment.
///
/// # Errors
/// What the format says.
// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    at.as_millis().serialize(serializer)
}

/// Reads a moment.
///
/// # Errors
/// What the format says.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    i64::deserialize(deserializer).map(Timestamp::from_millis)
}
