//! The rules of paying: a payment begins by pausing the timer, and a payment that comes too late for
//! that does not begin. What was paid is recorded by what the supplier says, never by what was asked.

use std::time::Duration;

use crate::action::Script;
use holdfast_core::failure::Failure;
use holdfast_core::ids::LegId;
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal, State, Timer};

use crate::booking::{
    BookingState, BookingStatus, LegStatus, Payment, PaymentState, PaymentStatus, Snapshot,
};
use crate::event::EventName;
use crate::price::{self, NotAgreed};
use crate::status::{Happened, PaymentHappened};
use crate::transition::Transition;
use crate::withdrawing::is_given_up;
use holdfast_core::change::Stamp;

/// An attempt to pay: one token of the traveller's.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Which token it is, counted from 1.
    pub number: u32,
    /// What it pays by.
    pub method: Method,
    /// The total that the traveller agrees to, where they name it.
    pub amount: Option<&'a Money>,
    /// How long it may keep the timer from firing.
    pub lease: Duration,
    /// Scripted faults.
    pub simulate: &'a Script,
}

/// Begins an attempt: the timer must let it. `None` where it was begun before and goes on.
///
/// # Errors
/// [`Failure::HoldExpired`] when time has won, [`Failure::Conflict`] and [`Failure::Refused`] when
/// the booking cannot be paid, [`Failure::Declined`] when this attempt was declined.
pub fn begin(
    snapshot: &Snapshot,
    attempt: Attempt<'_>,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    if snapshot.payment.state.attempts >= attempt.number {
        return begun_before(snapshot, attempt.number, stamp.at).map(|()| None);
    }
    let booking = &snapshot.booking;
    let lease = attempt.lease;
    let mut state = booking.state.clone();
    state.timer = match timer::decide(&state.timer, Operation::Pause { lease }, stamp.at) {
        Ok(timer) => timer,
        Err(Refusal::Fired) => return Err(expired(snapshot)),
        Err(refusal) => return Err(Failure::Conflict(refusal.to_string())),
    };
    if state.timer.state == State::Fired {
        let change = Transition::of(snapshot, EventName::TimerFired, stamp);
        return Ok(Some(change.booking(booking, state)));
    }
    state.status = payable(snapshot)?;
    price::check(snapshot, attempt.amount).map_err(NotAgreed::of_a_payment)?;
    state.amount = snapshot.total();
    let started = Payment {
        simulate: attempt.simulate.clone(),
        decide_by: None,
        ..snapshot.payment.clone()
    };
    let next = PaymentState {
        status: begun(snapshot, attempt.method)?,
        attempts: attempt.number,
        method: attempt.method,
        reference: None,
        refunded: None,
    };
    let change = Transition::of(snapshot, EventName::PaymentStarted, stamp);
    Ok(Some(change.booking(booking, state).payment(&started, next)))
}

/// An attempt that was begun before goes on while its pause lasts, and ends as it ended.
fn begun_before(snapshot: &Snapshot, attempt: u32, now: Timestamp) -> Result<(), Failure> {
    let payment = &snapshot.payment;
    if payment.state.attempts > attempt {
        return Err(overtaken());
    }
    match payment.state.status {
        PaymentStatus::Authorized | PaymentStatus::Captured => Ok(()),
        PaymentStatus::Declined => Err(declined_before(payment)),
        PaymentStatus::None | PaymentStatus::Pending | PaymentStatus::Unknown => {
            match snapshot.booking.state.timer.state {
                State::Paused { lease_ends } if now < lease_ends => Ok(()),
                _ => Err(too_late(snapshot, now)),
            }
        }
        _ => Err(Failure::Refused("the payment has been undone".to_owned())),
    }
}

/// Money is taken for what is held, and for nothing less.
fn payable(snapshot: &Snapshot) -> Result<BookingStatus, Failure> {
    let status = snapshot.booking.state.status;
    let Some(next) = status.after(Happened::PaymentBegan) else {
        let status = status.as_str();
        let problem = format!("the booking is {status}; it cannot be paid now");
        return Err(Failure::Conflict(problem));
    };
    check_held(snapshot).map_err(|obstacle| Failure::Refused(obstacle.to_string()))?;
    Ok(next)
}

