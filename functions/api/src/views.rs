//! A booking as its traveller sees it: one answer with all that a front end shows.

use holdfast_booking_rules::booking::{BookingStatus, Leg, LegStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::next::Next;
use holdfast_booking_rules::passenger::Passenger;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::ids::{BookingId, LegId, OfferId};
use holdfast_core::money::Money;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::schemas;

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BookingBody {
    /// Its name.
    #[schema(value_type = String)]
    booking_id: BookingId,
    /// How far it has come.
    status: BookingStatus,
    /// Why it is not `booked`.
    reason: Option<String>,
    /// What can be done next. It is a hint: another change may come first.
    actions: Vec<Next>,
    /// The command that was accepted and is being carried out, such as `add_leg car`.
    under_way: Option<String>,
    /// What has been chosen, in the order of choosing.
    legs: Vec<LegBody>,
    /// What the legs of the trip cost together, or what was authorized. Of a trip that is undone: what its
    /// legs would have cost, as far as they were held.
    total: Option<Money>,
    /// How it is paid.
    payment: PaymentBody,
    /// When the time to pay is over.
    #[schema(value_type = String, format = DateTime)]
    deadline: Timestamp,
    /// How many seconds are left until then, as long as it matters.
    seconds_left: Option<u64>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated: Timestamp,
    /// What the traveller pays at most, where they said so.
    max_total: Option<Money>,
    /// Those who travel, where they are named.
    #[schema(value_type = Vec<String>)]
    passengers: Vec<Passenger>,
    /// Follows it through everything.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
}

/// One thing that has been chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LegBody {
    /// Its name within the booking.
    #[schema(value_type = String)]
    id: LegId,
    /// What sort of thing it is.
    kind: Kind,
    /// What is reserved.
    #[schema(schema_with = schemas::any_spec)]
    spec: Value,
    /// The offer whose price it has, where the traveller named one.
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// How it stands.
    status: LegStatus,
    /// The supplier's name for it.
    reference: Option<String>,
    /// What it costs.
    price: Option<Money>,
    /// What comes back of the price to a traveller who gives it back in time.
    refund: Option<Refund>,
    /// Until when the supplier holds it.
    #[schema(value_type = Option<String>, format = DateTime)]
    hold_expires: Option<Timestamp>,
    /// Why it is not a part of the trip, or not yet.
    reason: Option<String>,
}

/// How a booking is paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaymentBody {
    /// How the payment stands.
    status: PaymentStatus,
    /// The supplier's name for it.
    reference: Option<String>,
    /// How many cards were tried.
    attempts: u32,
    /// What was given back for legs that were cancelled after the trip was booked.
    refunded: Option<Money>,
}

/// How a booking stands, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// Its name.
    #[schema(value_type = String)]
    booking_id: BookingId,
    /// How far it has come.
    status: BookingStatus,
    /// What can be done next.
    actions: Vec<Next>,
    /// The command that was accepted and is being carried out.
    under_way: Option<String>,
    /// How many seconds are left to pay, as long as it matters.
    seconds_left: Option<u64>,
}

impl BookingBody {
    /// A booking as it stands now.
    pub(crate) fn new(snapshot: &Snapshot, now: Timestamp) -> Self {
        let booking = &snapshot.booking;
        let payment = &snapshot.payment.state;
        let legs = snapshot.legs.iter();
        let legs = legs.map(|leg| LegBody::new(leg, snapshot.reason_of(leg)));
        Self {
            booking_id: booking.booking_id.clone(),
            status: booking.state.status,
            reason: booking.state.reason.clone(),
            actions: snapshot.next(now),
            under_way: under_way(snapshot),
            legs: legs.collect(),
            total: snapshot.total_shown(),
            payment: PaymentBody {
                status: payment.status,
                reference: payment.reference.clone(),
                attempts: payment.attempts,
                refunded: payment
                    .refunded
                    .as_ref()
                    .map(|refunded| refunded.sum.clone()),
            },
            deadline: booking.state.timer.deadline,
            seconds_left: seconds_left(snapshot, now),
            created: booking.created,
            updated: booking.updated,
            max_total: booking.max_total.clone(),
            passengers: booking.passengers.clone(),
            trace_id: booking.trace_id.clone(),
        }
    }
}

impl BookingBody {
    /// The same, but for what changes with every second.
    pub(crate) fn without_clock(&self) -> Self {
        Self {
            seconds_left: None,
            ..self.clone()
        }
    }
}

impl LegBody {
    fn new(leg: &Leg, reason: Option<String>) -> Self {
        Self {
            id: leg.id.clone(),
            kind: leg.kind,
            spec: leg.spec.clone(),
            offer: leg.offer.clone(),
            status: leg.state.status,
            reference: leg.state.reference.clone(),
            price: leg.state.price.clone(),
            refund: leg.state.refund.clone(),
            hold_expires: leg.state.hold_expires,
            reason,
        }
    }
}

impl Standing {
    /// A booking as it stands now.
    pub(crate) fn new(snapshot: &Snapshot, now: Timestamp) -> Self {
        Self {
            booking_id: snapshot.booking.booking_id.clone(),
            status: snapshot.booking.state.status,
            actions: snapshot.next(now),
            under_way: under_way(snapshot),
            seconds_left: seconds_left(snapshot, now),
        }
    }
}

/// What the execution that waits has been told, or will be. Later the status itself tells what is being
/// carried out.
fn under_way(snapshot: &Snapshot) -> Option<String> {
    let waiting = snapshot.listening()?;
    waiting.taken.as_ref().map(|taken| taken.command.clone())
}

fn seconds_left(snapshot: &Snapshot, now: Timestamp) -> Option<u64> {
    snapshot.time_left(now).map(|left| left.as_secs())
}
