//! Write units, as DynamoDB counts them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// A count of write units. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Spent(Arc<AtomicU64>);

impl Spent {
    /// How many there were.
    pub fn write_units(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, consumed: Option<&ConsumedCapacity>) {
        let units = consumed.and_then(ConsumedCapacity::capacity_units);
        // Writes are charged in whole units.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let units = units.unwrap_or_default().round() as u64;
        self.0.fetch_add(units, Ordering::Relaxed);
    }
}