/// Why a trip cannot be paid for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// Nothing is left of it.
    #[error("nothing is held; there is nothing to pay for")]
    Nothing,
    /// A leg of it is undecided.
    #[error("leg {0} is not held")]
    Leg(LegId),
}

/// Whether each leg of the trip is held.
///
/// # Errors
/// [`NotHeld`]
pub fn check_held(snapshot: &Snapshot) -> Result<(), NotHeld> {
    if snapshot.trip().next().is_none() {
        return Err(NotHeld::Nothing);
    }
    let mut trip = snapshot.trip();
    match trip.find(|leg| leg.state.status != LegStatus::Held) {
        Some(leg) => Err(NotHeld::Leg(leg.id.clone())),
        None => Ok(()),
    }
}

fn begun(snapshot: &Snapshot, method: Method) -> Result<PaymentStatus, Failure> {
    let status = snapshot.payment.state.status;
    let next = status.after(PaymentHappened::Began);
    let next =
        next.ok_or_else(|| Failure::Conflict("another payment is not finished".to_owned()))?;
    check_method(snapshot, method).map(|()| next)
}

/// The undo of a payment asks only where the last attempt was asked for. So an attempt may pay by
/// something else only while surely nothing is left of those before it.
///
/// # Errors
/// [`Failure::Conflict`] where an earlier attempt may have reserved money.
pub fn check_method(snapshot: &Snapshot, method: Method) -> Result<(), Failure> {
    let payment = &snapshot.payment.state;
    if method == payment.method || payment.is_gone() {
        return Ok(());
    }
    let problem =
        "the last payment may have reserved money; pay by the same means again, or cancel";
    Err(Failure::Conflict(problem.to_owned()))
}

/// When an attempt must have been asked for: before its deadline, and before its lease is over.
pub fn starts_before(timer: &Timer) -> Option<Timestamp> {
    match timer.state {
        State::Paused { lease_ends } => Some(lease_ends.min(timer.deadline)),
        _ => None,
    }
}

/// Whether an attempt may still be asked for. Its pause may have been written late, and its worker
/// may have slept since: once the deadline has passed, or its lease, no payment starts.
pub fn is_in_time(timer: &Timer, now: Timestamp) -> bool {
    starts_before(timer).is_some_and(|end| now < end)
}

/// Ends the pause of an attempt that came too late, if the booking is still as it was when the pause
/// was written (`begun`). `None` where another change came first.
pub fn end_pause(snapshot: &Snapshot, begun: u32, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let resumed = timer::decide(&booking.state.timer, Operation::Resume, stamp.at).ok();
    let timer = resumed.filter(|_| booking.version == begun)?;
    let state = BookingState {
        timer,
        ..booking.state.clone()
    };
    let change = Transition::of(snapshot, EventName::of_freed(&timer), stamp);
    Some(change.booking(booking, state))
}

/// The supplier reserved the money of an attempt. A payment that still holds the timer leads on to
/// the confirmations, which get a lease of their own where the decision took a while.
pub fn authorized(
    snapshot: &Snapshot,
    attempt: u32,
    reference: Option<&str>,
    lease: Duration,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let (booking, payment) = (&snapshot.booking, &snapshot.payment);
    let status = open_payment(snapshot, attempt)?.after(PaymentHappened::Authorized)?;
    let next = PaymentState {
        status,
        reference: reference.map(str::to_owned),
        ..payment.state.clone()
    };
    let change = Transition::of(snapshot, EventName::PaymentAuthorized, stamp);
    let change = change.payment(payment, next);
    let paused = matches!(booking.state.timer.state, State::Paused { .. });
    let confirming = booking.state.status.after(Happened::PaymentAuthorized);
    let Some(status) = confirming.filter(|_| paused) else {
        return Some(change);
    };
    let mut state = booking.state.clone();
    state.status = status;
    if payment.state.status == PaymentStatus::Pending {
        let renewed = timer::decide(&state.timer, Operation::Renew { lease }, stamp.at);
        state.timer = renewed.unwrap_or(state.timer);
    }
    Some(change.booking(booking, state))
}

