//! The execution that drives a saga: the trace that it begins, whether it is the one that a saga knows,
//! and since when it waits.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The trace of an execution that was given none: 32 hexadecimal digits, as W3C trace context has them.
/// Two executions never share an ARN, so the hash of it will do.
pub fn trace_id(execution: &str, now: Timestamp) -> String {
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, execution).hash(&mut hasher);
        hasher.finish()
    };
    let seconds = u32::try_from(now.as_seconds()).unwrap_or_default();
    format!("{seconds:08x}{:016x}{:08x}", hash(0), hash(1) >> 32)
}

/// A name is free again 90 days after its execution; a saga is written within minutes of its start.
const NAMES_ARE_KEPT: Duration = Duration::from_secs(86_400);

/// Whether an execution uses the name of a saga's own execution again, and so has the same ARN: it was
/// started long after the saga was written.
pub fn is_namesake(started: Option<Timestamp>, created: Timestamp) -> bool {
    started.is_some_and(|started| started > created + NAMES_ARE_KEPT)
}

/// Since when an execution waits: when it came to its state, and how often it has tried that again.
/// The later of two is the one that it listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Since {
    /// When the state was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<Timestamp>,
    /// How often it was tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<u32>,
}
