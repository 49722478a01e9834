//! The end of a booking that is not booked: what it is called depends on what is recorded as undone.

use crate::booking::{BookingState, BookingStatus, Ending, Snapshot};
use crate::cancelling;
use crate::event::EventName;
use crate::status::{Happened, Left};
use crate::transition::Transition;
use crate::unwinding::remaining_work;
use holdfast_core::change::Stamp;

/// Why a trip is cancelled that was booked.
const GIVEN_BACK: &str = "the traveller gave the booked trip back";

/// Whether everything of a booking is surely gone from the suppliers.
pub fn is_undone(snapshot: &Snapshot) -> bool {
    snapshot.legs.iter().all(|leg| leg.state.status.is_gone()) && snapshot.payment.state.is_gone()
}

/// What an unwinding leads to once nothing is left.
pub fn ending(snapshot: &Snapshot) -> Ending {
    snapshot.booking.state.ending.unwrap_or(Ending::Failed)
}

/// What a booking has come to of which nothing is left to do: it is undone, or what its traveller gave
/// back is released and refunded. `None` where something is left, or where it goes forward.
pub fn done(snapshot: &Snapshot) -> Option<Happened> {
    let state = &snapshot.booking.state;
    if state.cancelling().is_some() {
        let is_done = remaining_work(snapshot).is_empty();
        return is_done.then(|| Happened::GivenBack(cancelling::left(snapshot)));
    }
    let is_turned_back = match state.status {
        BookingStatus::Unwinding => true,
        BookingStatus::NeedsAttention => !state.goes_forward_only(),
        _ => false,
    };
    (is_turned_back && is_undone(snapshot)).then(|| Happened::Undone(ending(snapshot)))
}

/// The execution has nothing left to do: the booking ends, or waits at the desk. `None` where it has
/// ended before, or where another cancellation is under way than the one that was carried out.
pub fn close(
    snapshot: &Snapshot,
    carried_out: Option<u32>,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    if cancelling::under_way(snapshot) != carried_out {
        return None;
    }
    let happened = done(snapshot).unwrap_or(Happened::SomethingLeft);
    end(snapshot, happened, stamp)
}

/// Ends a booking that waited at the desk, if nothing has been left to do since.
pub fn conclude(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let waits = snapshot.booking.state.status == BookingStatus::NeedsAttention;
    end(snapshot, done(snapshot).filter(|_| waits)?, stamp)
}

fn end(snapshot: &Snapshot, happened: Happened, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let state = ended(&booking.state, happened)?;
    let name = match happened {
        Happened::GivenBack(_) => EventName::CancellationDone,
        _ => EventName::BookingClosed,
    };
    let change = Transition::of(snapshot, name, stamp);
    Some(change.booking(booking, state).ending(snapshot))
}

/// The state of a booking to which this happened at its end.
pub(crate) fn ended(state: &BookingState, happened: Happened) -> Option<BookingState> {
    let mut next = state.clone();
    next.status = state.status.after(happened)?;
    if happened == Happened::GivenBack(Left::Nothing) {
        next.reason = Some(GIVEN_BACK.to_owned());
    }
    Some(next)
}
