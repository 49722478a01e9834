//! A booking as it stands: the booking itself, its legs, its payment.
//!
//! Each of the three is a record with a version of its own. What a record *is* (its state) changes
//! only together with an event; how often it was tried and what went wrong last is kept beside.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::Script;
use crate::passenger::Passenger;
use crate::request::Customer;
use crate::spec::Kind;
use holdfast_core::ids::{BookingId, LegId, OfferId};
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{State, Timer};

pub use crate::status::{BookingStatus, Ending, LegStatus, PaymentStatus};
pub use crate::waiting::{Taken, Waiting};

/// The booking itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The name of its execution.
    pub booking_id: BookingId,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: BookingState,
    /// Who travels.
    pub customer: Customer,
    /// What the traveller pays at most, where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<Money>,
    /// Those who travel, where they are named. Besides, the event that books the trip holds them, for its letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passengers: Vec<Passenger>,
    /// Scripted mishaps of the steps that are about the whole of it.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// The execution that drives it.
    pub execution: String,
    /// The execution waits, or has waited last, for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Follows the booking through logs, suppliers and events.
    pub trace_id: String,
    /// The version of the code that opened it.
    pub definition: String,
    /// When it was opened.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

impl Booking {
    /// When a change was due at the latest.
    pub fn due(&self) -> Timestamp {
        let timer = &self.state.timer;
        match timer.state {
            State::Running | State::Fired => timer.deadline,
            State::Paused { lease_ends } => timer.deadline.max(lease_ends),
            State::Cancelled { .. } => self.updated,
        }
    }
}

/// The part of a booking that its events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingState {
    /// How far it has come.
    pub status: BookingStatus,
    /// Who came first, payment or time.
    pub timer: Timer,
    /// What the unwinding leads to, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Why it is not `booked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sum that is authorized and captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The last cancellation of the booked trip, or of some of its legs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
}

/// What a traveller gives back of a booked trip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Which one of this booking it is, counted from 1.
    pub number: u32,
    /// The legs that are given back.
    pub legs: Vec<LegId>,
    /// What the traveller gets for them; nothing where the trip was never paid for and is given back
    /// whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Money>,
}

impl BookingState {
    /// Whether it is past its commit point, not booked yet, and has not been given up since: then it
    /// is finished, never undone.
    pub fn goes_forward_only(&self) -> bool {
        let turned_back = self.status == BookingStatus::Unwinding || self.ending.is_some();
        self.timer.is_committed() && !turned_back && !self.was_booked()
    }

    /// Whether it has been booked.
    pub fn was_booked(&self) -> bool {
        self.status == BookingStatus::Booked || self.cancellation.is_some()
    }

    /// The cancellation of the booked trip that is under way, at the desk included.
    pub fn cancelling(&self) -> Option<&Cancellation> {
        let is_under_way = matches!(
            self.status,
            BookingStatus::Cancelling | BookingStatus::NeedsAttention
        );
        self.cancellation.as_ref().filter(|_| is_under_way)
    }

    /// Whether it is undone, or being undone, before it was ever booked. There is no way back from
    /// there.
    pub fn is_being_undone(&self) -> bool {
        match self.status {
            BookingStatus::Unwinding | BookingStatus::Expired | BookingStatus::Failed => true,
            BookingStatus::Cancelled => !self.was_booked(),
            BookingStatus::NeedsAttention => !self.was_booked() && !self.goes_forward_only(),
            _ => false,
        }
    }
}

/// One thing to reserve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Its name within the booking.
    pub id: LegId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// When it was touched, among the legs; undone in reverse.
    pub order: u32,
    /// What to reserve, as the supplier wants it.
    pub spec: Value,
    /// The supplier's offer whose price it has, where the traveller named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// Whether the booking names those who travel, whom the supplier is told.
    #[serde(default, skip_serializing_if = "is_false")]
    pub named: bool,
    /// Scripted faults and mishaps.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: LegState,
    /// How many calls to the supplier came to nothing.
    #[serde(default)]
    pub attempts: u32,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

impl Leg {
    /// Why it is not a part of the trip, or not yet, where something went wrong.
    pub fn reason(&self) -> Option<&str> {
        let is_well = matches!(self.state.status, LegStatus::Held | LegStatus::Confirmed);
        let why = self.last_error.as_deref();
        why.filter(|_| self.state.dropped || !is_well)
    }
}