/// The supplier would not reserve the money of an attempt. The traveller gets the remaining time
/// back, or none if it has passed meanwhile.
pub fn declined(
    snapshot: &Snapshot,
    attempt: u32,
    why: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let status = open_payment(snapshot, attempt)?.after(PaymentHappened::Declined)?;
    let payment = Payment {
        last_error: Some(why.to_owned()),
        ..snapshot.payment.clone()
    };
    let change = Transition::of(snapshot, EventName::PaymentDeclined, stamp).note(why);
    let change = change.payment(&payment, payment.state.with(status));
    let booking = &snapshot.booking;
    let mut state = booking.state.clone();
    let resumed = timer::decide(&state.timer, Operation::Resume, stamp.at);
    state.timer = resumed.unwrap_or(state.timer);
    let waiting = state.status.after(Happened::PaymentDeclined);
    state.status = waiting.unwrap_or(state.status);
    if state == booking.state {
        return Some(change);
    }
    Some(change.booking(booking, state))
}

/// The supplier may have done what it was asked for, unless the payment has changed since it was
/// asked (`asked_upon`).
pub fn unclear(
    snapshot: &Snapshot,
    asked_upon: u32,
    why: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let payment = &snapshot.payment;
    let status = payment.state.status.after(PaymentHappened::Unclear)?;
    let change = Transition::of(snapshot, EventName::PaymentUnknown, stamp).note(why);
    (payment.version == asked_upon).then(|| change.payment(payment, payment.state.with(status)))
}

/// What an attempt has come to, as it is recorded.
///
/// # Errors
/// [`Failure::Pending`], [`Failure::Declined`], [`Failure::HoldExpired`], [`Failure::Refused`], or
/// [`Failure::Conflict`] where the traveller has tried another payment since.
pub fn come_to(snapshot: &Snapshot, attempt: u32, now: Timestamp) -> Result<(), Failure> {
    if snapshot.payment.state.attempts != attempt {
        return Err(overtaken());
    }
    let (booking, payment) = (&snapshot.booking.state, &snapshot.payment);
    let time_won = booking.timer.state == State::Fired;
    match (payment.state.status, booking.status) {
        (PaymentStatus::Pending, _) => Err(undecided()),
        (_, BookingStatus::Confirming | BookingStatus::Booked) => Ok(()),
        (PaymentStatus::Declined, _) if !time_won => Err(declined_before(payment)),
        _ => Err(too_late(snapshot, now)),
    }
}

/// The status of this attempt, while it waits for the supplier's word and the traveller for it.
pub(crate) fn open_payment(snapshot: &Snapshot, attempt: u32) -> Option<PaymentStatus> {
    let payment = &snapshot.payment.state;
    let open = payment.attempts == attempt && payment.status.is_open();
    (open && !is_given_up(&snapshot.booking, attempt)).then_some(payment.status)
}

/// The failure of a booking whose time is up.
pub fn expired(snapshot: &Snapshot) -> Failure {
    let deadline = snapshot.booking.state.timer.deadline;
    Failure::HoldExpired(format!("the hold ended at {deadline}; nothing was paid"))
}

/// The failure of a payment that no longer holds the timer: time is up, or the payment's own time was.
pub fn too_late(snapshot: &Snapshot, now: Timestamp) -> Failure {
    let timer = &snapshot.booking.state.timer;
    if timer.state == State::Fired || now >= timer.deadline {
        return expired(snapshot);
    }
    Failure::Refused("the payment was not decided in time".to_owned())
}

/// The failure of an attempt that its supplier has not decided yet.
pub fn undecided() -> Failure {
    Failure::Pending("the payment supplier has not decided yet".to_owned())
}

/// The failure of an attempt that another attempt has replaced.
pub fn overtaken() -> Failure {
    Failure::Conflict("another payment has been tried since".to_owned())
}

fn declined_before(payment: &Payment) -> Failure {
    let why = payment.last_error.as_deref();
    Failure::Declined(why.unwrap_or("the payment was declined").to_owned())
}
