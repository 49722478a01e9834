//! The desk: the automatic redrive, and the operator who resolves or abandons.

use holdfast_order_rules::action::Action;
use holdfast_order_rules::order::OrderStatus;

use crate::participants::{Money, Reply};
use crate::process::{Process, Step, Task};
use crate::record::Record;
use crate::rules::{Plan, Tries};
use crate::system::System;
use crate::world::World;

/// What messages at the desk are about.
pub(crate) const ERRANDS: [Action; 6] = [
    Action::CancelShipment,
    Action::CancelInvoice,
    Action::ReturnStock,
    Action::RefundPayment,
    Action::VoidPayment,
    Action::CapturePayment,
];

/// The automatic redrive at work on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Clerk {
    errand: Action,
    pub(crate) process: Process,
}

impl World {
    /// What could not be done is handed over.
    pub(crate) fn send_to_desk(&mut self, action: Action) {
        self.errands |= Plan::bit(action);
    }

    /// An operator does all that waits at the participants' own counters, unless one of them would not.
    pub(crate) fn do_by_hand(&mut self, view: &Record, system: &System) -> Option<Plan> {
        let done = system.rules.waiting_work(view);
        if done.has(Action::CapturePayment) && self.participants.money == Money::Barred {
            return None;
        }
        let mut plan = done;
        while let Some(action) = plan.next() {
            let captured = self.participants.money == Money::Captured;
            let at_the_counter = match action {
                Action::VoidPayment if captured => Action::RefundPayment,
                other => other,
            };
            let (participants, protocol) = (&mut self.participants, &system.protocol);
            _ = participants.call(at_the_counter, Reply::Yes, protocol);
        }
        Some(done)
    }
}

/// The queue delivers a message: its work is tried, if it still waits. A capture that was refused
/// since has become the undo of everything.
pub(crate) fn redrive(world: &mut World, system: &System, errand: Action) {
    if world.errands & Plan::bit(errand) == 0 || world.clerk.is_some() {
        return;
    }
    let mut waits = system.rules.waiting_work(&world.record);
    let work = match errand {
        Action::CapturePayment | Action::VoidPayment | Action::RefundPayment => waits.next(),
        errand => Some(errand).filter(|errand| waits.has(*errand)),
    };
    let task = match work.and_then(|action| action.step().map(|step| (action, step))) {
        None => Task::Conclude,
        Some((action, step)) if step.topic().is_asked_over_the_broker() => Task::Ask(action, None),
        Some((action, _)) if action.is_undo() => Task::Undo(action, Tries::Desk),
        Some((_, step)) => Task::Do(step, Tries::Desk),
    };
    world.clerk = Some(Clerk {
        errand,
        process: Process::on(task),
    });
}

/// The message is gone once a clerk finds that nothing is left of its work.
pub(crate) fn clerk_step(world: &mut World, system: &System, reply: Reply) {
    let Some(clerk) = world.clerk.take() else {
        return;
    };
    match clerk.process.step(world, system, reply) {
        Step::Goes(process) => world.clerk = Some(Clerk { process, ..clerk }),
        Step::Answers(_) if clerk.process.task == Task::Conclude => {
            world.errands &= !Plan::bit(clerk.errand);
        }
        Step::Answers(_) => {}
    }
}

/// The sweep finds an order that waits at the desk without a message, and sends one.
pub(crate) fn sweep(world: &mut World, system: &System) {
    if world.errands != 0 || world.clerk.is_some() {
        return;
    }
    if let Some(mut plan) = system.rules.lost_work(&world.record) {
        while let Some(action) = plan.next() {
            world.send_to_desk(action);
        }
    }
}

/// An operator decides.
pub(crate) fn decide(world: &mut World, task: Task) {
    let waits = world.record.head.status == OrderStatus::NeedsAttention;
    if waits && world.decisions_left > 0 && world.operator.is_none() {
        world.decisions_left -= 1;
        world.operator = Some(Process::on(task));
    }
}

pub(crate) fn operator_step(world: &mut World, system: &System) {
    if let Some(operator) = world.operator.take()
        && let Step::Goes(next) = operator.step(world, system, Reply::Yes)
    {
        world.operator = Some(next);
    }
}
