//! Where things are stored: the sort keys of a booking's items, the suppliers' breakers, and the
//! messages from outside that were received.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_booking_rules::event::Event;
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::ids::BookingId;

/// The sort key of the booking itself.
pub(super) const BOOKING: &str = "BOOKING";
/// The sort key of its payment.
pub(super) const PAYMENT: &str = "PAYMENT";
/// What the sort keys of its legs begin with; they sort by order.
pub(super) const LEGS: &str = "LEG#";
/// What the sort keys of its events begin with; they sort by time.
pub(super) const EVENTS: &str = "EVENT#";

/// The sort key of a supplier's circuit breaker, which has a partition of its own.
const BREAKER: &str = "BREAKER";
/// The sort key of a message that was received, which has a partition of its own, too.
const WEBHOOK: &str = "WEBHOOK";

pub(super) type Item = HashMap<String, AttributeValue>;

/// The partition of a booking.
pub(super) fn partition(booking: &BookingId) -> AttributeValue {
    AttributeValue::S(format!("BOOKING#{booking}"))
}

/// Whose item it is.
pub(super) fn booking_of(item: &Item) -> Option<BookingId> {
    item.get("pk")?
        .as_s()
        .ok()?
        .strip_prefix("BOOKING#")?
        .parse()
        .ok()
}

/// The sort key of a leg.
pub(super) fn leg(order: u32, id: &str) -> String {
    format!("{LEGS}{order:03}#{id}")
}

/// The sort key of an event.
pub(super) fn event(event: &Event) -> String {
    format!("{EVENTS}{}#{}", event.at, event.unique())
}

/// The whole key of an item.
pub(super) fn key(booking: &BookingId, sort: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), partition(booking)),
        ("sk".to_owned(), AttributeValue::S(sort.to_owned())),
    ])
}

/// The whole key of a supplier's circuit breaker.
pub(super) fn breaker(supplier: Participant) -> Item {
    alone(BREAKER, supplier.as_str())
}

/// The whole key of a message that was received.
pub(super) fn webhook(id: &str) -> Item {
    alone(WEBHOOK, id)
}

/// The whole key of an item that has a partition to itself.
fn alone(sort: &str, id: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(format!("{sort}#{id}"))),
        ("sk".to_owned(), AttributeValue::S(sort.to_owned())),
    ])
}
