//! The end of a booking that is not booked: what it is called depends on what is recorded as undone.

use crate::booking::{BookingStatus, Ending, Snapshot};
use crate::event::EventName;
use crate::status::Happened;
use crate::transition::Transition;
use holdfast_core::change::Stamp;

/// Whether everything of a booking is surely gone from the suppliers.
pub fn is_undone(snapshot: &Snapshot) -> bool {
    snapshot.legs.iter().all(|leg| leg.state.status.is_gone()) && snapshot.payment.state.is_gone()
}

/// What an unwinding leads to once nothing is left.
pub fn ending(snapshot: &Snapshot) -> Ending {
    snapshot.booking.state.ending.unwrap_or(Ending::Failed)
}

/// The execution has nothing left to do: the booking ends, or waits at the desk. `None` where it has
/// ended before.
pub fn close(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let status = snapshot.booking.state.status;
    let undone = status == BookingStatus::Unwinding && is_undone(snapshot);
    end(
        snapshot,
        if undone {
            Happened::Undone(ending(snapshot))
        } else {
            Happened::SomethingLeft
        },
        stamp,
    )
}

/// Ends a booking that waited at the desk, if it has been undone since.
pub fn conclude(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let state = &snapshot.booking.state;
    let waits = state.status == BookingStatus::NeedsAttention && !state.goes_forward_only();
    if !waits || !is_undone(snapshot) {
        return None;
    }
    end(snapshot, Happened::Undone(ending(snapshot)), stamp)
}

fn end(snapshot: &Snapshot, happened: Happened, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let mut state = booking.state.clone();
    state.status = state.status.after(happened)?;
    let change = Transition::of(snapshot, EventName::BookingClosed, stamp);
    Some(change.booking(booking, state).ending(snapshot))
}
