//! The rules of the desk: what waits there, and what an operator's decision makes of a booking.
//!
//! What waits is told by the bookings themselves, so a message that is lost, doubled or late can do
//! no harm. An abandoned booking keeps what is true: a leg that could not be released stays
//! `release_failed`, a payment what it was. It ends as it would have ended (`expired`, `cancelled`,
//! `failed`), and its `reason` says what was given up. Where the money could not be captured the
//! trip is confirmed all the same, so it ends `booked`, unpaid, with the reason.

use std::time::Duration;

use crate::action::Action;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use crate::booking::{BookingStatus, Cancellation, Leg, Snapshot};
use crate::cancelling::{self, MoneyBack};
use crate::closing::{done, ended, ending};
use crate::event::EventName;
use crate::leg::Of;
use crate::status::{Happened, LegHappened, PaymentHappened};
use crate::transition::Transition;
use crate::unwinding::{Participant, Work, remaining_work};
use holdfast_core::change::Stamp;

/// What of a booking waits at the desk, in the order in which it is to be done. As long as the state
/// machine may go forward nothing does, whatever a message may say.
pub fn waiting_work(snapshot: &Snapshot) -> Vec<Work> {
    let state = &snapshot.booking.state;
    let given_up = matches!(
        state.status,
        BookingStatus::Unwinding | BookingStatus::Cancelling | BookingStatus::NeedsAttention
    );
    let mut work = if given_up || state.goes_forward_only() {
        remaining_work(snapshot)
    } else {
        Vec::new()
    };
    work.extend(leftovers(snapshot));
    work
}

/// An operator's word stands for the work that waited when it was given, and for no other.
///
/// # Errors
/// [`Failure::Conflict`] where other work waits by now.
pub fn check_planned(planned: &[Work], waits: &[Work]) -> Result<(), Failure> {
    if planned == waits {
        return Ok(());
    }
    let problem = "other work waits by now; look again, then decide";
    Err(Failure::Conflict(problem.to_owned()))
}

/// What the desk was told of legs that are out of a trip which stands, or was given back, and that no
/// cancellation under way releases.
pub fn leftovers(snapshot: &Snapshot) -> Vec<Work> {
    let state = &snapshot.booking.state;
    if state.is_being_undone() {
        return Vec::new();
    }
    let given_back = state
        .cancelling()
        .map_or(&[][..], |under_way| &under_way.legs);
    let legs = snapshot.legs.iter().rev();
    legs.filter(|leg| leg.state.is_left_over() && !given_back.contains(&leg.id))
        .map(Work::release)
        .collect()
}

/// What waits at the desk is tried every quarter of an hour at least, as long as its message lives. If
/// nobody has tried for this long, the message may be lost.
const QUIET: Duration = Duration::from_secs(3600);
/// A booking is reminded of once in this time at least.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// What waits of a booking that nobody has tried for an hour, and how long the next reminder is to
/// wait: a quarter of the booking's age, at least an hour, at most a day. A message that was given up
/// lies in a queue for an operator, and is not to be joined there by another one every hour.
///
/// Where nothing waits any more but the booking has not ended, a message for its payment ends it: it
/// finds nothing to do.
pub fn lost_work(snapshot: &Snapshot, now: Timestamp) -> Option<(Vec<Work>, Duration)> {
    let booking = &snapshot.booking;
    if booking.updated.until(now) < QUIET {
        return None;
    }
    let mut work = match booking.state.status {
        BookingStatus::NeedsAttention => waiting_work(snapshot),
        _ => leftovers(snapshot),
    };
    if work.is_empty() {
        if booking.state.status != BookingStatus::NeedsAttention {
            return None;
        }
        work.push(Work::payment(Action::Void));
    }
    let pause = booking.created.until(now) / 4;
    Some((work, pause.clamp(QUIET, LONGEST_PAUSE)))
}

