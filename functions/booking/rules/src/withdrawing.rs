//! Second thoughts: while the bank has not decided about a payment, the traveller cancels, or pays by
//! something else. The pending attempt is given up for good, and only then another one begins.
//!
//! The command and the bank's decision exclude each other: both are written upon the same version of
//! the booking. From a command on, what the bank decides leads the booking nowhere. It is not recorded
//! either: the attempt is undone at its supplier whatever became of it there, and if the command is
//! given up, because no execution has heard it, the supplier is asked again.

use std::time::Duration;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, State};

use crate::booking::{Booking, BookingStatus, PaymentStatus, Snapshot, Taken, Waiting};
use crate::command;
use crate::event::EventName;
use crate::paying::{expired, overtaken};
use crate::status::{Happened, PaymentHappened};
use crate::transition::Transition;

/// A command that was taken and not told to the execution for so long is given up: its caller has
/// died, or will learn that nothing came of it.
const UNTOLD: Duration = Duration::from_secs(20);

/// Whether the traveller has given up an attempt whose decision the booking waits for.
pub fn is_given_up(booking: &Booking, attempt: u32) -> bool {
    let waiting = booking.waiting.as_ref();
    booking.state.status == BookingStatus::Paying
        && waiting.is_some_and(|waiting| waiting.decision == Some(attempt))
        && waiting.is_some_and(|waiting| waiting.taken.is_some())
}

/// Whether the booking is to be undone instead of waiting for the decision about an attempt.
pub fn is_cancelled(booking: &Booking, attempt: u32) -> bool {
    let taken = booking
        .waiting
        .as_ref()
        .and_then(|waiting| waiting.taken.as_ref());
    is_given_up(booking, attempt) && taken.is_some_and(command::is_cancel)
}

/// The command that stays with a wait for a decision which is tried again. An execution that tries
/// again has not heard it: it is told this time, or given up.
pub(crate) fn kept(known: &Waiting, handle: &str, now: Timestamp) -> Option<Taken> {
    let stays = |taken: &&Taken| {
        known.handle == handle || command::is_cancel(taken) || now < taken.at + UNTOLD
    };
    known.taken.as_ref().filter(stays).cloned()
}

/// Whether an attempt is to be withdrawn, before its supplier is asked. False where it has been.
///
/// # Errors
/// [`Failure::Conflict`] where the traveller has not given it up, or has begun another one since;
/// [`Failure::HoldExpired`] where it is withdrawn, and time has won.
pub fn is_to_do(snapshot: &Snapshot, attempt: u32) -> Result<bool, Failure> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment.state);
    if payment.attempts != attempt {
        return Err(overtaken());
    }
    if is_given_up(booking, attempt) {
        return Ok(true);
    }
    if payment.status == PaymentStatus::Voided
        && booking.state.status == BookingStatus::AwaitingPayment
    {
        return check_time(snapshot).map(|()| false);
    }
    let problem = "this payment was not given up, or the booking has gone on";
    Err(Failure::Conflict(problem.to_owned()))
}

/// The supplier has given back what an attempt may have reserved, and refuses it from now on. The
/// traveller gets the remaining time back, or none if it has passed meanwhile.
pub fn withdrawn(snapshot: &Snapshot, attempt: u32, stamp: Stamp<'_>) -> Option<Transition> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment);
    if payment.state.attempts != attempt || !is_given_up(booking, attempt) {
        return None;
    }
    let status = payment.state.status.after(PaymentHappened::Voided)?;
    let mut state = booking.state.clone();
    state.status = state.status.after(Happened::PaymentWithdrawn)?;
    let resumed = timer::decide(&state.timer, Operation::Resume, stamp.at);
    state.timer = resumed.unwrap_or(state.timer);
    let change = Transition::of(snapshot, EventName::PaymentWithdrawn, stamp);
    let change = change.payment(payment, payment.state.with(status));
    Some(change.booking(booking, state))
}

/// Whether another payment may still begin, once this one is withdrawn.
///
/// # Errors
/// [`Failure::HoldExpired`] where time has won.
pub fn check_time(snapshot: &Snapshot) -> Result<(), Failure> {
    if snapshot.booking.state.timer.state == State::Fired {
        return Err(expired(snapshot));
    }
    Ok(())
}
