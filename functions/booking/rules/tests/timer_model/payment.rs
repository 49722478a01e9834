//! The traveller's payment: authorize, perhaps await a decision, confirm the legs, settle. Each task is a process that the
//! execution starts; it may be given up and started again while the first is still at work.

use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, Refusal, State, Timer};

use crate::system::System;
use crate::unwinding::Unwinding;
use crate::world::{Bank, Card, Legs, Stage, World, Write};

/// What an execution starts a process for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    Authorize,
    /// Keep the pause alive, and ask whether the supplier has decided.
    Await,
    Confirm,
    Settle,
}

/// A process at work on a task, always with the same identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Worker {
    card: Card,
    /// Counts the traveller's attempts to pay.
    attempt: u8,
    /// When the pause ends that it knows to be its own.
    lease_ends: Option<Timestamp>,
    at: At,
}

/// Where a worker is. It may die, or rest for as long as it likes, at each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum At {
    Invoked(Task),
    /// Its conditional write is on its way.
    Writing(Purpose, Write),
    /// It has read that the timer is paused for it, and has not yet looked at the clock.
    Paused(Timer),
    /// Its call is on its way to the supplier.
    Calling(Task),
    /// It has something to tell the execution.
    Answering(Answer),
}

/// What a worker writes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// Pause, to pay.
    Pay,
    /// Resume, for its lease is over, to pause again.
    PauseAnew,
    /// Make the pause last longer, for the supplier has not decided yet.
    KeepAlive,
    /// Resume, for there will be no payment.
    GiveBack,
    /// Pass the commit point.
    Settle,
}

/// What a task comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    Done(Task),
    /// The supplier has not decided yet.
    Pending,
    /// The card was declined, and the traveller has the remaining time.
    Declined,
    /// Too late, or a leg was refused, or the payment no longer holds the timer.
    Failed,
    CaptureRefused,
}

/// Whether the supplier does what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Yes,
    No,
}

impl Purpose {
    fn operation(self, lease: Duration) -> Operation {
        match self {
            Self::Pay => Operation::Pause { lease },
            Self::KeepAlive => Operation::Renew { lease },
            Self::PauseAnew | Self::GiveBack => Operation::Resume,
            Self::Settle => Operation::Commit,
        }
    }
}

impl Worker {
    fn on(task: Task, world: &World) -> Self {
        Self {
            card: world.card,
            attempt: world.attempt,
            lease_ends: None,
            at: At::Invoked(task),
        }
    }

    pub(crate) fn write(&mut self) -> Option<&mut Write> {
        match &mut self.at {
            At::Writing(_, write) => Some(write),
            _ => None,
        }
    }

    /// Only a leg may refuse at will; what becomes of a payment is up to its card.
    pub(crate) fn may_get(&self, reply: Reply) -> bool {
        reply == Reply::Yes || matches!(self.at, At::Calling(Task::Confirm))
    }

    fn answers(&self) -> Option<Answer> {
        match self.at {
            At::Answering(answer) => Some(answer),
            _ => None,
        }
    }

    fn step(mut self, world: &mut World, system: &System, reply: Reply) -> Self {
        self.at = match self.at {
            At::Invoked(Task::Authorize) => self.begin_authorizing(world, system),
            At::Invoked(Task::Await) if world.now >= system.patience_ends => {
                At::Calling(Task::Await)
            }
            At::Invoked(Task::Await) => self.attempt(Purpose::KeepAlive, world, system),
            At::Invoked(Task::Confirm) => At::Calling(Task::Confirm),
            At::Invoked(Task::Settle) => self.attempt(Purpose::Settle, world, system),
            At::Writing(purpose, write) => {
                let steals = purpose == Purpose::GiveBack && self.is_outpaid(world);
                match world.land(system, write) {
                    Some(timer) => {
                        world.history.pause_stolen |= steals;
                        self.landed(purpose, timer, world)
                    }
                    None => {
                        self.recognise(world);
                        self.attempt(purpose, world, system)
                    }
                }
            }
            At::Paused(timer) => self.look_at_the_clock(timer, world, system),
            At::Calling(task) => self.call(task, world, system, reply),
            At::Answering(_) => self.at,
        };
        self
    }