/// How a booking would stand if this work of all that waits were done.
pub fn would_become(snapshot: &Snapshot, work: &[Work]) -> BookingStatus {
    let status = snapshot.booking.state.status;
    let captures = work.iter().any(|work| work.action == Action::Capture);
    let all = work.len() == waiting_work(snapshot).len();
    let happened = if captures {
        Happened::MoneyTaken
    } else if all && status == BookingStatus::NeedsAttention {
        would_happen(snapshot)
    } else {
        return status;
    };
    status.after(happened).unwrap_or(status)
}

fn would_happen(snapshot: &Snapshot) -> Happened {
    match snapshot.booking.state.cancelling() {
        Some(_) => Happened::GivenBack(cancelling::left(snapshot)),
        None => Happened::Undone(ending(snapshot)),
    }
}

/// The release of a leg failed for good and was handed over. `None` where it is gone or marked.
pub fn leg_handed_over(leg: &Leg, of: Of<'_>, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let status = leg.state.status.after(LegHappened::HandedOver)?;
    let name = EventName::LegReleaseFailed;
    let change = Transition::new(of.booking, name, stamp.actor, of.trace_id, stamp.at);
    Some(change.note(why).leg(leg, leg.state.with(status)))
}

/// The undo of a payment, or a refund, failed for good and was handed over. `None` where it is done or
/// marked.
pub fn payment_handed_over(snapshot: &Snapshot, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let payment = &snapshot.payment;
    let is_given_back = match snapshot.booking.state.was_booked() {
        true => cancelling::money_back(snapshot).is_none(),
        false => payment.state.is_gone(),
    };
    if is_given_back {
        return None;
    }
    let status = payment.state.status.after(PaymentHappened::HandedOver)?;
    let change = Transition::of(snapshot, EventName::PaymentReleaseFailed, stamp).note(why);
    Some(change.payment(payment, payment.state.with(status)))
}

/// The money of a committed booking is owed still, and its capture was handed over. It is no undo
/// that failed: the payment stays as it is, and the booking says why.
pub fn capture_handed_over(snapshot: &Snapshot, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let mut state = booking.state.clone();
    if !state.goes_forward_only() || state.status.is_finished() {
        return None;
    }
    if state.reason.as_deref() == Some(why) {
        return None;
    }
    state.reason = Some(why.to_owned());
    let change = Transition::of(snapshot, EventName::CaptureOwed, stamp).note(why);
    Some(change.booking(booking, state))
}

/// A clerk sets about work. `None` where none of it waits any more.
pub fn set_about(
    snapshot: &Snapshot,
    work: &[Work],
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    told_of(snapshot, work, EventName::DeskRedriven, note, stamp)
}

/// Work that a clerk set about failed. `None` where none of it waits any more: another clerk settled it
/// meanwhile, and what was tried is of no account.
pub fn try_failed(
    snapshot: &Snapshot,
    work: &[Work],
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    told_of(snapshot, work, EventName::DeskTryFailed, note, stamp)
}

/// The event needs a version of its own, though nothing else changes: it is told apart by it.
fn told_of(
    snapshot: &Snapshot,
    work: &[Work],
    name: EventName,
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let waits = waiting_work(snapshot);
    let still = work.iter().filter(|work| waits.contains(work));
    let parts: Vec<_> = still.map(|work| work.leg.clone()).collect();
    if parts.is_empty() {
        return None;
    }
    let booking = &snapshot.booking;
    let change = Transition::of(snapshot, name, stamp).note(note);
    Some(change.about(&parts).booking(booking, booking.state.clone()))
}

/// An operator decides only upon what the state machine has left: a booking that waits, or a leg that
/// is left over of one that has ended.
///
/// # Errors
/// [`Failure::Conflict`] where the booking does not wait for a decision.
pub fn check_waits(snapshot: &Snapshot) -> Result<(), Failure> {
    let status = snapshot.booking.state.status;
    let is_left = status.is_finished() && !leftovers(snapshot).is_empty();
    if status == BookingStatus::NeedsAttention || is_left {
        return Ok(());
    }
    let status = status.as_str();
    Err(Failure::Conflict(format!(
        "the booking is {status}; only one that is needs_attention waits for a decision"
    )))
}

