//! What must hold in every state that can be reached, and what must be reachable at all for that to
//! mean anything.
//!
//! Liveness is not left to stateright's `eventually`, which is known to overlook a counterexample
//! when two runs meet in one state. Instead three things are checked that together say the same: no
//! run goes in circles (see `main.rs`), an actor that has not ended is moved on by a dependable one
//! ([`GOES_ON`]), and every end is a proper one ([`PROPER_END`]). So every run ends, and ends well,
//! whatever the traveller, the wake-ups and the given-up processes do or leave undone.

use holdfast_core::timer::State;
use stateright::Property;

use crate::system::System;
use crate::waking::Tightening;
use crate::world::{Bank, Legs, Stage, World};

pub(crate) const NEVER_BOTH: &str = "a timer is fired or committed, never both";
pub(crate) const CAPTURED_IS_KEPT: &str = "nothing is both captured and released";
pub(crate) const CAPTURED_AFTER_COMMIT: &str = "captured only after the commit point";
pub(crate) const NO_LATE_PAYMENT: &str = "no payment starts once the deadline has passed";
pub(crate) const NO_LATE_PAUSE: &str = "no pause is granted once the deadline has passed";
pub(crate) const NOT_FIRED_EARLY: &str = "nothing fires before its deadline";
pub(crate) const STALE_IS_IGNORED: &str = "a stale wake-up changes nothing";
pub(crate) const LEASE_IS_KEPT: &str = "no wake-up ends a pause whose lease is alive";
pub(crate) const PAUSE_IS_ITS_OWN: &str = "no earlier attempt ends a later one's pause";
pub(crate) const PROPER_END: &str = "every end is booked, or leaves nothing behind";
pub(crate) const GOES_ON: &str = "what has not ended goes on";

pub(crate) fn of(system: &System) -> Vec<Property<System>> {
    [never(), reachable(), reachable_with(system)].concat()
}

fn never() -> Vec<Property<System>> {
    vec![
        Property::always(NEVER_BOTH, |_, world: &World| {
            !(world.history.fired && world.history.committed)
        }),
        Property::always(CAPTURED_IS_KEPT, |_, world: &World| {
            let suppliers = &world.suppliers;
            !(suppliers.captured && (suppliers.voided || suppliers.legs == Legs::Released))
        }),
        Property::always(CAPTURED_AFTER_COMMIT, |_, world: &World| {
            !world.suppliers.captured || world.history.committed
        }),
        Property::always(NO_LATE_PAYMENT, |_, world: &World| {
            !world.history.payment_started_late
        }),
        Property::always(NO_LATE_PAUSE, |_, world: &World| !world.history.paused_late),
        Property::always(NOT_FIRED_EARLY, |_, world: &World| {
            !world.history.fired_early
        }),
        Property::always(STALE_IS_IGNORED, |_, world: &World| {
            !world.history.stale_wake_heeded
        }),
        Property::always(LEASE_IS_KEPT, |_, world: &World| {
            !world.history.lease_broken
        }),
        Property::always(PAUSE_IS_ITS_OWN, |_, world: &World| {
            !world.history.pause_stolen
        }),
        Property::always(PROPER_END, |_, world: &World| {
            world.stage != Stage::Ended || is_proper_end(world)
        }),
        Property::always(GOES_ON, |system: &System, world: &World| {
            world.stage == Stage::Ended || system.goes_on(world)
        }),
    ]
}

fn is_proper_end(world: &World) -> bool {
    let settled = !matches!(world.timer.state, State::Running | State::Paused { .. });
    let may_be_undone = !world.timer.is_committed() || world.capture_refused;
    settled && (world.is_booked() || may_be_undone && world.leaves_nothing_behind())
}

/// Guards against a model that explores nothing of interest.
fn reachable() -> Vec<Property<System>> {
    vec![
        Property::sometimes("booked", |_, world: &World| {
            world.stage == Stage::Ended && world.suppliers.captured
        }),
        Property::sometimes("booked though slow", |system: &System, world: &World| {
            world.suppliers.captured && world.now > system.deadline
        }),
        Property::sometimes("expired while a payment was made", |_, world: &World| {
            let suppliers = &world.suppliers;
            world.history.fired && suppliers.authorized && world.stage == Stage::Ended
        }),
        Property::sometimes("undone after a refused capture", |_, world: &World| {
            world.history.committed && world.suppliers.voided && world.stage == Stage::Ended
        }),
    ]
}

/// What only limits with a tightening, or with faults, can reach.
fn reachable_with(system: &System) -> Vec<Property<System>> {
    let mut properties = Vec::new();
    if system.limits.tighten && system.limits.wakes > 0 {
        properties.push(Property::sometimes(
            "a stale wake-up is under way",
            |_, world: &World| world.timer.generation == 2 && world.wakes[0] > 0,
        ));
    }
    if system.limits.tighten {
        properties.push(Property::sometimes(
            "a tightening loses its race",
            |_, world: &World| world.tightening == Tightening::Over && world.timer.generation == 1,
        ));
    }
    if system.limits.slow_bank {
        properties.push(Property::sometimes(
            "decided later, and booked after the deadline",
            |system: &System, world: &World| {
                let suppliers = &world.suppliers;
                suppliers.bank == Bank::Approved
                    && suppliers.captured
                    && world.now >= system.deadline
            },
        ));
        properties.push(Property::sometimes(
            "never decided, and undone",
            |_, world: &World| {
                let suppliers = &world.suppliers;
                world.stage == Stage::Ended && suppliers.bank == Bank::Asked && suppliers.voided
            },
        ));
    }
    if system.limits.faults > 0 {
        properties.push(Property::sometimes(
            "left to the desk",
            |_, world: &World| {
                world.stage == Stage::Ended && (world.desk.legs || world.desk.payment)
            },
        ));
        properties.push(Property::sometimes(
            "a given-up process outlives the void",
            |_, world: &World| world.suppliers.voided && world.ghost.is_some(),
        ));
    }
    properties
}
