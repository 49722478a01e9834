//! The end of the way forward: the commit point, then the money, then `booked`; and the money's way
//! back. Before the commit point everything is undone, after it only finished, with one exception: a
//! capture that the supplier refuses for good leaves nothing to finish, and the trip is undone.

use crate::action::Action;
use holdfast_core::failure::Failure;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal};

use crate::booking::{Ending, LegStatus, PaymentStatus, Snapshot};
use crate::cancelling::{self, MoneyBack};
use crate::event::EventName;
use crate::paying::too_late;
use crate::status::{Happened, PaymentHappened};
use crate::transition::Transition;
use holdfast_core::change::Stamp;

/// Passes the commit point. `None` where it has been passed.
///
/// # Errors
/// [`Failure::Refused`] where a leg is not confirmed, [`Failure::HoldExpired`] or
/// [`Failure::Refused`] where the payment no longer holds the timer, [`Failure::Conflict`].
pub fn commit(snapshot: &Snapshot, stamp: Stamp<'_>) -> Result<Option<Transition>, Failure> {
    let booking = &snapshot.booking;
    if booking.state.timer.is_committed() {
        return Ok(None);
    }
    check_confirmed(snapshot)?;
    check_price(snapshot)?;
    let mut state = booking.state.clone();
    state.timer = committed(snapshot, stamp.at)?;
    let change = Transition::of(snapshot, EventName::Committed, stamp);
    Ok(Some(change.booking(booking, state)))
}

fn committed(snapshot: &Snapshot, now: Timestamp) -> Result<timer::Timer, Failure> {
    match timer::decide(&snapshot.booking.state.timer, Operation::Commit, now) {
        Ok(timer) => Ok(timer),
        Err(Refusal::Fired | Refusal::NotPaused) => Err(too_late(snapshot, now)),
        Err(refusal) => Err(Failure::Conflict(refusal.to_string())),
    }
}

fn check_confirmed(snapshot: &Snapshot) -> Result<(), Failure> {
    let mut trip = snapshot.trip();
    match trip.find(|leg| leg.state.status != LegStatus::Confirmed) {
        Some(leg) => Err(Failure::Refused(format!("leg {} is not confirmed", leg.id))),
        None => Ok(()),
    }
}

/// What is confirmed must cost what was authorized: no leg that is paid for has left the trip.
fn check_price(snapshot: &Snapshot) -> Result<(), Failure> {
    if snapshot.total() == snapshot.booking.state.amount {
        return Ok(());
    }
    let problem = "the legs that are confirmed are not those that are paid for";
    Err(Failure::Refused(problem.to_owned()))
}

/// Whether the money may be taken, before its supplier is asked. False where it has been taken.
///
/// # Errors
/// [`Failure::Refused`] where the booking is not committed.
pub fn may_capture(snapshot: &Snapshot) -> Result<bool, Failure> {
    if snapshot.booking.state.was_booked() {
        return Ok(false);
    }
    if !snapshot.booking.state.goes_forward_only() {
        let problem = "the booking is not committed; nothing is captured";
        return Err(Failure::Refused(problem.to_owned()));
    }
    Ok(true)
}

/// The supplier took the money: the trip is booked. Where the booking has been given up since, what
/// was taken is recorded all the same, to be told and to be given back.
pub fn captured(
    snapshot: &Snapshot,
    reference: Option<&str>,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment);
    let mut paid = payment.state.clone();
    paid.status = paid.status.after(PaymentHappened::Captured)?;
    paid.reference = reference.map(str::to_owned).or(paid.reference);
    let mut state = booking.state.clone();
    let booked = state.status.after(Happened::MoneyTaken);
    let Some(status) = booked.filter(|_| state.goes_forward_only()) else {
        let change = Transition::of(snapshot, EventName::PaymentCaptured, stamp);
        return Some(change.payment(payment, paid));
    };
    state.status = status;
    state.reason = None;
    let change = Transition::of(snapshot, EventName::Booked, stamp);
    let change = change.booking(booking, state).payment(payment, paid);
    Some(change.ending(snapshot))
}

/// The money is definitely not to be had: the committed booking is undone after all, by its execution
/// or, where that has ended, by the desk.
pub fn give_up(snapshot: &Snapshot, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let mut state = booking.state.clone();
    if !state.goes_forward_only() {
        return None;
    }
    state.status = state.status.after(Happened::CaptureRefused)?;
    state.ending = Some(Ending::Failed);
    state.reason = Some(format!("payment: Refused: {why}"));
    let change = Transition::of(snapshot, EventName::UnwindingStarted, stamp);
    Some(change.note(why).booking(booking, state))
}

/// What money is to be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GiveBack<'a> {
    /// All that was, or may have been, reserved or taken, by this action.
    All(Action),
    /// This much, for the cancellation of this number.
    Part {
        /// The number.
        number: u32,
        /// How much.
        sum: &'a Money,
    },
}

/// What money is to be given back, before its supplier is asked. `None` where there is none. An
/// undoing decides by what (`asked`).
///
/// # Errors
/// [`Failure::Conflict`] where the trip is booked.
pub fn to_give_back(snapshot: &Snapshot, asked: Action) -> Result<Option<GiveBack<'_>>, Failure> {
    let state = &snapshot.booking.state;
    if state.cancelling().is_some() {
        return Ok(cancelling::money_back(snapshot).map(|back| match back {
            MoneyBack::Part { number, sum } => GiveBack::Part { number, sum },
            MoneyBack::Reservation => GiveBack::All(Action::Void),
        }));
    }
    if snapshot.payment.state.is_gone() {
        return Ok(None);
    }
    if state.was_booked() {
        let problem = "the trip is booked; nothing is given back";
        return Err(Failure::Conflict(problem.to_owned()));
    }
    Ok(Some(GiveBack::All(asked)))
}

/// Whether the payment supplier may have been asked to take the money: then a refused void is
/// followed by a refund.
pub fn was_asked_for(snapshot: &Snapshot) -> bool {
    snapshot.booking.state.timer.is_committed()
}

/// The supplier gave the money, or its reservation, back.
pub fn given_back(snapshot: &Snapshot, action: Action, stamp: Stamp<'_>) -> Option<Transition> {
    let payment = &snapshot.payment;
    if payment.state.is_gone() {
        return None;
    }
    let (happened, event) = match action {
        Action::Refund => (PaymentHappened::Refunded, EventName::PaymentRefunded),
        _ => (PaymentHappened::Voided, EventName::PaymentVoided),
    };
    let status: PaymentStatus = payment.state.status.after(happened)?;
    let change = Transition::of(snapshot, event, stamp);
    Some(change.payment(payment, payment.state.with(status)))
}
