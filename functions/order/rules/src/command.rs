//! What the customer may say: cancel, until the order is being shipped. The command turns the order back
//! in one change, so a command that is taken is carried out, and one that is refused has no effect.

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;

use crate::action::StepName;
use crate::event::EventName;
use crate::order::{Ending, OrderStatus, Progress, Snapshot};
use crate::status::Happened;
use crate::transition::Transition;
use crate::turning::{Turn, released};

/// The customer cancels. `None` where they did before.
///
/// # Errors
/// [`Failure::Conflict`] where the order is being shipped, or undone for another reason.
pub fn cancel(snapshot: &Snapshot, stamp: Stamp<'_>) -> Result<Option<Transition>, Failure> {
    let state = &snapshot.order.state;
    if state.is_being_undone() && state.ending == Some(Ending::Cancelled) {
        return Ok(None);
    }
    let turn = Turn {
        event: EventName::UndoStarted,
        happened: Happened::TurnedBack,
        ending: Ending::Cancelled,
        reason: "cancelled by the customer".to_owned(),
        timer: released(&state.timer, stamp),
        settles: None,
    };
    let is_begun = snapshot.progress(StepName::ShipOrder) != Progress::PENDING;
    let turned = turn.of(snapshot, stamp).filter(|_| !is_begun);
    turned.map(Some).ok_or_else(|| {
        let status = state.status.as_str();
        let shipping = "the order is being shipped; it cannot be cancelled any more";
        Failure::Conflict(match state.status {
            OrderStatus::Invoiced | OrderStatus::Shipped => shipping.to_owned(),
            _ => format!("the order is {status}; it cannot be cancelled"),
        })
    })
}