    /// A retry finds its own pause in place. One whose lease is over, or that belongs to an earlier
    /// attempt, is ended and taken anew.
    fn begin_authorizing(&mut self, world: &mut World, system: &System) -> At {
        let State::Paused { lease_ends } = world.timer.state else {
            return self.attempt(Purpose::Pay, world, system);
        };
        if system.protocol.pauses_have_an_owner && world.paused_for > self.attempt {
            return At::Answering(Answer::Failed);
        }
        self.lease_ends = Some(lease_ends);
        let own = world.paused_for == self.attempt || !system.protocol.pauses_have_an_owner;
        if own && world.now < lease_ends {
            At::Paused(world.timer)
        } else {
            self.attempt(Purpose::PauseAnew, world, system)
        }
    }

    /// Reads, decides, and sends the write; or goes on from the refusal.
    fn attempt(&self, purpose: Purpose, world: &mut World, system: &System) -> At {
        let resumes = matches!(purpose, Purpose::PauseAnew | Purpose::GiveBack);
        if resumes && system.protocol.pauses_have_an_owner && self.is_anothers(world) {
            return refused(purpose, Refusal::NotPaused);
        }
        match world.decide(system, purpose.operation(system.lease)) {
            Ok(write) => At::Writing(purpose, write),
            Err(refusal) => refused(purpose, refusal),
        }
    }

    /// Whether the timer is paused, and not by the pause that this worker knows.
    fn is_anothers(&self, world: &World) -> bool {
        match world.timer.state {
            State::Paused { lease_ends } => {
                self.lease_ends != Some(lease_ends) || world.paused_for > self.attempt
            }
            _ => false,
        }
    }

    /// Whether a later attempt has the timer paused, and its lease is alive.
    fn is_outpaid(&self, world: &World) -> bool {
        let alive =
            matches!(world.timer.state, State::Paused { lease_ends } if world.now < lease_ends);
        alive && world.paused_for > self.attempt
    }

    fn landed(&mut self, purpose: Purpose, timer: Timer, world: &mut World) -> At {
        match (purpose, timer.state) {
            (Purpose::Pay, State::Paused { lease_ends }) => {
                world.paused_for = self.attempt;
                self.lease_ends = Some(lease_ends);
                At::Paused(timer)
            }
            (Purpose::PauseAnew, State::Running) => At::Invoked(Task::Authorize),
            (Purpose::GiveBack, State::Running) => At::Answering(Answer::Declined),
            (Purpose::KeepAlive, State::Paused { .. }) => At::Calling(Task::Await),
            (Purpose::Settle, _) => At::Calling(Task::Settle),
            _ => At::Answering(Answer::Failed),
        }
    }

    /// The pause was decided before its write landed, and may have been found by a retry much later.
    /// Only the clock says whether a payment may still start, and the lease whether the pause still
    /// holds. Looking at the clock and beginning the call are one step: the payment's start.
    fn look_at_the_clock(&self, timer: Timer, world: &mut World, system: &System) -> At {
        if system.protocol.worker_looks_at_the_clock && world.now >= timer.deadline {
            return self.attempt(Purpose::GiveBack, world, system);
        }
        let lease_is_over = self.lease_ends.is_some_and(|end| world.now >= end);
        if system.protocol.worker_looks_at_its_lease && lease_is_over {
            return self.attempt(Purpose::PauseAnew, world, system);
        }
        // To ask again about a card that is declined starts nothing.
        let begins = self.card != Card::Declined;
        world.history.payment_started_late |= begins && world.now >= world.timer.deadline;
        At::Calling(Task::Authorize)
    }

