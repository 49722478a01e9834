//! The desk: the automatic redrive, and the operator who resolves or abandons.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;

use crate::answers::{lost_work, money_back, waiting_work};
use crate::process::{Process, Step, Task, Work};
use crate::record::{LEGS, Record, Rows};
use crate::suppliers::{Money, Reply};
use crate::system::System;
use crate::words::Plan;
use crate::world::World;

/// The messages that wait: one for each leg, one for the money's way back, one for the capture.
pub(crate) const MESSAGES: u8 = 5;

/// The automatic redrive at work on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Clerk {
    message: u8,
    pub(crate) process: Process,
    plan: Plan,
    failed: bool,
}

impl Work {
    fn message(self) -> u8 {
        let legs = u8::try_from(LEGS).unwrap();
        match self {
            Self::Leg(leg) => leg,
            Self::Money(Action::Capture) => legs + 1,
            Self::Money(_) => legs,
        }
    }
}

impl World {
    /// What could not be done is handed over.
    pub(crate) fn send_to_desk(&mut self, work: Work) {
        self.messages |= 1 << work.message();
    }

    /// An operator does all that waits at the suppliers' own counters, unless one of them would not.
    pub(crate) fn do_by_hand(&mut self, view: &Record) -> Option<Plan> {
        let done = waiting_work(view);
        let mut plan = done;
        if done.money == Some(Action::Capture) && self.suppliers.money == Money::Barred {
            return None;
        }
        while let Some(task) = plan.next() {
            match task {
                Task::Release(leg) => self.suppliers.release_by_hand(leg),
                Task::Capture => _ = self.suppliers.settle(Action::Capture, Reply::Yes),
                Task::GiveBack(_) => match money_back(view) {
                    Some((number, sum)) => {
                        _ = self.suppliers.refund(number, sum, view.amount, Reply::Yes);
                    }
                    None => self.suppliers.give_back_by_hand(),
                },
                _ => {}
            }
        }
        Some(done)
    }
}

/// The part of what waits that a message is about.
fn work_of(message: u8, record: &Record) -> Plan {
    let all = waiting_work(record);
    let legs = u8::try_from(LEGS).unwrap();
    match message {
        capture if capture > legs => all,
        payment if payment == legs => Plan { legs: 0, ..all },
        leg => Plan {
            legs: all.legs & 1 << leg,
            money: None,
        },
    }
}

/// The queue delivers a message.
pub(crate) fn redrive(world: &mut World, message: u8) {
    if world.messages & 1 << message == 0 || world.clerk.is_some() {
        return;
    }
    let mut plan = work_of(message, &world.record);
    if !plan.is_empty() {
        // The clerk writes an event before it acts.
        world.outdate(Rows::BOOKING);
    }
    let first = plan.next().unwrap_or(Task::Conclude);
    world.clerk = Some(Clerk {
        message,
        process: Process::on(first),
        plan,
        failed: false,
    });
}

pub(crate) fn clerk_step(world: &mut World, system: &System, reply: Reply) {
    let Some(mut clerk) = world.clerk.take() else {
        return;
    };
    let task = clerk.process.task;
    match clerk.process.step(world, system, reply) {
        Step::Goes(process) => clerk.process = process,
        Step::Answers(_) if task == Task::Conclude => {
            if !clerk.failed {
                world.messages &= !(1 << clerk.message);
            }
            return;
        }
        Step::Answers(answer) => {
            if !answer.is_done() {
                // The clerk writes an event about it.
                clerk.failed = true;
                world.outdate(Rows::BOOKING);
            }
            clerk.process = Process::on(clerk.plan.next().unwrap_or(Task::Conclude));
        }
    }
    world.clerk = Some(clerk);
}

/// The sweep finds a booking that waits at the desk without a message, and sends one.
pub(crate) fn sweep(world: &mut World) {
    if world.messages != 0 || world.clerk.is_some() {
        return;
    }
    let Some(mut plan) = lost_work(&world.record) else {
        return;
    };
    while let Some(task) = plan.next() {
        match task {
            Task::Release(leg) => world.send_to_desk(Work::Leg(leg)),
            Task::Capture => world.send_to_desk(Work::Money(Action::Capture)),
            _ => world.send_to_desk(Work::Money(Action::Void)),
        }
    }
}

/// An operator decides.
pub(crate) fn decide(world: &mut World, task: Task) {
    let waits = world.record.status == BookingStatus::NeedsAttention;
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