/// Only a booking that waits can be given up.
///
/// # Errors
/// [`Failure::Conflict`] where the booking has ended and only a leg is left over.
pub fn check_gives_up(snapshot: &Snapshot) -> Result<(), Failure> {
    if snapshot.booking.state.status == BookingStatus::NeedsAttention {
        return Ok(());
    }
    let problem = "the booking has ended; release the leg that is left, or resolve it";
    Err(Failure::Conflict(problem.to_owned()))
}

/// A booking of which this work was done by hand. It ends if nothing is left.
pub fn done_by_hand(snapshot: &Snapshot, work: &[Work]) -> Snapshot {
    let mut after = snapshot.clone();
    for work in work {
        match work.kind {
            Participant::Leg(_) => release_by_hand(&mut after, &work.leg),
            Participant::Payment => pay_by_hand(&mut after, work.action),
        }
    }
    if let Some(happened) = done(&after) {
        end(&mut after, happened);
    }
    after
}

fn release_by_hand(after: &mut Snapshot, leg: &str) {
    for leg in after
        .legs
        .iter_mut()
        .filter(|known| known.id.as_str() == leg)
    {
        let released = leg.state.status.after(LegHappened::Done(Action::Release));
        leg.state.status = released.unwrap_or(leg.state.status);
    }
}

fn pay_by_hand(after: &mut Snapshot, action: Action) {
    if let Some(MoneyBack::Part { number, sum }) = cancelling::money_back(after) {
        let given_back = cancelling::given_back(after, number, sum);
        after.payment.state = given_back.unwrap_or_else(|| after.payment.state.clone());
        return;
    }
    let happened = match action {
        Action::Capture => PaymentHappened::Captured,
        Action::Refund => PaymentHappened::Refunded,
        _ => PaymentHappened::Voided,
    };
    let payment = &mut after.payment.state;
    payment.status = payment.status.after(happened).unwrap_or(payment.status);
    if action == Action::Capture {
        end(after, Happened::MoneyTaken);
        after.booking.state.reason = None;
    }
}

fn end(after: &mut Snapshot, happened: Happened) {
    if let Some(state) = ended(&after.booking.state, happened) {
        after.booking.state = state;
    }
}

/// A booking of which an operator gives up all that waits.
pub fn abandoned(snapshot: &Snapshot, why: &str) -> Snapshot {
    let mut after = snapshot.clone();
    let state = &snapshot.booking.state;
    let happened = if state.goes_forward_only() {
        Happened::GivenUpUnpaid
    } else if let Some(cancellation) = state.cancelling() {
        leave_over(&mut after, cancellation);
        Happened::GivenBack(cancelling::left(snapshot))
    } else {
        Happened::GivenUp(ending(snapshot))
    };
    end(&mut after, happened);
    let state = &mut after.booking.state;
    let given_up = format!("abandoned at the desk: {why}");
    state.reason = Some(match &state.reason {
        Some(reason) => format!("{reason}; {given_up}"),
        None => given_up,
    });
    after
}

/// The legs of a cancellation that is given up stay the desk's until they are gone.
fn leave_over(after: &mut Snapshot, cancellation: &Cancellation) {
    let legs = after.legs.iter_mut();
    for leg in legs.filter(|leg| cancellation.legs.contains(&leg.id)) {
        let handed_over = leg.state.status.after(LegHappened::HandedOver);
        leg.state.status = handed_over.unwrap_or(leg.state.status);
    }
}

/// The change from how a booking stands to how an operator decided that it stands. `None` where
/// nothing changes.
pub fn decided(
    from: &Snapshot,
    to: &Snapshot,
    event: EventName,
    reason: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let mut change = Transition::of(from, event, stamp).note(reason);
    if from.booking.state != to.booking.state {
        change = change.booking(&from.booking, to.booking.state.clone());
    }
    for (leg, next) in from.legs.iter().zip(&to.legs) {
        if leg.state != next.state {
            change = change.leg(leg, next.state.clone());
        }
    }
    if from.payment.state != to.payment.state {
        change = change.payment(&from.payment, to.payment.state.clone());
    }
    (!change.is_empty()).then(|| change.ending(from))
}
