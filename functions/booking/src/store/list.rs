//! The bookings of a customer, the newest first, page by page. The index that tells them may be a
//! moment behind.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Store, keys, unavailable};

/// A place in the list: behind this booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// When the booking was opened.
    pub created: Timestamp,
    /// Which it is.
    pub booking_id: BookingId,
}

/// Some bookings, and where the list goes on.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The bookings.
    pub bookings: Vec<Snapshot>,
    /// Behind which the rest comes; nothing where there is no rest.
    pub next: Option<Place>,
}

impl Store {
    /// A page of a customer's bookings.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn bookings_of(
        &self,
        customer: &CustomerId,
        after: Option<&Place>,
        most: i32,
    ) -> Result<Page, Failure> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("by-customer")
            .key_condition_expression("customer_id = :customer")
            .expression_attribute_values(":customer", AttributeValue::S(customer.to_string()))
            .scan_index_forward(false)
            .set_exclusive_start_key(after.map(|place| place.key(customer)))
            .limit(most)
            .send()
            .await
            .map_err(|error| unavailable("listing", DisplayErrorContext(error)))?;
        let next = answer.last_evaluated_key.as_ref().and_then(Place::of);
        let ids: Vec<_> = answer.items().iter().filter_map(keys::booking_of).collect();
        let found = try_join_all(ids.iter().map(|id| self.find(id))).await?;
        let bookings = found.into_iter().flatten().collect();
        Ok(Page { bookings, next })
    }
}

impl Place {
    fn key(&self, customer: &CustomerId) -> keys::Item {
        let mut key = keys::key(&self.booking_id, keys::BOOKING);
        let text = |text: String| AttributeValue::S(text);
        key.insert("customer_id".to_owned(), text(customer.to_string()));
        key.insert("created".to_owned(), text(self.created.to_string()));
        key
    }

    fn of(item: &keys::Item) -> Option<Self> {
        let created = item.get("created")?.as_s().ok()?.parse().ok()?;
        let booking_id = keys::booking_of(item)?;
        Some(Self {
            created,
            booking_id,
        })
    }
}
