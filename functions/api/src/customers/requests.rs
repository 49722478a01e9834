//! Which request has made which booking: the same `Idempotency-Key` leads to the same booking.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Customers, Item, hash, item, key, not_put, read, refused, unavailable};

/// How long a request is remembered, at least.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// A request for a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Tells one body from another, and tells nothing of it.
    pub fingerprint: String,
    /// The booking that it makes.
    pub booking_id: BookingId,
}

impl Request {
    /// A request with this body for a booking of this name.
    pub fn new(body: &str, booking_id: BookingId) -> Self {
        let fingerprint = hash(body);
        Self {
            fingerprint,
            booking_id,
        }
    }
}

impl Customers {
    /// Remembers a request under its key; or tells which one the key was used for before.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn remember(
        &self,
        customer: &CustomerId,
        key: &str,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Request>, Failure> {
        let mut new = item(request_key(customer, key), request)?;
        let expires = (now + REMEMBERED).as_seconds().to_string();
        new.insert("expires".to_owned(), AttributeValue::N(expires));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(new))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else {
            return Ok(None);
        };
        match refused(&error, not_put) {
            Some(known) => read(known).map(Some),
            None => Err(unavailable("remembering", DisplayErrorContext(error))),
        }
    }
}

fn request_key(customer: &CustomerId, request: &str) -> Item {
    key(
        format!("CUSTOMER#{customer}"),
        format!("REQUEST#{}", hash(request)),
    )
}
