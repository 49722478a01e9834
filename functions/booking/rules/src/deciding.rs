//! The rules of a payment that its supplier has not decided yet: the booking waits for the decision,
//! and the timer's pause is kept alive meanwhile. Booking and payment are written together, so that
//! a change that comes too late sees both as they are.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal};

use crate::booking::{Booking, Payment, PaymentState, PaymentStatus, Snapshot, Waiting};
use crate::event::EventName;
use crate::paying::{open_payment, overtaken, too_late};
use crate::status::PaymentHappened;
use crate::transition::Transition;
use crate::waiting::{Listener, outdated};
use crate::withdrawing;
use holdfast_core::change::Stamp;

/// The supplier has taken the attempt, and not decided yet. Its decision is waited for as long as
/// `patience`, and no longer than the suppliers hold the legs: later they cannot be confirmed.
pub fn pending(
    snapshot: &Snapshot,
    attempt: u32,
    reference: Option<&str>,
    patience: Duration,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment);
    let status = open_payment(snapshot, attempt)?.after(PaymentHappened::Pending)?;
    let patience_ends = stamp.at + patience;
    let holds_end = snapshot.holds_end();
    let decide_by = holds_end.map_or(patience_ends, |end| end.min(patience_ends));
    let waited_for = Payment {
        decide_by: Some(decide_by),
        ..payment.clone()
    };
    let next = PaymentState {
        status,
        reference: reference.map(str::to_owned),
        ..payment.state.clone()
    };
    let change = Transition::of(snapshot, EventName::PaymentPending, stamp);
    let change = change.booking(booking, booking.state.clone());
    Some(change.payment(&waited_for, next))
}

/// The booking waits for the decision about an attempt; the timer's pause is
/// renewed. `None` where there is nothing to wait for, or no longer. A command that was taken for an
/// earlier try, which did not hear it, stays for this one.
///
/// # Errors
/// [`Failure::Conflict`] where the traveller has tried another payment since,
/// [`Failure::HoldExpired`] and [`Failure::Refused`] where the pause has ended.
pub fn wait(
    snapshot: &Snapshot,
    attempt: u32,
    listener: Listener<'_>,
    lease: Duration,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment);
    if payment.state.attempts != attempt {
        return Err(overtaken());
    }
    if payment.state.status != PaymentStatus::Pending {
        return Ok(None);
    }
    if listener.is_outdated(booking) {
        return Err(outdated());
    }
    if withdrawing::is_cancelled(booking, attempt) {
        return Ok(None);
    }
    let mut state = booking.state.clone();
    match timer::decide(&state.timer, Operation::Renew { lease }, stamp.at) {
        // An overdue decision is asked about once more, while the lease lasts.
        Ok(_) | Err(Refusal::Paused(_)) if is_overdue(snapshot, stamp.at) => return Ok(None),
        Ok(timer) => state.timer = timer,
        // It was renewed just now.
        Err(Refusal::Paused(_)) => {}
        Err(_) => return Err(too_late(snapshot, stamp.at)),
    }
    let known = booking.waiting.as_ref();
    let known = known.filter(|known| known.decision == Some(attempt));
    let taken = known.and_then(|known| withdrawing::kept(known, listener.handle, stamp.at));
    let next = Booking {
        waiting: Some(Waiting {
            handle: listener.handle.to_owned(),
            taken,
            since: listener.since,
            decision: Some(attempt),
        }),
        ..booking.clone()
    };
    if next == *booking && state == booking.state {
        return Ok(None);
    }
    let change = Transition::of(snapshot, EventName::LeaseRenewed, stamp);
    let change = change.payment(payment, payment.state.clone());
    Ok(Some(change.booking(&next, state)))
}

/// Whether a decision is waited for no longer.
pub fn is_overdue(snapshot: &Snapshot, now: Timestamp) -> bool {
    snapshot.payment.decide_by.is_none_or(|end| now >= end)
}
