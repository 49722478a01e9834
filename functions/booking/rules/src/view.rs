//! A booking as its users see it: the execution's output.

pub mod saga;

use serde::{Deserialize, Serialize};

use crate::booking::{BookingStatus, LegStatus, PaymentStatus, Snapshot};
use crate::spec::Kind;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::State;

/// A booking, for its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingView {
    /// The name of its execution.
    pub booking_id: BookingId,
    /// How far it has come.
    pub status: BookingStatus,
    /// Why it is not `booked`.
    pub reason: Option<String>,
    /// What its legs cost together.
    pub total: Option<Money>,
    /// Its legs, in order.
    pub legs: Vec<LegView>,
    /// Its payment.
    pub payment: PaymentView,
    /// Its hold timer.
    pub timer: TimerView,
}

/// A leg, for its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegView {
    /// Its name within the booking.
    pub id: LegId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// How it stands.
    pub status: LegStatus,
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What it costs.
    pub price: Option<Money>,
    /// Why it is not held or confirmed, where something went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A payment, for its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// How it stands.
    pub status: PaymentStatus,
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What was given back for legs that were cancelled after the trip was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
}

/// A hold timer, for its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerView {
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// When it is due.
    pub deadline: Timestamp,
}

impl From<&Snapshot> for BookingView {
    fn from(snapshot: &Snapshot) -> Self {
        let state = &snapshot.booking.state;
        let legs = snapshot.legs.iter().map(|leg| LegView {
            id: leg.id.clone(),
            kind: leg.kind,
            status: leg.state.status,
            reference: leg.state.reference.clone(),
            price: leg.state.price.clone(),
            reason: snapshot.reason_of(leg),
        });
        let refunded = snapshot.payment.state.refunded.as_ref();
        Self {
            booking_id: snapshot.booking.booking_id.clone(),
            status: state.status,
            reason: state.reason.clone(),
            total: snapshot.total_shown(),
            legs: legs.collect(),
            payment: PaymentView {
                status: snapshot.payment.state.status,
                reference: snapshot.payment.state.reference.clone(),
                refunded: refunded.map(|refunded| refunded.sum.clone()),
            },
            timer: TimerView {
                state: state.timer.state,
                deadline: state.timer.deadline,
            },
        }
    }
}

impl Snapshot {
    /// What the legs of the trip cost together, as far as they have prices that add up.
    pub fn total(&self) -> Option<Money> {
        Money::sum(self.trip().filter_map(|leg| leg.state.price.as_ref()))
            .ok()
            .flatten()
    }

    /// What users are shown: the sum that is authorized; before that what the legs of the trip cost
    /// together; and of a trip that is undone, what they would have cost, as far as they were held.
    pub fn total_shown(&self) -> Option<Money> {
        let legs = self.legs.iter().filter(|leg| !leg.state.dropped);
        let undone = Money::sum(legs.filter_map(|leg| leg.state.price.as_ref()));
        let amount = self.booking.state.amount.clone();
        amount
            .or_else(|| self.total())
            .or_else(|| undone.ok().flatten())
    }
}
