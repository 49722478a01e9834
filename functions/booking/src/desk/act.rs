//! Who acts at the desk, and upon which part of a booking.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::desk::waiting_work;
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_kit::clock::Clock;
use holdfast_kit::desk::name_of;

use super::Errand;
use crate::store::{Bookings, Store};

/// A clerk of the desk: an operator, or the automatic redrive.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// The bookings.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Who it is: the actor of the events.
    pub name: String,
}

impl Clerk {
    /// Whether the clerk has a name to put into the history.
    pub(super) fn check(&self) -> Result<(), Failure> {
        name_of::<Bookings>(&self.name).map(drop)
    }

    pub(super) fn stamp(&self) -> Stamp<'_> {
        self.clock.stamp(self.name.trim())
    }
}

/// What an errand is about, of all that waits. Nothing waits of a booking that is finished: the errand is
/// done already.
pub(super) fn pick(errand: &Errand, snapshot: &Snapshot) -> Result<Vec<Work>, Failure> {
    let Some(part) = &errand.part else {
        return Ok(waiting_work(snapshot));
    };
    let is_known = part == "payment" || snapshot.legs.iter().any(|leg| leg.id.as_str() == part);
    if !is_known {
        let problem = format!("booking {} has no part {part}", errand.id);
        return Err(Failure::invalid("part", problem));
    }
    let mut work = waiting_work(snapshot);
    work.retain(|left| left.leg == *part);
    Ok(work)
}
