//! Which request has made which booking: the same `Idempotency-Key` leads to the same booking.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, kept, key};
use serde::{Deserialize, Serialize};

use super::{Customers, hash};

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
        let new = self.items.item(request_key(customer, key), request)?;
        let new = kept(new, now, REMEMBERED);
        match self.items.put("remembering", new, &Condition::New).await? {
            Put::Done => Ok(None),
            Put::Refused(Some(known)) => self.items.read(known).map(Some),
            Put::Refused(None) => Err(self
                .items
                .unavailable("remembering", "the key was just freed")),
        }
    }
}

fn request_key(customer: &CustomerId, request: &str) -> Item {
    key(
        format!("CUSTOMER#{customer}"),
        format!("REQUEST#{}", hash(request)),
    )
}
