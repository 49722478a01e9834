//! Which request has made what: the same `Idempotency-Key` leads to the same booking or order.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId, OrderId};
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, kept, key};
use serde::{Deserialize, Serialize};

use super::{Customers, hash};

/// How long a request is remembered, at least.
pub(super) const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// What the sort keys of requests begin with.
pub(super) const REQUESTS: &str = "REQUEST#";

/// A request for a booking or an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Tells one body from another, and tells nothing of it.
    pub fingerprint: String,
    /// What it makes.
    #[serde(flatten)]
    pub makes: Made,
}

/// What a request makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// This booking.
    #[serde(rename = "booking_id")]
    Booking(BookingId),
    /// This order.
    #[serde(rename = "order_id")]
    Order(OrderId),
}

impl Request {
    /// A request with this body.
    pub fn new(body: &str, makes: Made) -> Self {
        let fingerprint = hash(body);
        Self { fingerprint, makes }
    }

    /// Whether it had this body.
    pub fn has_body(&self, body: &str) -> bool {
        self.fingerprint == hash(body)
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

    /// The request that came under this key.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn remembered(
        &self,
        customer: &CustomerId,
        key: &str,
    ) -> Result<Option<Request>, Failure> {
        self.items.get(request_key(customer, key)).await
    }
}

fn request_key(customer: &CustomerId, request: &str) -> Item {
    key(
        format!("CUSTOMER#{customer}"),
        format!("{REQUESTS}{}", hash(request)),
    )
}
