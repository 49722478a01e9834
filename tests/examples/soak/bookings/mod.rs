//! Bookings: what travellers want, and what becomes of it.

mod plan;
mod travel;

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_tests::Stack;

use crate::report::Outcome;

pub(crate) use plan::Plan;
pub(crate) use travel::{Journey, travel};

/// What the traveller had in mind, and what came of it.
pub(crate) async fn look(stack: &Stack, journey: Journey) -> Outcome {
    let mut audited = stack.look_from_all_sides(&journey.name).await;
    audited.violations.extend(journey.trouble);
    Outcome {
        plan: journey.plan.name,
        name: journey.name,
        end: audited.status.map_or("unknown", BookingStatus::as_str),
        violations: audited.violations,
    }
}
