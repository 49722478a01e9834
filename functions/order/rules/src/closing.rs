//! The end of an order that is not completed: what it is called depends on what is recorded as undone.

use holdfast_core::change::Stamp;

use crate::event::EventName;
use crate::order::{Ending, OrderStatus, Snapshot};
use crate::status::Happened;
use crate::transition::Transition;
use crate::undoing::is_undone;

/// What the way back leads to once nothing is left.
pub fn ending(snapshot: &Snapshot) -> Ending {
    snapshot.order.state.ending.unwrap_or(Ending::Failed)
}

/// The execution has nothing left to do: the order ends, or waits at the desk. `None` where it has
/// ended before, or still goes forward.
pub fn close(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let state = &snapshot.order.state;
    if !state.is_being_undone() && !state.goes_forward_only() {
        return None;
    }
    let undone = state.is_being_undone() && is_undone(snapshot);
    let happened = match undone {
        true => Happened::Undone(ending(snapshot)),
        false => Happened::SomethingLeft,
    };
    end(snapshot, happened, stamp)
}

/// Ends an order that waited at the desk, if it has been undone since.
pub fn conclude(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let state = &snapshot.order.state;
    let waits = state.status == OrderStatus::NeedsAttention && state.is_being_undone();
    if !waits || !is_undone(snapshot) {
        return None;
    }
    end(snapshot, Happened::Undone(ending(snapshot)), stamp)
}

fn end(snapshot: &Snapshot, happened: Happened, stamp: Stamp<'_>) -> Option<Transition> {
    let mut state = snapshot.order.state.clone();
    state.status = state.status.after(happened)?;
    let event = match state.status {
        OrderStatus::Cancelled => EventName::OrderCancelled,
        OrderStatus::NeedsAttention => EventName::OrderNeedsAttention,
        _ => EventName::OrderFailed,
    };
    let why = state.reason.clone().unwrap_or_default();
    let change = Transition::to(snapshot, event, stamp, state).note(why);
    Some(change.ending(snapshot))
}
