//! Who changes a booking, and when: now, by the clock of the part that changes it.

use holdfast_booking_rules::transition::Stamp;
use holdfast_kit::clock::Clock;

/// This actor, now.
pub(crate) fn stamp<'a>(actor: &'a str, clock: &Clock) -> Stamp<'a> {
    let at = clock.now();
    Stamp { actor, at }
}
