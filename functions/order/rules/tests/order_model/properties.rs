//! What must hold in every state that can be reached, and what must be reachable at all for that to
//! mean anything.
//!
//! [`ENDS`] stands for liveness: from each state, the steps that can be depended upon lead to an end,
//! and to a proper one, whatever the customer and the given-up processes do or leave undone.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::order::{Ending, OrderStatus, Progress};
use stateright::Property;

use crate::execution::Stage;
use crate::participants::{Money, Place};
use crate::system::System;
use crate::world::World;

pub(crate) const KEPT: &str = "no order is both paid and undone";
pub(crate) const CAPTURED_AFTER_COMMIT: &str = "captured only after the commit point";
pub(crate) const RECORDED: &str = "money that is known to be taken is recorded";
pub(crate) const NEVER_BOTH: &str = "a timer is fired or committed, never both";
pub(crate) const NO_LATE_PAYMENT: &str = "no payment starts once the deadline has passed";
pub(crate) const COMPLETED: &str = "a completed order is paid, invoiced, shipped and out of stock";
pub(crate) const UNDONE: &str = "an order that was undone leaves nothing behind";
pub(crate) const NAMED: &str = "what is left of an order at the desk is named there";
pub(crate) const ONCE: &str = "goods are put back once";
pub(crate) const STANDS: &str = "nothing is undone of an order that stands";
pub(crate) const NOT_SHIPPED: &str = "an order that its customer cancelled was never shipped";
pub(crate) const LISTENS: &str = "an execution that waits can be told";
pub(crate) const ENDS: &str = "an end can be reached, and it is a proper one";

pub(crate) fn of(system: &System) -> Vec<Property<System>> {
    [never(), reachable(system)].concat()
}

fn never() -> Vec<Property<System>> {
    vec![
        Property::always(KEPT, |_, world: &World| {
            let at = &world.participants;
            let gone = [at.stock, at.invoice, at.shipment].contains(&Place::Gone(true));
            at.money != Money::Captured || !gone || world.history.abandoned
        }),
        Property::always(CAPTURED_AFTER_COMMIT, |_, world: &World| {
            !world.history.captured_early
        }),
        Property::always(RECORDED, |_, world: &World| {
            !world.history.capture_forgotten
        }),
        Property::always(NEVER_BOTH, |_, world: &World| {
            !(world.history.fired && world.history.committed)
        }),
        Property::always(NO_LATE_PAYMENT, |_, world: &World| !world.history.paid_late),
        Property::always(COMPLETED, |_, world: &World| {
            world.record.head.status != OrderStatus::Completed || is_whole(world)
        }),
        Property::always(UNDONE, |_, world: &World| {
            let status = world.record.head.status;
            let undone = matches!(status, OrderStatus::Cancelled | OrderStatus::Failed);
            !undone || world.history.abandoned || left(world).next().is_none()
        }),
        Property::always(NAMED, |system: &System, world: &World| {
            world.record.head.status != OrderStatus::NeedsAttention || is_named(system, world)
        }),
        Property::always(ONCE, |_, world: &World| !world.history.put_back_twice),
        Property::always(STANDS, |_, world: &World| {
            !world.history.undone_while_standing
        }),
        Property::always(NOT_SHIPPED, |_, world: &World| {
            let shipped = matches!(world.participants.shipment, Place::Kept | Place::Gone(true));
            !(world.history.cancelled && shipped)
        }),
        Property::always(LISTENS, |_, world: &World| {
            let waiting = world.record.head.waiting;
            let token = waiting.map(|waits| waits.token);
            let listens = matches!(world.execution.stage, Stage::Listening(_));
            !listens || token == Some(world.execution.token())
        }),
        Property::always(ENDS, ends),
    ]
}

/// What the participants have of an order, by what would undo it.
fn left(world: &World) -> impl Iterator<Item = Action> {
    let at = world.participants;
    let money = match at.money {
        Money::Captured => Action::RefundPayment,
        _ => Action::VoidPayment,
    };
    let all = [
        (at.shipment == Place::Kept, Action::CancelShipment),
        (at.invoice == Place::Kept, Action::CancelInvoice),
        (at.stock == Place::Kept, Action::ReturnStock),
        (at.money.is_kept(), money),
    ];
    all.into_iter()
        .filter(|(is_left, _)| *is_left)
        .map(|(_, action)| action)
}

/// Whether an order that is completed has all that belongs to it. One that was abandoned may be unpaid.
fn is_whole(world: &World) -> bool {
    let at = &world.participants;
    let captured = world.record.step(StepName::CapturePayment) == Progress::SUCCESS;
    let paid = at.money == Money::Captured && captured;
    let goods = [at.stock, at.invoice, at.shipment] == [Place::Kept; 3];
    goods && (paid || world.history.abandoned)
}

/// Whether the desk knows of all that is left. A shipped order that is unpaid has its capture there.
fn is_named(system: &System, world: &World) -> bool {
    let named = system.rules.waiting_work(&world.record);
    let captures = named.has(Action::CapturePayment);
    let refunds = named.has(Action::VoidPayment) || named.has(Action::RefundPayment);
    left(world).all(|action| match action {
        Action::VoidPayment | Action::RefundPayment => captures || refunds,
        action => captures || named.has(action),
    })
}

/// Follows the dependable steps from here until none is left. States that are known to end well are
/// kept, so that each is followed once; a check has a thread of its own.
fn ends(system: &System, world: &World) -> bool {
    thread_local! {
        static GOOD: RefCell<HashSet<u64>> = RefCell::default();
    }
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut way = HashSet::new();
    let mut at = *world;
    loop {
        let name = hasher.hash_one(at);
        if GOOD.with_borrow(|good| good.contains(&name)) {
            break;
        }
        if !way.insert(name) {
            return false;
        }
        match system.goes_on(&at) {
            Some(next) => at = next,
            None if at.record.head.status.is_finished() => break,
            None => return false,
        }
    }
    GOOD.with_borrow_mut(|good| good.extend(way));
    true
}

type Holds = fn(&System, &World) -> bool;

/// Guards against a model that explores nothing of interest.
fn reachable(system: &System) -> Vec<Property<System>> {
    let limits = &system.limits;
    let guards: [(bool, &'static str, Holds); 7] = [
        (true, "completed", |_, world| {
            world.record.head.status == OrderStatus::Completed && !world.history.abandoned
        }),
        (true, "time won", |_, world| {
            world.history.fired && world.record.head.status == OrderStatus::Cancelled
        }),
        (
            limits.cancels > 0,
            "cancelled by the customer",
            |_, world| {
                world.history.cancelled && world.record.head.status == OrderStatus::Cancelled
            },
        ),
        (limits.refusals > 0, "failed", |_, world| {
            world.record.head.status == OrderStatus::Failed
                && world.record.head.ending == Some(Ending::Failed)
        }),
        (
            limits.faults > 0,
            "a given-up process outlives its order",
            |_, world| world.record.head.status.is_finished() && world.zombie.is_some(),
        ),
        (limits.decisions > 0, "left to the desk", |_, world| {
            world.record.head.status == OrderStatus::NeedsAttention
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
