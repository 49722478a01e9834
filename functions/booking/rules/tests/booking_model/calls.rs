//! A process calls a supplier, and what came of it is to be written.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::PaymentStatus;

use crate::answers::money_back;
use crate::process::{At, Process, Step, Task};
use crate::record::Clock;
use crate::suppliers::{Outcome, Reply};
use crate::system::System;
use crate::words::{Came, Change, No, Question};
use crate::world::World;

impl Process {
    pub(crate) fn call(
        self,
        action: Action,
        world: &mut World,
        system: &System,
        reply: Reply,
    ) -> Step {
        let protocol = &system.protocol;
        match self.task {
            Task::Hold(leg) | Task::Confirm(leg) | Task::Release(leg) => {
                let outcome = world.suppliers.call(leg, action, reply, protocol);
                world.remember_call(leg, action);
                self.leg_came_to(leg, action, outcome, world, system)
            }
            Task::Authorize(attempt) => {
                let in_time = self.ask(Question::IsInTime, world, system);
                let in_time = in_time == Ok(true) || !protocol.payments_look_at_the_clock;
                if in_time {
                    let before = world.suppliers;
                    let pending = system.limits.pending;
                    let outcome = world.suppliers.authorize(attempt, reply, pending);
                    world.remember_payment(attempt, &before);
                    self.payment_came_to(attempt, outcome, world, system)
                } else {
                    self.come_too_late(attempt, world, system)
                }
            }
            Task::GiveBack(_) if let Some((number, sum)) = money_back(&self.view) => {
                let all = self.view.amount;
                let outcome = world.suppliers.refund(number, sum, all, reply);
                self.part_came_to(number, sum, outcome, world, system)
            }
            Task::Await(attempt, _) | Task::Learn(attempt) => self.hears_of(attempt, world, system),
            Task::Withdraw(attempt) => self.withdraws(attempt, world, system, reply),
            _ => {
                let outcome = world.suppliers.settle(action, reply);
                world.remember_settling(action);
                self.money_came_to(action, outcome, world, system)
            }
        }
    }

    fn leg_came_to(
        self,
        leg: u8,
        action: Action,
        outcome: Outcome,
        world: &mut World,
        system: &System,
    ) -> Step {
        let came = match outcome {
            Outcome::Done => Came::Done(action),
            Outcome::Refused if action == Action::Hold => Came::HoldRefused,
            Outcome::Refused => return Step::no(No::Refused),
            Outcome::Pending | Outcome::Unknown => Came::Unclear(action),
        };
        self.want(Change::Leg(leg, came), world, system)
    }

    /// The money is not asked for any more. An earlier call may have reached the supplier, which is
    /// asked about it.
    fn come_too_late(self, attempt: u8, world: &mut World, system: &System) -> Step {
        if self.view.payment == PaymentStatus::None {
            return self.want(Change::EndPause(true), world, system);
        }
        match world.suppliers.inspect(attempt) {
            Some(outcome) => self.payment_came_to(attempt, outcome, world, system),
            None => self.too_late(world),
        }
    }

    fn payment_came_to(
        self,
        attempt: u8,
        outcome: Outcome,
        world: &mut World,
        system: &System,
    ) -> Step {
        let change = match outcome {
            Outcome::Done => Change::Authorized(attempt),
            Outcome::Refused => Change::Declined(attempt),
            Outcome::Pending => Change::Pending(attempt),
            Outcome::Unknown => Change::Unclear(true),
        };
        self.want(change, world, system)
    }

    fn part_came_to(
        self,
        number: u8,
        sum: u8,
        outcome: Outcome,
        world: &mut World,
        system: &System,
    ) -> Step {
        match outcome {
            Outcome::Done => self.want(Change::Refunded(number, sum), world, system),
            Outcome::Pending | Outcome::Unknown => Step::no(No::Unavailable),
            Outcome::Refused => Step::no(No::Refused),
        }
    }

    fn money_came_to(
        self,
        action: Action,
        outcome: Outcome,
        world: &mut World,
        system: &System,
    ) -> Step {
        let change = match (action, outcome) {
            (Action::Capture, Outcome::Done) => Change::Captured,
            (Action::Capture, Outcome::Refused) if system.protocol.gives_up(self.task) => {
                Change::GiveUp
            }
            (Action::Capture, Outcome::Unknown) => Change::Unclear(true),
            (_, Outcome::Done) => Change::GivenBack(action),
            (_, Outcome::Pending | Outcome::Unknown) => return Step::no(No::Unavailable),
            (Action::Void, Outcome::Refused) if self.view.timer == Clock::Committed => {
                return self.at(At::Calling(Action::Refund));
            }
            (_, Outcome::Refused) => return Step::no(No::Refused),
        };
        self.want(change, world, system)
    }
}
