//! The rules of an answer that comes over the broker: late, doubled, or in another order than it was
//! asked for, it changes nothing wrong, for what it says of a step stands in the step's own way.

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;

use crate::broker::{Answer, Said};
use crate::event::unique;
use crate::order::{Progress, Snapshot};
use crate::recording::record;
use crate::transition::Transition;
use crate::undoing::undone;

/// Records an answer. `None` where it says nothing new.
///
/// # Errors
/// [`Failure::InvalidOrder`] where it answers nothing that this order could have asked,
/// [`Failure::Unavailable`] where it answers what the order is about to have asked: it is tried again.
pub fn record_answer(
    snapshot: &Snapshot,
    answer: &Answer,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let asked = version_of(snapshot, &answer.request_id)?;
    if asked > snapshot.order.version || is_about_nothing(snapshot, &answer.said) {
        let problem = "the request that is answered is not written yet";
        return Err(Failure::unavailable("recording an answer", problem));
    }
    Ok(match &answer.said {
        Said::Forward(name, outcome) => record(snapshot, *name, outcome, stamp),
        Said::Undone(action, data) => undone(snapshot, *action, data, stamp),
    })
}

/// Whether an answer is about a step that was not begun, as the order was read.
fn is_about_nothing(snapshot: &Snapshot, said: &Said) -> bool {
    let step = match said {
        Said::Forward(name, _) => Some(*name),
        Said::Undone(action, _) => action.step(),
    };
    step.is_some_and(|step| snapshot.progress(step) == Progress::PENDING)
}

/// The version of the order that the request made.
fn version_of(snapshot: &Snapshot, request: &str) -> Result<u32, Failure> {
    let order = &snapshot.order.order_id;
    let version = request
        .strip_prefix(order.as_str())
        .and_then(|rest| rest.strip_prefix("/order."))
        .and_then(|version| version.parse().ok());
    version.ok_or_else(|| {
        let problem = format!(
            "must be the id of an event of the order: {order}/{}",
            unique(2)
        );
        Failure::invalid_order("detail.request_id", problem)
    })
}
