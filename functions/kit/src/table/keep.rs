//! How long rows are kept. Each is written with its own time to live, so that an aggregate that ends
//! in time costs no further write. The rows of one that has not ended for very long are renewed.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::item::{Item, number, text, text_of};
use super::watch::WATCH;
use super::{Aggregate, Table};

/// A row that has lost this much of its time is renewed.
const WORN: Duration = Duration::from_secs(30 * 86_400);

impl<A: Aggregate> Table<A> {
    /// Renews the time to live of all rows and events of an aggregate that were written, or renewed,
    /// more than a month ago. A row without one gets none, and claims go their own way.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; what is left is renewed the next time.
    pub async fn renew(&self, id: &A::Id, now: Timestamp) -> Result<(), Failure> {
        for item in self.worn(id, now).await? {
            if let Some(sort) = text_of(&item, "sk").filter(|sort| *sort != WATCH) {
                self.renew_row(id, sort, now).await?;
            }
        }
        Ok(())
    }

    async fn worn(&self, id: &A::Id, now: Timestamp) -> Result<Vec<Item>, Failure> {
        let worn = now + A::KEPT - WORN;
        let mut pages = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .key_condition_expression("pk = :pk")
            .filter_expression("expires < :worn")
            .projection_expression("sk")
            .expression_attribute_values(":pk", text(Self::partition(id)))
            .expression_attribute_values(":worn", number(worn.as_seconds()))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| {
                let error = DisplayErrorContext(error);
                self.items.unavailable("looking for old rows", error)
            })?;
            items.push(item);
        }
        Ok(items)
    }

    /// A row that was written meanwhile is kept as its writer wished.
    async fn renew_row(&self, id: &A::Id, sort: &str, now: Timestamp) -> Result<(), Failure> {
        let renewed = self.items.client().update_item();
        let renewed = renewed
            .table_name(self.items.table())
            .set_key(Some(Self::key(id, sort)))
            .condition_expression("expires < :until")
            .update_expression("SET expires = :until")
            .expression_attribute_values(":until", number((now + A::KEPT).as_seconds()))
            .send()
            .await;
        let Err(error) = renewed else { return Ok(()) };
        let was_written = error
            .as_service_error()
            .is_some_and(|error| error.is_conditional_check_failed_exception());
        if was_written {
            return Ok(());
        }
        let error = DisplayErrorContext(error);
        Err(self.items.unavailable("renewing a row", error))
    }
}