    /// The call reaches its supplier, which knows it by its key.
    fn call(self, task: Task, world: &mut World, system: &System, reply: Reply) -> At {
        let suppliers = &mut world.suppliers;
        let failed = At::Answering(Answer::Failed);
        match task {
            Task::Authorize if self.card == Card::Declined || suppliers.voided => {
                return self.attempt(Purpose::GiveBack, world, system);
            }
            Task::Authorize | Task::Await if self.card == Card::Slow => {
                return self.ask_the_bank(world, system);
            }
            Task::Authorize | Task::Await => suppliers.authorized = true,
            Task::Confirm => match (suppliers.legs, reply) {
                (Legs::Held, Reply::Yes) => suppliers.legs = Legs::Confirmed,
                (Legs::Held, Reply::No) => {
                    suppliers.legs = Legs::Refused;
                    return failed;
                }
                (Legs::Confirmed, _) => {}
                (Legs::Refused | Legs::Released, _) => return failed,
            },
            Task::Settle if self.card == Card::CaptureRefused => {
                return At::Answering(Answer::CaptureRefused);
            }
            Task::Settle => suppliers.captured = true,
        }
        At::Answering(Answer::Done(task))
    }

    /// What was declined by its bank has the pause of its attempt ended, even if it was renewed since.
    fn recognise(&mut self, world: &World) {
        if let State::Paused { lease_ends } = world.timer.state
            && world.suppliers.bank == Bank::Declined
            && world.paused_for == self.attempt
        {
            self.lease_ends = Some(lease_ends);
        }
    }

    /// A supplier whose bank has not decided says so, for as long as anybody waits for it.
    fn ask_the_bank(mut self, world: &mut World, system: &System) -> At {
        let suppliers = &mut world.suppliers;
        match suppliers.bank {
            Bank::Approved => At::Answering(Answer::Done(Task::Authorize)),
            Bank::Declined => {
                self.recognise(world);
                self.attempt(Purpose::GiveBack, world, system)
            }
            Bank::NotAsked | Bank::Asked => {
                suppliers.bank = Bank::Asked;
                let waits = world.polls_left > 0 && world.now < system.patience_ends;
                At::Answering(if waits {
                    Answer::Pending
                } else {
                    Answer::Failed
                })
            }
        }
    }
}

fn refused(purpose: Purpose, refusal: Refusal) -> At {
    match (purpose, refusal) {
        (Purpose::Pay, Refusal::Paused(_)) | (Purpose::PauseAnew, Refusal::NotPaused) => {
            At::Invoked(Task::Authorize)
        }
        (Purpose::GiveBack, Refusal::NotPaused) => At::Answering(Answer::Declined),
        (Purpose::KeepAlive, Refusal::Paused(_)) => At::Calling(Task::Await),
        (Purpose::Settle, Refusal::Committed) => At::Calling(Task::Settle),
        _ => At::Answering(Answer::Failed),
    }
}

/// The process that the execution waits for takes a step, and is heard.
pub(crate) fn worker_step(world: &mut World, system: &System, reply: Reply) {
    match world.worker.take() {
        None => {}
        Some(worker) => match worker.answers() {
            None => world.worker = Some(worker.step(world, system, reply)),
            Some(answer) => hear(world, answer),
        },
    }
}

/// The process that was given up takes a step; its answer is not heard.
pub(crate) fn ghost_step(world: &mut World, system: &System, reply: Reply) {
    if let Some(ghost) = world.ghost.take()
        && ghost.answers().is_none()
    {
        world.ghost = Some(ghost.step(world, system, reply));
    }
}

pub(crate) fn start(world: &mut World, task: Task) {
    world.stage = Stage::Paying(task);
    world.worker = Some(Worker::on(task, world));
}

fn hear(world: &mut World, answer: Answer) {
    match answer {
        Answer::Done(Task::Authorize | Task::Await) => start(world, Task::Confirm),
        Answer::Done(Task::Confirm) => start(world, Task::Settle),
        Answer::Done(Task::Settle) => world.stage = Stage::Ended,
        Answer::Pending => world.stage = Stage::AwaitingDecision,
        Answer::Declined => world.stage = Stage::AwaitingTraveller,
        Answer::Failed => world.stage = Stage::Unwinding(Unwinding::Begun),
        Answer::CaptureRefused => {
            world.capture_refused = true;
            world.stage = Stage::Unwinding(Unwinding::Begun);
        }
    }
}
