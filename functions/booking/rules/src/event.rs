//! The history of a booking. Every change of state is written together with its event, and folding
//! the events gives the state: [`fold`] checks that nothing is missing and nothing contradicts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::action::PAYMENT;
use crate::booking::{BookingState, LegState, PaymentState, PaymentStatus, Snapshot};
use crate::passenger::Passenger;
use crate::request::Customer;
use crate::spec::Kind;
use holdfast_core::change::fold_record;
pub use holdfast_core::change::{BrokenHistory, Change};
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{State, Timer};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The booking was opened, with its legs and its timer.
    BookingOpened,
    /// A supplier holds a leg.
    LegHeld,
    /// A supplier would not hold a leg.
    LegRefused,
    /// A supplier made a leg definite.
    LegConfirmed,
    /// A supplier may have done what was asked for a leg, and did not say.
    LegUnknown,
    /// A leg was undone.
    LegReleased,
    /// A leg that could not be held is out of the trip.
    LegGivenUp,
    /// A leg could not be undone and went to the desk.
    LegReleaseFailed,
    /// A payment started; the timer is paused.
    PaymentStarted,
    /// The payment supplier has not decided yet.
    PaymentPending,
    /// The money is reserved.
    PaymentAuthorized,
    /// The payment supplier would not; the timer goes on.
    PaymentDeclined,
    /// The traveller pays by something else instead: a payment that was pending is undone; the timer
    /// goes on.
    PaymentWithdrawn,
    /// The payment supplier may have done what was asked, and did not say.
    PaymentUnknown,
    /// The money was taken of a booking that had been given up.
    PaymentCaptured,
    /// The reservation of the money was undone.
    PaymentVoided,
    /// The money was given back.
    PaymentRefunded,
    /// The payment could not be undone and went to the desk.
    PaymentReleaseFailed,
    /// The money could not be taken after the commit point; the capture went to the desk.
    CaptureOwed,
    /// The commit point: from here it only goes forward.
    Committed,
    /// The money is taken, the trip is booked.
    Booked,
    /// All are held; the traveller may pay.
    AwaitingPayment,
    /// The traveller said what to do next.
    CommandTaken,
    /// The deadline was brought forward.
    TimerTightened,
    /// Time won.
    TimerFired,
    /// A payment's lease ended; the timer goes on.
    TimerResumed,
    /// A payment that is still pending keeps its lease.
    LeaseRenewed,
    /// Another execution took the booking up, for its own was gone.
    TakenUp,
    /// The traveller gives the booked trip back, or some of its legs.
    CancellationStarted,
    /// What the traveller gave back is released and refunded.
    CancellationDone,
    /// Everything is being undone.
    UnwindingStarted,
    /// The booking ended, but is not booked.
    BookingClosed,
    /// An operator, or the automatic redrive, set about work that had failed.
    DeskRedriven,
    /// What a clerk tried failed once more, and waits as before.
    DeskTryFailed,
    /// An operator says that work which had failed was done by hand.
    DeskResolved,
    /// An operator gave up work that had failed.
    DeskAbandoned,
}

impl EventName {
    /// What a timer that no payment holds any longer has come to.
    pub fn of_freed(timer: &Timer) -> Self {
        match timer.state {
            State::Fired => Self::TimerFired,
            _ => Self::TimerResumed,
        }
    }
}

/// Something that happened to a booking: all that one transaction changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose booking it is.
    pub booking_id: BookingId,
    /// What happened.
    pub name: EventName,
    /// When.
    pub at: Timestamp,
    /// Who did it: the name of a function, or a person at the desk.
    pub actor: String,
    /// Follows the booking through logs, suppliers and events.
    pub trace_id: String,
    /// Why, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it did to the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Change<BookingState>>,
    /// What it did to its legs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legs: BTreeMap<LegId, Change<LegState>>,
    /// What it did to its payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Change<PaymentState>>,
    /// The legs, or `payment`, that it is about though it changes none of them: what a clerk has tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// How the booking ended, or came to the desk, with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// What other services need to know of a booking that ended: enough to write to its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Who travels.
    pub customer: Customer,
    /// How the payment stands.
    pub payment: PaymentStatus,
    /// The legs that are booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trip: Vec<Part>,
    /// Those who travel on them, where they are named: for the letter that confirms the trip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passengers: Vec<Passenger>,
    /// What the traveller gets for what they gave back of the booked trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Money>,
}

