//! What must hold in every state that can be reached, and what must be reachable at all for that to
//! mean anything.
//!
//! [`ENDS`] stands for liveness: from each state, the steps that can be depended upon lead to an end,
//! and to a proper one, whatever the traveller and the given-up processes do or leave undone.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus};
use stateright::Property;

use crate::answers::waiting_work;
use crate::execution::Stage;
use crate::limits::Begins;
use crate::record::{ADDED, Clock, Said};
use crate::suppliers::{Money, Place};
use crate::system::System;
use crate::words::{Change, Decided};
use crate::world::World;

pub(crate) const KEPT: &str = "nothing is both captured and released";
pub(crate) const REFUNDED: &str =
    "what is given back for a cancellation is what was agreed to, once";
pub(crate) const REPEATED: &str = "a cancellation that is sent again is known, and changes nothing";
pub(crate) const SENT_BY_ITS_OWN: &str =
    "a cancellation is sent to the desk by an execution that has carried it out";
pub(crate) const BY_THE_TERMS: &str =
    "no part is given back for nothing that its supplier gives the price back for";
pub(crate) const CAPTURED_AFTER_COMMIT: &str = "captured only after the commit point";
pub(crate) const PAID_ONCE: &str = "no money is reserved beside other money";
pub(crate) const RECORDED: &str = "money that is known to be taken is recorded";
pub(crate) const NEVER_BOTH: &str = "a timer is fired or committed, never both";
pub(crate) const NO_LATE_PAYMENT: &str = "no payment starts once the deadline has passed";
pub(crate) const WOKEN: &str = "a timer that runs has its wake-up";
pub(crate) const NOTHING_LEFT: &str = "what has ended leaves nothing that no desk item names";
pub(crate) const NAMED: &str = "what is out of a trip that stands, and not surely gone, is named";
pub(crate) const REFUSED: &str = "a command that is refused has no effect";
pub(crate) const PAID_IS_HELD: &str = "only held legs are paid for";
pub(crate) const PAID_IS_CONFIRMED: &str = "at the commit point each leg paid for is confirmed";
pub(crate) const PAID_IS_KEPT: &str =
    "no leg of a trip that stands is released once it is paid for";
pub(crate) const NOT_LOST: &str = "no trip is lost for a leg that could not be held";
pub(crate) const LISTENS: &str = "a booking that waits is heard, and can be paid or cancelled";
pub(crate) const ENDS: &str = "an end can be reached, and it is a proper one";

pub(crate) fn of(system: &System) -> Vec<Property<System>> {
    [never(), reachable(system)].concat()
}

fn never() -> Vec<Property<System>> {
    vec![
        Property::always(KEPT, |_, world: &World| {
            let kept = world.history.paid & !world.history.given_back;
            world.suppliers.money != Money::Captured || released(world) & kept == 0
        }),
        Property::always(REFUNDED, |_, world: &World| {
            let (given, agreed) = (world.suppliers.given_back, world.history.agreed);
            let is_over = world.record.status.is_finished() && !world.history.abandoned;
            given == agreed || given < agreed && !is_over
        }),
        Property::always(REPEATED, |system: &System, world: &World| {
            let (record, terms) = (&world.record, system.terms(world.now));
            let again = system.rules.decide(record, Change::CancelAgain, &terms);
            record.given_back.is_none() || again == Decided::Nothing
        }),
        Property::always(SENT_BY_ITS_OWN, |_, world: &World| {
            !world.history.sent_by_another
        }),
        Property::always(BY_THE_TERMS, |_, world: &World| {
            !world.history.given_back_for_nothing
        }),
        Property::always(CAPTURED_AFTER_COMMIT, |_, world: &World| {
            !world.history.captured_early
        }),
        Property::always(PAID_ONCE, |_, world: &World| {
            !world.history.authorized_twice
        }),
        Property::always(RECORDED, |_, world: &World| {
            !world.history.capture_forgotten
        }),
        Property::always(NEVER_BOTH, |_, world: &World| {
            !(world.history.fired && world.history.committed)
        }),
        Property::always(NO_LATE_PAYMENT, |_, world: &World| {
            !world.history.payment_started_late
        }),
        Property::always(WOKEN, |system: &System, world: &World| {
            system.limits.wakes == 0 || is_woken(world)
        }),
        Property::always(NOTHING_LEFT, |_, world: &World| {
            !world.record.status.is_finished() || leaves_nothing(world)
        }),
        Property::always(NAMED, |_, world: &World| {
            !world.record.status.is_finished() || is_named(world)
        }),
        Property::always(REFUSED, |_, world: &World| {
            !world.history.refused_took_effect
        }),
        Property::always(PAID_IS_HELD, |_, world: &World| {
            !world.history.paid_for_unheld
        }),
        Property::always(PAID_IS_CONFIRMED, |_, world: &World| {
            !world.history.committed_unconfirmed
        }),
        Property::always(PAID_IS_KEPT, |_, world: &World| {
            !world.history.released_while_paid_for
        }),
        Property::always(NOT_LOST, |_, world: &World| {
            !world.history.trip_lost_for_a_leg
        }),
        Property::always(LISTENS, |system: &System, world: &World| {
            match world.execution.stage {
                Stage::Listening => is_heard(system, world),
                Stage::Deciding(attempt) => is_heard_while_pending(attempt, system, world),
                _ => true,
            }
        }),
        Property::always(ENDS, ends),
    ]
}

