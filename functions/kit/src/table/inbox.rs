//! Messages from outside that were received, so that one that is delivered again is recognised.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::item::{alone, kept};
use super::{Aggregate, Table};

/// Senders give up long before.
pub(super) const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

impl<A: Aggregate> Table<A> {
    /// Whether a message of this name was received.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn has_received(&self, message: &str) -> Result<bool, Failure> {
        let found = self.items.get_item(alone(A::INBOX, message)).await?;
        Ok(found.is_some())
    }

    /// Notes that a message of this name was received.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn note_received(&self, message: &str, now: Timestamp) -> Result<(), Failure> {
        let item = kept(alone(A::INBOX, message), now, REMEMBERED);
        let put = self.items.client().put_item();
        let put = put.table_name(self.items.table()).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("noting a message", error)
        })
    }
}
