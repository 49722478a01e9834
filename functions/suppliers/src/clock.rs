//! Time as a parameter, so that tests make a hold expire without waiting for it.

use std::time::{SystemTime, UNIX_EPOCH};

use holdfast_core::time::Timestamp;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(0) + since
    }
}
