//! The rows of a booking, and the items that they are.

use holdfast_booking_rules::booking::{Booking, BookingStatus, Leg, Payment};
use holdfast_core::time::Timestamp;
use holdfast_kit::table;
use holdfast_kit::table::item::{Item, kept, text};

use super::KEPT;

/// The sort key of the booking itself.
pub(super) const BOOKING: &str = "BOOKING";
/// The sort key of its payment.
pub(super) const PAYMENT: &str = "PAYMENT";
/// What the sort keys of its legs begin with; they sort by order.
pub(super) const LEGS: &str = "LEG#";

/// A row of a booking.
#[derive(Clone, Debug)]
pub enum Row {
    /// The booking itself.
    Booking(Box<Booking>),
    /// One of its legs.
    Leg(Leg),
    /// Its payment.
    Payment(Payment),
}

/// What the index `unfinished` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// Bookings that have not ended, or wait for a person.
    Booking(BookingStatus),
    /// Legs that left their trip and could not be released, however the trip stands.
    LeftLeg,
}

impl Unfinished {
    /// The word for it in the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booking(status) => status.as_str(),
            Self::LeftLeg => "left_leg",
        }
    }
}

/// The sort key of a leg.
pub(super) fn leg(order: u32, id: &str) -> String {
    format!("{LEGS}{order:03}#{id}")
}

impl table::Row for Row {
    fn sort(&self) -> String {
        match self {
            Self::Booking(_) => BOOKING.to_owned(),
            Self::Leg(row) => leg(row.order, row.id.as_str()),
            Self::Payment(_) => PAYMENT.to_owned(),
        }
    }

    fn version(&self) -> u32 {
        match self {
            Self::Booking(row) => row.version,
            Self::Leg(row) => row.version,
            Self::Payment(row) => row.version,
        }
    }

    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error> {
        match self {
            Self::Booking(row) => Ok(indexed(serde_dynamo::to_item(row)?, row)),
            Self::Leg(row) => Ok(leg_item(serde_dynamo::to_item(row)?, row, at)),
            Self::Payment(row) => Ok(kept(serde_dynamo::to_item(row)?, at, KEPT)),
        }
    }

    fn from_item(sort: &str, item: Item) -> Result<Self, serde_dynamo::Error> {
        match sort {
            BOOKING => serde_dynamo::from_item(item)
                .map(Box::new)
                .map(Self::Booking),
            PAYMENT => serde_dynamo::from_item(item).map(Self::Payment),
            _ => serde_dynamo::from_item(item).map(Self::Leg),
        }
    }

    /// How often a leg was tried is bookkeeping; how often a payment was, tells which one it is.
    fn bookkeeping(&self) -> &'static [&'static str] {
        match self {
            Self::Booking(_) => &["updated", "due", "expires"],
            Self::Leg(_) => &["expires", "due", "attempts", "last_error"],
            Self::Payment(_) => &["expires", "last_error"],
        }
    }
}

/// The attributes that the indexes are made of: by customer, and by status as long as it is
/// unfinished. An unfinished booking has no time to live; that of its other rows is renewed by the
/// sweep as long as the booking waits at the desk.
fn indexed(mut item: Item, booking: &Booking) -> Item {
    let customer = text(booking.customer.id.to_string());
    item.insert("customer_id".to_owned(), customer);
    let status = booking.state.status;
    if status.is_finished() {
        return kept(item, booking.updated, KEPT);
    }
    let word = Unfinished::Booking(status).as_str();
    item.insert("unfinished".to_owned(), text(word));
    // Those that wait for a person come in the order in which they were last tried.
    let due = match status.has_ended() {
        true => booking.updated,
        false => booking.due(),
    };
    item.insert("due".to_owned(), text(due.to_string()));
    item
}

/// A leg that is left over is in the index, whatever has become of its trip.
fn leg_item(item: Item, leg: &Leg, at: Timestamp) -> Item {
    let mut item = kept(item, at, KEPT);
    if leg.state.is_left_over() {
        let word = Unfinished::LeftLeg.as_str();
        item.insert("unfinished".to_owned(), text(word));
        item.insert("due".to_owned(), text(at.to_string()));
    }
    item
}
