//! What is checked before a supplier is asked, again when its answer is written.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::{leg, settling};

use super::rules::stamp;

/// What is checked before a supplier is asked must hold when its answer is written: it is never taken
/// back.
pub(crate) fn check_fences(before: &Snapshot, change: &Transition) -> Result<(), String> {
    let stamp = stamp(change);
    match change.event.name {
        EventName::LegReleased => {
            let ids = change.legs.iter().map(|leg| &leg.id);
            for id in ids {
                let left = leg::leave(before, id, stamp);
                if !matches!(left, Ok(None)) {
                    return Err(format!("leg {id} was released, but: {left:?}"));
                }
            }
            Ok(())
        }
        EventName::PaymentVoided | EventName::PaymentRefunded => {
            settling::to_give_back(before, Action::Void)
                .map(drop)
                .map_err(|failure| failure.to_string())
        }
        EventName::PaymentCaptured if !before.booking.state.timer.is_committed() => {
            Err("money was taken before the commit point".to_owned())
        }
        _ => Ok(()),
    }
}
