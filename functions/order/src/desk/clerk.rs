//! Who acts at the desk, and upon which part of what waits.

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_kit::clock::Clock;
use holdfast_kit::desk::name_of;
use holdfast_order_rules::desk::{is_part, waiting_work};
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::undoing::Work;

use super::Errand;
use crate::store::{Orders, Store};

/// A clerk of the desk: an operator, or the automatic redrive.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// The orders.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Who it is: the actor of the events.
    pub name: String,
}

impl Clerk {
    /// Whether the clerk has a name to put into the history.
    pub(super) fn check(&self) -> Result<(), Failure> {
        name_of::<Orders>(&self.name).map(drop)
    }

    pub(super) fn stamp(&self) -> Stamp<'_> {
        self.clock.stamp(self.name.trim())
    }
}

/// What an errand is about, of all that waits. Nothing waits of an order that is finished: the errand is
/// done already.
pub(super) fn pick(errand: &Errand, snapshot: &Snapshot) -> Result<Vec<Work>, Failure> {
    let mut work = waiting_work(snapshot);
    let Some(part) = &errand.part else {
        return Ok(work);
    };
    if !is_part(part) {
        let problem = "must be carrier, invoices, stock or payment";
        return Err(Failure::invalid_order("part", problem));
    }
    work.retain(|left| left.topic.as_str() == part);
    Ok(work)
}
