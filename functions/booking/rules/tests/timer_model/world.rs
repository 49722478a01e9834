//! The world at one moment: the booking as stored, the actors at work on it, and the suppliers.
//!
//! The store is modelled as it is: an actor reads the booking, decides, and sends a conditional
//! write that arrives later or never. A [`Write`] holds what was decided; as soon as any other write
//! lands it is outdated, which is what comparing versions means, without the versions.

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, Refusal, State, Timer};

use crate::payment::{Task, Worker};
use crate::system::System;
use crate::unwinding::Unwinding;
use crate::waking::{Tightening, Waker};

/// Everything there is. Small and copied often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    /// The timer, as stored.
    pub(crate) timer: Timer,
    /// Stored before a refused capture is undone: tells a rescuer that it goes backwards from here.
    pub(crate) capture_refused: bool,
    pub(crate) stage: Stage,
    /// The card the traveller gave last.
    pub(crate) card: Card,
    /// How often a decision is still waited for.
    pub(crate) polls_left: u8,
    /// How often the traveller has tried to pay.
    pub(crate) attempt: u8,
    /// Stored with each pause: the attempt it was granted to.
    pub(crate) paused_for: u8,
    /// The process that the execution waits for.
    pub(crate) worker: Option<Worker>,
    /// A process that the execution has given up, and that may be at work still.
    pub(crate) ghost: Option<Worker>,
    /// Wake-ups under way for the first and the second generation.
    pub(crate) wakes: [u8; 2],
    pub(crate) waker: Option<Waker>,
    pub(crate) sweeper: Option<Waker>,
    pub(crate) tightening: Tightening,
    pub(crate) suppliers: Suppliers,
    pub(crate) desk: Desk,
    pub(crate) faults_left: u8,
    pub(crate) history: History,
}

/// Where the execution of the state machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    AwaitingTraveller,
    Paying(Task),
    /// The supplier has not decided yet.
    AwaitingDecision,
    Unwinding(Unwinding),
    /// No execution is alive: it was stopped, or ran out of time.
    Stopped,
    Ended,
}

/// What the payment supplier makes of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Card {
    Good,
    /// The authorization is declined.
    Declined,
    /// Its bank decides later.
    Slow,
    /// The authorization succeeds, the capture is refused for good.
    CaptureRefused,
}

/// What the suppliers have. A release or a void leaves a tombstone that refuses what comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Suppliers {
    pub(crate) legs: Legs,
    pub(crate) authorized: bool,
    pub(crate) bank: Bank,
    pub(crate) voided: bool,
    /// Deliberately not refused after a void: the protocol alone must see to it.
    pub(crate) captured: bool,
}

/// What the traveller's bank says to a slow card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bank {
    NotAsked,
    Asked,
    Approved,
    Declined,
}

/// The legs of the trip, as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Legs {
    Held,
    Confirmed,
    Refused,
    Released,
}

/// What waits for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Desk {
    pub(crate) legs: bool,
    pub(crate) payment: bool,
}

/// What has ever happened, and what never should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    pub(crate) fired: bool,
    pub(crate) committed: bool,
    pub(crate) fired_early: bool,
    pub(crate) lease_broken: bool,
    pub(crate) stale_wake_heeded: bool,
    pub(crate) paused_late: bool,
    pub(crate) payment_started_late: bool,
    pub(crate) pause_stolen: bool,
}

/// A conditional write on its way to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) operation: Operation,
    /// What was decided; nothing once the condition can no longer hold.
    after: Option<Timer>,
}

impl World {
    /// Reads the booking and decides, as one step: an answer to an older reading would be written
    /// only if nothing changed, and would then be the same.
    pub(crate) fn decide(
        &mut self,
        system: &System,
        operation: Operation,
    ) -> Result<Write, Refusal> {
        let after = (system.rules)(&self.timer, operation, self.now)?;
        let granted_pause = matches!(operation, Operation::Pause { .. })
            && matches!(after.state, State::Paused { .. });
        self.history.paused_late |= granted_pause && self.now >= self.timer.deadline;
        Ok(Write {
            operation,
            after: Some(after),
        })
    }

    /// A write arrives, its sender having been taken out of the world. Returns the timer that is
    /// stored now, or nothing if the race was lost.
    pub(crate) fn land(&mut self, system: &System, write: Write) -> Option<Timer> {
        let after = write.after?;
        self.remember(write.operation, after);
        self.timer = after;
        if system.protocol.writes_are_conditional {
            self.outdate_all_writes();
        }
        Some(after)
    }

    fn remember(&mut self, operation: Operation, after: Timer) {
        let before = self.timer;
        let history = &mut self.history;
        if after.state == State::Fired {
            history.fired = true;
            history.fired_early |= self.now < before.deadline;
        }
        history.committed |= after.is_committed();
        if let Operation::Fire { generation } = operation {
            history.stale_wake_heeded |= generation != before.generation;
            if let State::Paused { lease_ends } = before.state {
                history.lease_broken |= self.now < lease_ends;
            }
        }
    }

    fn outdate_all_writes(&mut self) {
        let workers = [&mut self.worker, &mut self.ghost];
        let wakers = [&mut self.waker, &mut self.sweeper];
        let writes = workers
            .into_iter()
            .flatten()
            .filter_map(Worker::write)
            .chain(wakers.into_iter().flatten().filter_map(Waker::write));
        for write in writes {
            write.after = None;
        }
        if let Tightening::Writing(write) = &mut self.tightening {
            write.after = None;
        }
        if let Stage::Unwinding(Unwinding::Cancelling(write)) = &mut self.stage {
            write.after = None;
        }
    }

    /// Whether the suppliers have nothing that the desk does not name.
    pub(crate) fn leaves_nothing_behind(&self) -> bool {
        let suppliers = &self.suppliers;
        let holds_legs = matches!(suppliers.legs, Legs::Held | Legs::Confirmed);
        let may_be_held = suppliers.authorized || suppliers.bank == Bank::Asked;
        let holds_money = suppliers.captured || may_be_held && !suppliers.voided;
        (!holds_legs || self.desk.legs) && (!holds_money || self.desk.payment)
    }

    /// Whether the trip is the traveller's, and paid or about to be by the desk.
    pub(crate) fn is_booked(&self) -> bool {
        let suppliers = &self.suppliers;
        self.timer.is_committed()
            && suppliers.legs == Legs::Confirmed
            && !suppliers.voided
            && (suppliers.captured || self.desk.payment)
    }
}
