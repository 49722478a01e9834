//! What the rules and the steps are meant to do, where they do not do it yet.

use holdfast_booking_rules::booking::{LegStatus, Snapshot};
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;

use crate::record::{ADDED, Said, leg_id};
use crate::rules::Plan;

/// A command that was taken for an earlier try of the same wait was not heard: it is kept, and told
/// to the later one.
// TODO: belongs into `waiting::wait`.
pub(crate) fn keep_what_was_taken(snapshot: &Snapshot, mut change: Transition) -> Transition {
    let known = snapshot.booking.waiting.as_ref();
    let Some(next) = change
        .booking
        .as_mut()
        .and_then(|next| next.waiting.as_mut())
    else {
        return change;
    };
    let same = known.filter(|known| known.since.entered == next.since.entered);
    if let Some(taken) = same.and_then(|known| known.taken.clone()) {
        if taken.command == Said::AddLeg.name() {
            change.legs.retain(|leg| leg.id != leg_id(ADDED));
        }
        next.taken = Some(taken);
    }
    change
}

/// The legs that are out of a trip past its commit point, and that could not be released.
// TODO: belongs into `desk::waiting_work`, which names them only before the commit point.
pub(crate) fn leftovers(snapshot: &Snapshot) -> u8 {
    if !snapshot.booking.state.goes_forward_only() {
        return 0;
    }
    let legs = snapshot.legs.iter();
    let left = legs.filter(|leg| leg.state.dropped && leg.state.status == LegStatus::ReleaseFailed);
    left.fold(0, |legs, leg| legs | 1 << leg.order)
}

/// An operator's word stands for the work that was done by hand, and for no other that has come up
/// since.
// TODO: belongs into the desk's `resolve`, which picks the work anew when it has lost a race.
pub(crate) fn check_is_done(waiting: Plan, done: Plan) -> Result<(), Failure> {
    if waiting == done {
        return Ok(());
    }
    let problem = "other work waits by now; look again";
    Err(Failure::Conflict(problem.to_owned()))
}
