//! What the API tells of bookings, as far as this program reads it. What it does not know, it leaves out.

use std::collections::BTreeMap;

use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::next::Next;
use holdfast_booking_rules::offer::Offer;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::exit::Exit;

/// A booking.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Booking {
    pub(crate) booking_id: BookingId,
    pub(crate) status: BookingStatus,
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) actions: Vec<Next>,
    pub(crate) under_way: Option<String>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) total: Option<Money>,
    /// What its traveller pays at most.
    pub(crate) max_total: Option<Money>,
    pub(crate) payment: Payment,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) created: Timestamp,
}

/// One thing to reserve.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) kind: Kind,
    pub(crate) status: LegStatus,
    pub(crate) reference: Option<String>,
    pub(crate) price: Option<Money>,
    pub(crate) reason: Option<String>,
}

/// How a booking is paid.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Payment {
    pub(crate) status: PaymentStatus,
    pub(crate) reference: Option<String>,
    /// What was given back after the trip was booked.
    pub(crate) refunded: Option<Money>,
}

/// A page of bookings.
#[derive(Debug, Deserialize)]
pub(crate) struct Bookings {
    pub(crate) bookings: Vec<Booking>,
    pub(crate) next: Option<String>,
}

/// What happened since.
#[derive(Debug, Deserialize)]
pub(crate) struct News {
    pub(crate) events: Vec<Value>,
    pub(crate) next: String,
}

/// Something that happened.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Happened {
    pub(crate) name: EventName,
    pub(crate) at: Timestamp,
    pub(crate) note: Option<String>,
    #[serde(default)]
    pub(crate) legs: BTreeMap<LegId, LegChange>,
    pub(crate) status: Option<BookingStatus>,
    pub(crate) payment: Option<PaymentStatus>,
}

/// How a leg stands since.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LegChange {
    pub(crate) status: LegStatus,
    pub(crate) reference: Option<String>,
    pub(crate) price: Option<Money>,
    pub(crate) reason: Option<String>,
}

/// What there is to choose from.
#[derive(Debug, Deserialize)]
pub(crate) struct Offers {
    pub(crate) offers: Vec<Offer>,
}

/// How a booking stands, in one word for its traveller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The whole trip is booked.
    Booked,
    /// The whole trip is undone.
    Undone,
    /// Something is left that waits at the desk.
    NeedsAttention,
    /// It waits for its traveller.
    Waits,
    /// Something is being done.
    UnderWay,
}

impl Booking {
    pub(crate) fn verdict(&self) -> Verdict {
        match self.status {
            BookingStatus::Booked => Verdict::Booked,
            BookingStatus::NeedsAttention => Verdict::NeedsAttention,
            ended if ended.has_ended() => Verdict::Undone,
            BookingStatus::AwaitingPayment if !self.actions.is_empty() => Verdict::Waits,
            _ => Verdict::UnderWay,
        }
    }

    pub(crate) fn leg(&self, id: &LegId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == *id)
    }

    /// What has to happen before it stands still.
    pub(crate) fn awaited(&self) -> String {
        let legs = |status: LegStatus| {
            let legs = self.legs.iter().filter(|leg| leg.status == status);
            let ids: Vec<_> = legs.map(|leg| leg.id.as_str()).collect();
            ids.join(", ")
        };
        match (self.status, &self.under_way) {
            (BookingStatus::Holding, _) => {
                format!(
                    "its suppliers to hold {}",
                    or(legs(LegStatus::Pending), "it")
                )
            }
            (BookingStatus::AwaitingPayment, Some(command)) => {
                format!("`{command}` to be carried out")
            }
            (BookingStatus::AwaitingPayment, None) => "its traveller to pay".to_owned(),
            (BookingStatus::Paying, _) if self.payment.status == PaymentStatus::Pending => {
                "the bank to decide about the payment".to_owned()
            }
            (BookingStatus::Paying, _) => "the payment".to_owned(),
            (BookingStatus::Confirming, _) => match legs(LegStatus::Held) {
                none if none.is_empty() => "the money to be captured".to_owned(),
                held => format!("its suppliers to confirm {held}"),
            },
            (BookingStatus::Cancelling, _) => {
                "what was cancelled to be released and refunded".to_owned()
            }
            (BookingStatus::Unwinding, _) => "everything to be undone".to_owned(),
            (status, _) => format!("it to be done: it is {}", spoken(status.as_str())),
        }
    }
}

impl Verdict {
    /// What a program ends with that has followed a booking to here.
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Booked | Self::Waits | Self::UnderWay => Exit::Done,
            Self::Undone => Exit::Undone,
            Self::NeedsAttention => Exit::NeedsAttention,
        }
    }
}

fn or(text: String, other: &str) -> String {
    if text.is_empty() {
        other.to_owned()
    } else {
        text
    }
}

/// A word of the API in plain English: `awaiting_payment` becomes `awaiting payment`.
pub(crate) fn spoken(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A booking of a flight and a hotel.
    pub(crate) fn booking(status: &str, legs: &str, payment: &str) -> Booking {
        let actions = match status {
            "awaiting_payment" => json!(["pay", "cancel"]),
            _ => json!([]),
        };
        let leg = |id: &str, kind: &str| {
            json!({"id": id, "kind": kind, "spec": {}, "status": legs, "reference": "X-1",
                "price": {"amount": 172_920, "currency": "BRL"}, "reason": null})
        };
        serde_json::from_value(json!({
            "booking_id": "b-1", "status": status, "reason": null, "actions": actions,
            "under_way": null, "legs": [leg("out", "flight"), leg("hotel", "hotel")],
            "total": {"amount": 345_840, "currency": "BRL"}, "seconds_left": 800,
            "payment": {"status": payment, "reference": null, "attempts": 0},
            "created": "2027-01-01T00:00:00Z", "something_new": true,
        }))
        .unwrap()
    }

    #[test]
    fn every_status_has_a_verdict_and_every_verdict_an_exit_status() {
        let exits = |status: &BookingStatus| {
            let booking = booking(status.as_str(), "held", "none");
            booking.verdict().exit()
        };
        for status in BookingStatus::ALL {
            let wanted = match status.as_str() {
                "expired" | "cancelled" | "failed" => Exit::Undone,
                "needs_attention" => Exit::NeedsAttention,
                _ => Exit::Done,
            };
            assert_eq!(exits(status), wanted, "{status:?}");
        }
    }

    #[test]
    fn a_booking_that_carries_out_a_command_does_not_wait_for_its_traveller() {
        let mut booking = booking("awaiting_payment", "held", "none");
        assert_eq!(booking.verdict(), Verdict::Waits);
        booking.actions.clear();
        booking.under_way = Some("add_leg car".to_owned());
        assert_eq!(booking.verdict(), Verdict::UnderWay);
        assert_eq!(booking.awaited(), "`add_leg car` to be carried out");
    }

    #[test]
    fn what_a_booking_waits_for_is_named() {
        let told = |status, legs, payment| booking(status, legs, payment).awaited();
        assert_eq!(
            told("holding", "pending", "none"),
            "its suppliers to hold out, hotel"
        );
        assert_eq!(
            told("paying", "held", "pending"),
            "the bank to decide about the payment"
        );
        assert_eq!(
            told("confirming", "confirmed", "authorized"),
            "the money to be captured"
        );
    }
}