fn released(world: &World) -> u8 {
    let is_released =
        |leg: &u8| matches!(world.suppliers.legs[usize::from(*leg)], Place::Released(_));
    (0..=ADDED)
        .filter(is_released)
        .fold(0, |legs, leg| legs | 1 << leg)
}

fn is_woken(world: &World) -> bool {
    let record = &world.record;
    let runs = record.timer == Clock::Running && !record.status.has_ended();
    let wakes = world.wakes[usize::from(record.generation - 1)];
    !runs || wakes > 0 || world.waker.is_some()
}

/// Whether the suppliers have nothing but what is booked, and what the booking says is left there.
fn leaves_nothing(world: &World) -> bool {
    let record = &world.record;
    let booked = record.status == BookingStatus::Booked;
    let named = waiting_work(record);
    let trip = record.trip().fold(0, |trip, leg| trip | 1 << leg);
    let in_order = |leg: u8| {
        let place = world.suppliers.legs[usize::from(leg)];
        let is_booked = booked && trip & 1 << leg != 0;
        match place {
            Place::Confirmed if is_booked => true,
            place if is_booked => !place.is_kept() && world.history.abandoned,
            place => !place.is_kept() || named.legs & 1 << leg != 0 || world.history.abandoned,
        }
    };
    (0..=ADDED).all(in_order) && is_money_in_order(world, named.money.is_some())
}

/// Whether the desk names each leg that left a trip which stands, or was given back, and that is not
/// known to be gone: an operator who gives the rest up does not give it up.
fn is_named(world: &World) -> bool {
    let record = &world.record;
    let named = waiting_work(record);
    let is_named = |leg: u8| {
        let known = record.leg(leg);
        let is_left = known.is_some_and(|leg| leg.dropped && !leg.status.is_gone());
        !is_left || named.legs & 1 << leg != 0
    };
    record.state().is_being_undone() || (0..=ADDED).all(is_named)
}

fn is_money_in_order(world: &World, named: bool) -> bool {
    let money = world.suppliers.money;
    if named {
        return true;
    }
    let given_back = world.record.given_back;
    if given_back.is_some_and(|all| all.refund.is_none()) {
        return !money.is_kept();
    }
    if world.history.abandoned {
        return true;
    }
    if world.record.state().was_booked() {
        return world.record.payment == paid(world);
    }
    !money.is_kept()
}

/// How the payment of a booked trip stands, by what the supplier has given back of it.
fn paid(world: &World) -> PaymentStatus {
    match world.suppliers.money {
        Money::Captured if world.suppliers.given_back == 0 => PaymentStatus::Captured,
        Money::Captured => PaymentStatus::PartlyRefunded,
        Money::Refunded => PaymentStatus::Refunded,
        _ => PaymentStatus::None,
    }
}

/// Whether an execution that waits can be reached, and the booking be paid or cancelled.
fn is_heard(system: &System, world: &World) -> bool {
    let record = &world.record;
    let terms = system.terms(world.now);
    let Some(waits) = record.waiting else {
        return false;
    };
    if waits.token != world.execution.token() {
        return false;
    }
    let in_time = record.timer == Clock::Running && world.now < record.deadline;
    if waits.taken.is_some() || !in_time {
        return true;
    }
    let can = |said| {
        let decided = system.rules.decide(record, Change::Take(said), &terms);
        matches!(decided, Decided::Write(..))
    };
    can(Said::Cancel) && (can(Said::Pay) || record.trip().next().is_none())
}

/// Whether an execution that waits for a decision can be reached, and the booking be cancelled.
fn is_heard_while_pending(attempt: u8, system: &System, world: &World) -> bool {
    let record = &world.record;
    let Some(waits) = record.waiting else {
        return false;
    };
    let is_reached = waits.token == world.execution.token() && waits.decision == Some(attempt);
    let is_open = record.payment == PaymentStatus::Pending && record.timer != Clock::Fired;
    if waits.taken.is_some() || !is_open || record.status != BookingStatus::Paying {
        return is_reached;
    }
    let cancel = Change::Take(Said::Cancel);
    let decided = system
        .rules
        .decide(record, cancel, &system.terms(world.now));
    is_reached && matches!(decided, Decided::Write(..))
}

