//! The bank that decides about a payment later, its supplier's report of that, and the withdrawal of
//! a payment that the traveller has given up.

use holdfast_booking_rules::action::Action;

use crate::execution::Stage;
use crate::process::{Answer, At, Process, Step, Task};
use crate::suppliers::{Money, Outcome, Reply, Suppliers};
use crate::system::System;
use crate::words::{Change, No, Question};
use crate::world::World;

/// The bank decides; its supplier reports that, and the report may get lost.
pub(crate) fn decide(world: &mut World, approves: bool) {
    let attempt = world.suppliers.authorized;
    if world.suppliers.decide(approves) && world.reporter.is_none() {
        world.reporter = Some(Process::on(Task::Learn(attempt)));
    }
}

/// The function that hears of the decision takes a step.
pub(crate) fn reporter_step(world: &mut World, system: &System) {
    if let Some(reporter) = world.reporter.take()
        && let Step::Goes(next) = reporter.step(world, system, Reply::Yes)
    {
        world.reporter = Some(next);
    }
}

/// An execution that waits for a decision begins its wait anew, once in each moment.
pub(crate) fn poll(world: &mut World) {
    if matches!(world.execution.stage, Stage::Deciding(..)) {
        world.execution.poll(world.now);
    }
}

impl Suppliers {
    /// Decides about what is pending; whether anything was.
    fn decide(&mut self, approves: bool) -> bool {
        if self.money != Money::Pending {
            return false;
        }
        self.money = match approves {
            true => Money::Authorized,
            false => Money::Declined,
        };
        if !approves {
            self.declined |= 1 << self.authorized;
        }
        true
    }

    /// What became of an attempt, as its supplier tells it.
    pub(crate) fn inspect(&self, attempt: u8) -> Option<Outcome> {
        if self.has_declined(attempt) || self.has_withdrawn(attempt) {
            return Some(Outcome::Refused);
        }
        (self.authorized == attempt).then_some(match self.money {
            Money::Pending => Outcome::Pending,
            _ => Outcome::Done,
        })
    }

    /// Withdraws an attempt, whatever became of it.
    pub(crate) fn withdraw(
        &mut self,
        attempt: u8,
        reply: Reply,
        leaves_tombstone: bool,
    ) -> Outcome {
        let done = match self.money {
            Money::Pending | Money::Authorized if self.authorized != attempt => false,
            Money::Captured | Money::Barred => false,
            Money::Voided | Money::Refunded => true,
            _ => {
                self.money = Money::Withdrawn;
                true
            }
        };
        if done && leaves_tombstone {
            self.withdrawn |= 1 << attempt;
        }
        reply.told(done)
    }
}

impl Process {
    /// The execution waits for a decision, and its supplier is asked once more.
    pub(crate) fn waits_for_decision(
        self,
        attempt: u8,
        world: &mut World,
        system: &System,
    ) -> Step {
        let Ok(cancelled) = self.ask(Question::IsCancelled(attempt), world, system) else {
            return Step::no(No::Conflict);
        };
        if cancelled {
            return Step::no(No::Cancelled);
        }
        self.asks_about(attempt, world, system)
    }

    /// Asks what became of an attempt, unless that is known.
    pub(crate) fn asks_about(self, attempt: u8, world: &mut World, system: &System) -> Step {
        if self.view.attempts == attempt && self.view.payment.is_open() {
            return self.at(At::Calling(Action::Await));
        }
        self.come_to(attempt, world, system)
    }

    /// The supplier has told what became of an attempt.
    pub(crate) fn hears_of(self, attempt: u8, world: &mut World, system: &System) -> Step {
        match world.suppliers.inspect(attempt) {
            Some(Outcome::Done) => self.want(Change::Authorized(attempt), world, system),
            Some(Outcome::Refused) => self.want(Change::Declined(attempt), world, system),
            _ => self.is_undecided(world, system),
        }
    }

    /// Nothing is decided: the execution goes on waiting, for so long.
    pub(crate) fn is_undecided(self, world: &World, system: &System) -> Step {
        let overdue = self.ask(Question::IsOverdue, world, system) == Ok(true);
        match self.task {
            Task::Await(..) if overdue => self.too_late(world),
            _ => Step::no(No::Pending),
        }
    }

    /// What an attempt has come to, unless it is undecided, is told to the execution that waits for it.
    pub(crate) fn reports(answer: Answer, attempt: u8, world: &mut World) -> Step {
        if let Some(waits) = world.record.waiting
            && waits.decision == Some(attempt)
            && world.execution.hears(waits.token)
            && !matches!(answer, Answer::No(No::Pending | No::Unavailable))
        {
            world.bury_the_worker();
            world.execution.hear_decision(attempt, answer);
        }
        Step::DONE
    }

    /// Begins to withdraw an attempt.
    pub(crate) fn withdraw(self, attempt: u8, world: &mut World, system: &System) -> Step {
        match self.ask(Question::IsToWithdraw(attempt), world, system) {
            Ok(true) => self.at(At::Calling(Action::Withdraw)),
            Ok(false) => Step::DONE,
            Err(no) => Step::no(no),
        }
    }

    /// The withdrawal is recorded, by this process or another.
    pub(crate) fn has_withdrawn(self, attempt: u8, world: &World, system: &System) -> Step {
        match self.ask(Question::IsToWithdraw(attempt), world, system) {
            Ok(_) => Step::DONE,
            Err(no) => Step::no(no),
        }
    }

    /// The supplier withdraws an attempt.
    pub(crate) fn withdraws(
        self,
        attempt: u8,
        world: &mut World,
        system: &System,
        reply: Reply,
    ) -> Step {
        let protocol = &system.protocol;
        if !protocol.pending_payments_are_withdrawn {
            return self.want(Change::Withdrawn(attempt), world, system);
        }
        let leaves_tombstone = protocol.suppliers_leave_tombstones;
        match world.suppliers.withdraw(attempt, reply, leaves_tombstone) {
            Outcome::Done => self.want(Change::Withdrawn(attempt), world, system),
            Outcome::Refused => Step::no(No::Refused),
            Outcome::Pending | Outcome::Unknown => Step::no(No::Unavailable),
        }
    }
}