/// The part of a leg that events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegState {
    /// How it stands.
    pub status: LegStatus,
    /// The supplier's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What its supplier gives back of the price; nothing where it did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Refund>,
    /// Until when the supplier holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_expires: Option<Timestamp>,
    /// Out of the trip for good: the traveller dropped it, or it could not be held. Whatever its
    /// supplier has of it is released, at any time.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dropped: bool,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl LegState {
    /// A leg of which nothing is known yet.
    pub fn pending() -> Self {
        Self {
            status: LegStatus::Pending,
            reference: None,
            price: None,
            refund: None,
            hold_expires: None,
            dropped: false,
        }
    }

    /// The same leg, out of the trip for good.
    #[must_use]
    pub fn out(&self) -> Self {
        Self {
            dropped: true,
            ..self.clone()
        }
    }

    /// Whether it is a part of the trip: what is paid for, and what a total counts.
    pub fn is_of_the_trip(&self) -> bool {
        !self.dropped && !self.status.is_gone()
    }

    /// What is given back at this moment to a traveller who gives it back.
    pub fn refund(&self, now: Timestamp) -> Option<Money> {
        let price = self.price.as_ref()?;
        let terms = self.refund.as_ref();
        Some(terms.map_or_else(|| price.percent(0), |terms| terms.of(price, now)))
    }

    /// Whether it left the trip and could not be released: it waits at the desk, however the trip stands.
    pub fn is_left_over(&self) -> bool {
        self.dropped && self.status == LegStatus::ReleaseFailed
    }

    /// The same leg, with another status.
    #[must_use]
    pub fn with(&self, status: LegStatus) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }
}

/// The payment of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: PaymentState,
    /// Until when the supplier's decision is waited for, where it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide_by: Option<Timestamp>,
    /// Scripted faults.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// The part of a payment that events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentState {
    /// How it stands.
    pub status: PaymentStatus,
    /// How many tokens were tried; names the attempt's idempotency key.
    pub attempts: u32,
    /// What the last of them pays by.
    #[serde(default, skip_serializing_if = "Method::is_card")]
    pub method: Method,
    /// The supplier's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What was given back of it after the trip was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Refunded>,
}

/// What was given back for cancellations of a booked trip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The cancellations that it includes, by number. One that was given up at the desk may be refunded
    /// after the next one.
    pub cancellations: BTreeSet<u32>,
    /// How much, for all of them together.
    pub sum: Money,
}

impl PaymentState {
    /// Whether the refund of this cancellation was given back.
    pub fn was_refunded_for(&self, cancellation: u32) -> bool {
        let refunded = self.refunded.as_ref();
        refunded.is_some_and(|known| known.cancellations.contains(&cancellation))
    }

    /// A payment that was not tried.
    pub fn none() -> Self {
        Self {
            status: PaymentStatus::None,
            attempts: 0,
            method: Method::default(),
            reference: None,
            refunded: None,
        }
    }

    /// The same payment, with another status.
    #[must_use]
    pub fn with(&self, status: PaymentStatus) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }

    /// Whether there is surely no money reserved or taken at the supplier.
    pub fn is_gone(&self) -> bool {
        match self.status {
            PaymentStatus::None => self.attempts == 0,
            PaymentStatus::Declined | PaymentStatus::Voided | PaymentStatus::Refunded => true,
            _ => false,
        }
    }
}

/// A booking with its legs, in order, and its payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The booking itself.
    pub booking: Booking,
    /// Its legs, in the order in which they were touched.
    pub legs: Vec<Leg>,
    /// Its payment.
    pub payment: Payment,
}

impl Snapshot {
    /// When the first of the suppliers' holds ends.
    pub fn holds_end(&self) -> Option<Timestamp> {
        let held = self
            .trip()
            .filter(|leg| leg.state.status == LegStatus::Held);
        held.filter_map(|leg| leg.state.hold_expires).min()
    }

    /// The legs that are a part of the trip, in order.
    pub fn trip(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.state.is_of_the_trip())
    }

    /// A leg by name.
    pub fn leg(&self, id: &LegId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == *id)
    }
}