/// A leg that is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What sort of thing it is.
    pub kind: Kind,
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What it costs.
    pub price: Option<Money>,
}

impl Event {
    /// The parts that it is about: legs, and the payment.
    pub fn parts(&self) -> Vec<String> {
        let payment = self.payment.iter().map(|_| PAYMENT.to_owned());
        let legs = self.legs.keys().map(ToString::to_string);
        let about = self.about.iter().cloned();
        legs.chain(payment).chain(about).collect()
    }

    /// Whether it brings a leg to another status.
    pub fn moves(&self, leg: &LegId) -> bool {
        let change = self.legs.get(leg);
        change.is_some_and(|change| {
            let before = change.before.as_ref().map(|state| state.status);
            before != Some(change.after.status)
        })
    }

    /// Why a leg left the trip, or why its supplier does not say how it stands.
    pub fn why(&self, leg: &LegId) -> Option<&str> {
        let after = self.legs.get(leg)?.after.status;
        let note = self.note.as_deref();
        note.filter(|_| after.needs_a_reason() && self.moves(leg))
    }

    /// Tells this event from any other of the booking: the versions that it made.
    pub fn unique(&self) -> String {
        let booking = self
            .booking
            .iter()
            .map(|change| format!("booking.{}", change.version));
        let legs = self
            .legs
            .iter()
            .map(|(id, change)| format!("{id}.{}", change.version));
        let payment = self
            .payment
            .iter()
            .map(|change| format!("payment.{}", change.version));
        booking
            .chain(payment)
            .chain(legs)
            .next()
            .unwrap_or_else(|| "note".to_owned())
    }
}

/// The state that a booking's events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The booking itself.
    pub booking: BookingState,
    /// Its legs.
    pub legs: BTreeMap<LegId, LegState>,
    /// Its payment.
    pub payment: PaymentState,
}

impl From<&Snapshot> for Folded {
    fn from(snapshot: &Snapshot) -> Self {
        let legs = snapshot
            .legs
            .iter()
            .map(|leg| (leg.id.clone(), leg.state.clone()));
        Self {
            booking: snapshot.booking.state.clone(),
            legs: legs.collect(),
            payment: snapshot.payment.state.clone(),
        }
    }
}

/// Folds a booking's events, in any order, into the state they tell.
///
/// # Errors
/// [`BrokenHistory`] when an event is missing, doubled or contradicts another.
pub fn fold(events: &[Event]) -> Result<Folded, BrokenHistory> {
    let booking = events
        .iter()
        .filter_map(|event| event.booking.as_ref())
        .collect();
    let payment = events
        .iter()
        .filter_map(|event| event.payment.as_ref())
        .collect();
    let mut legs: BTreeMap<&LegId, Vec<&Change<LegState>>> = BTreeMap::new();
    for (id, change) in events.iter().flat_map(|event| &event.legs) {
        legs.entry(id).or_default().push(change);
    }
    let folded = legs.into_iter().map(|(id, changes)| {
        let state = fold_record(&format!("leg {id}"), changes)?;
        Ok((id.clone(), state))
    });
    Ok(Folded {
        booking: fold_record("booking", booking)?,
        legs: folded.collect::<Result<_, _>>()?,
        payment: fold_record("payment", payment)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::PaymentStatus;

    #[test]
    fn an_event_is_named_after_the_version_it_made() {
        let payment = PaymentState {
            status: PaymentStatus::Voided,
            attempts: 1,
            ..PaymentState::none()
        };
        let event = Event {
            booking_id: "b".parse().unwrap(),
            name: EventName::PaymentVoided,
            at: Timestamp::from_millis(0),
            actor: "payment".into(),
            trace_id: "t".into(),
            note: None,
            booking: None,
            legs: BTreeMap::new(),
            payment: Some(Change {
                version: 4,
                before: None,
                after: payment,
            }),
            about: Vec::new(),
            ended: None,
        };
        assert_eq!(event.unique(), "payment.4");
    }
}
