//! Messages from outside that were received, so that one that is delivered again is recognised.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::{Store, keys, unavailable};

/// Senders give up long before.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

impl Store {
    /// Whether a message of this name was received.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn has_received(&self, id: &str) -> Result<bool, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::webhook(id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable("looking for a message", DisplayErrorContext(error)))?;
        Ok(answer.item.is_some())
    }

    /// Notes that a message of this name was received.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn note_received(&self, id: &str, now: Timestamp) -> Result<(), Failure> {
        let until = (now + REMEMBERED).as_seconds().to_string();
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(keys::webhook(id)))
            .item("expires", AttributeValue::N(until))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("noting a message", DisplayErrorContext(error)))
    }
}