/// Follows the dependable steps from here until none is left. States that are known to end well are
/// kept, so that each is followed once.
fn ends(system: &System, world: &World) -> bool {
    thread_local! {
        static GOOD: RefCell<HashSet<u64>> = RefCell::default();
    }
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut way = HashSet::new();
    let mut at = *world;
    loop {
        let name = hasher.hash_one((system.name(), at));
        if GOOD.with_borrow(|good| good.contains(&name)) {
            break;
        }
        if !way.insert(name) {
            return false;
        }
        match system.goes_on(&at) {
            Some(next) => at = next,
            None if is_proper_end(&at) => break,
            None => return false,
        }
    }
    GOOD.with_borrow_mut(|good| good.extend(way));
    true
}

fn is_proper_end(world: &World) -> bool {
    world.record.status.is_finished() && leaves_nothing(world)
}

type Holds = fn(&System, &World) -> bool;

/// Guards against a model that explores nothing of interest.
fn reachable(system: &System) -> Vec<Property<System>> {
    let limits = &system.limits;
    let says = |said| limits.says.contains(&said) || limits.begins == Begins::Told(said);
    let second_card = limits.commands > 1 && limits.refusals > 0;
    let expired: Holds = |_, world| world.record.status == BookingStatus::Expired;
    let gives_back = |leg| limits.gives_back.contains(&leg);
    let is_paid = limits.begins == Begins::Booked;
    let was_booked = is_paid || limits.begins == Begins::BookedUnpaid;
    let guards: [(bool, &'static str, Holds); 15] = [
        (!was_booked, "expired", expired),
        (
            limits.begins == Begins::BookedUnpaid,
            "cancelled though the money was given up",
            |_, world| {
                world.record.status == BookingStatus::Cancelled
                    && world.suppliers.money == Money::Refunded
            },
        ),
        (
            is_paid && gives_back(None),
            "cancelled after it was booked",
            |_, world| {
                world.record.status == BookingStatus::Cancelled && world.suppliers.given_back == 1
            },
        ),
        (
            is_paid && gives_back(Some(0)),
            "booked less a leg",
            |_, world| {
                let record = &world.record;
                record.status == BookingStatus::Booked && !world.suppliers.legs[0].is_kept()
            },
        ),
        (
            is_paid && gives_back(Some(0)) && limits.commands > 1,
            "given back in two parts",
            |_, world| {
                let number = world.record.given_back.map(|given_back| given_back.number);
                world.record.status == BookingStatus::Cancelled && number == Some(2)
            },
        ),
        (says(Said::Pay) || limits.pays_up_front, "booked", is_booked),
        (
            says(Said::AddLeg) && limits.faults > 0,
            "booked with a leg that was added",
            |system, world| is_booked(system, world) && world.record.amount == 3,
        ),
        (
            says(Said::DropLeg(1)),
            "booked without a leg that was dropped",
            |system, world| is_booked(system, world) && !world.suppliers.legs[1].is_kept(),
        ),
        (second_card, "booked with a second card", |system, world| {
            is_booked(system, world) && world.suppliers.authorized == 2
        }),
        (
            limits.pending > 0,
            "booked with the card that was pending",
            |system, world| is_booked(system, world) && world.suppliers.withdrawn == 0,
        ),
        (
            limits.pending > 0,
            "booked with another card than the one that was pending",
            |system, world| is_booked(system, world) && world.suppliers.withdrawn != 0,
        ),
        (
            limits.pending > 0 && limits.says.contains(&Said::Cancel),
            "cancelled when the bank had approved",
            |_, world| {
                world.record.status == BookingStatus::Cancelled && world.suppliers.authorized > 0
            },
        ),
        (
            limits.faults > 0,
            "a given-up process outlives its booking",
            |_, world| world.record.status.is_finished() && world.zombie.is_some(),
        ),
        (limits.decisions > 0, "left to the desk", |_, world| {
            world.record.status == BookingStatus::NeedsAttention
        }),
        (limits.decisions > 0, "abandoned", |_, world| {
            world.history.abandoned
        }),
    ];
    let expected = guards.into_iter().filter(|(expected, ..)| *expected);
    expected
        .map(|(_, name, holds)| Property::sometimes(name, holds))
        .collect()
}

fn is_booked(_: &System, world: &World) -> bool {
    world.record.status == BookingStatus::Booked && world.suppliers.money == Money::Captured
}
