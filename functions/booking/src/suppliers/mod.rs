//! What the suppliers are told of a booking, and what they offer. How they are asked is the kit's:
//! [`holdfast_kit::suppliers`].

mod offers;

pub use offers::offers;

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::passenger::Passenger;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::ids::{BookingId, OfferId};
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_kit::suppliers::Supplier;
use serde::Serialize;
use serde_json::Value;

/// Whom to ask about legs of a kind.
pub fn of_legs(kind: Kind) -> Supplier {
    Supplier::Named(kind.as_str())
}

/// All that bookings ask from behind a breaker.
pub fn guarded() -> Vec<Supplier> {
    let legs = Kind::ALL.iter().copied().map(of_legs);
    let payments = Method::ALL.iter().copied().map(Supplier::Payment);
    legs.chain(payments).collect()
}

/// The particulars of a call about a leg.
#[derive(Clone, Debug, Serialize)]
pub struct LegBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// The leg's name within it.
    pub leg: &'a str,
    /// What to reserve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<&'a Value>,
    /// The offer whose price is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<&'a OfferId>,
    /// Those who travel.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub passengers: &'a [Passenger],
}

/// The particulars of a call about money.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// Which token of the traveller's it is about, counted from 1.
    pub attempt: u32,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<&'a Money>,
    /// Where to report a decision that comes later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_to: Option<&'a str>,
    /// Which refund of a part it is, counted from 1; without it, a refund gives everything back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<u32>,
}

impl<'a> PaymentBody<'a> {
    /// About this much of a booking's payment, by the attempt that was made last.
    pub fn about(snapshot: &'a Snapshot, amount: Option<&'a Money>) -> Self {
        Self {
            booking: &snapshot.booking.booking_id,
            attempt: snapshot.payment.state.attempts,
            token: None,
            amount,
            report_to: None,
            refund: None,
        }
    }
}
