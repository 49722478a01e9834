//! What a page is told: that a saga has changed, and nothing of what has changed. The page then asks the
//! API with its own token, so that nothing of a customer can reach another this way.

use holdfast_core::ids::{BookingId, OrderId};
use serde::{Deserialize, Serialize};

/// A saga that has changed: `{"kind": "booking", "id": "b-1"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "id",
    rename_all = "snake_case",
    try_from = "Delivered"
)]
pub enum News {
    /// A booking.
    Booking(BookingId),
    /// An order.
    Order(OrderId),
}

/// What is read of an event of the bus. Whatever else it has stays unread.
#[derive(Deserialize)]
struct Delivered {
    detail: Detail,
}

#[derive(Deserialize)]
struct Detail {
    booking_id: Option<BookingId>,
    order_id: Option<OrderId>,
}

/// The event is about no saga.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event names neither a booking nor an order")]
pub struct NoNews;

impl TryFrom<Delivered> for News {
    type Error = NoNews;
    fn try_from(Delivered { detail }: Delivered) -> Result<Self, NoNews> {
        let booking = detail.booking_id.map(Self::Booking);
        booking.or(detail.order_id.map(Self::Order)).ok_or(NoNews)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(event: Value) -> serde_json::Result<News> {
        serde_json::from_value(event)
    }

    #[test]
    fn a_message_names_the_saga_and_nothing_else_of_the_event() {
        let event = json!({"source": "holdfast", "detail-type": "booked", "detail": {
            "booking_id": "b-1",
            "id": "b-1/booking.7",
            "ended": {"customer": {"id": "cus_1", "email": "ana@example.com"}},
        }});
        let news = read(event).unwrap();
        let told = serde_json::to_value(&news).unwrap();
        assert_eq!(told, json!({"kind": "booking", "id": "b-1"}));
        let order = json!({"detail": {"order_id": "o-1", "order": {"version": 2}}});
        let told = serde_json::to_value(read(order).unwrap()).unwrap();
        assert_eq!(told, json!({"kind": "order", "id": "o-1"}));
    }

    #[test]
    fn an_event_about_no_saga_is_no_news() {
        for detail in [
            json!({}),
            json!({"account_id": "a"}),
            json!({"booking_id": "a b"}),
        ] {
            assert!(read(json!({"detail": detail})).is_err(), "{detail}");
        }
        assert!(read(json!("text")).is_err());
    }
}
