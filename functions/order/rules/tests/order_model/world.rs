//! The world at one moment: the order as stored, the processes at work on it, the participants, and
//! what has happened that never should.

use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::order::Progress;

use crate::broker::Messages;
use crate::desk::Clerk;
use crate::execution::Execution;
use crate::participants::{Money, Participants, Place};
use crate::process::{Answer, Process};
use crate::record::{Clock, DEADLINE, Record, Rows, Waits};
use crate::rules::{Change, Decided, No, Plan};
use crate::system::System;

/// Everything there is. Small and copied often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: u8,
    /// The order, as stored.
    pub(crate) record: Record,
    pub(crate) participants: Participants,
    pub(crate) execution: Execution,
    pub(crate) messages: Messages,
    /// Hears an answer.
    pub(crate) consumer: Option<Process>,
    /// A process that was given up, and that may act still.
    pub(crate) zombie: Option<Process>,
    pub(crate) customer: Option<Process>,
    pub(crate) waker: Option<Process>,
    /// Messages that wait for the automatic redrive.
    pub(crate) errands: u8,
    pub(crate) clerk: Option<Clerk>,
    pub(crate) operator: Option<Process>,
    pub(crate) cancels_left: u8,
    pub(crate) faults_left: u8,
    pub(crate) refusals_left: u8,
    pub(crate) decisions_left: u8,
    pub(crate) history: History,
}

/// What has ever happened, and what never should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    pub(crate) fired: bool,
    pub(crate) committed: bool,
    pub(crate) abandoned: bool,
    pub(crate) cancelled: bool,
    pub(crate) captured_early: bool,
    pub(crate) paid_late: bool,
    pub(crate) undone_while_standing: bool,
    pub(crate) put_back_twice: bool,
    pub(crate) capture_forgotten: bool,
}

impl World {
    /// A change lands.
    pub(crate) fn write(&mut self, change: Change, next: &Record, rows: Rows, system: &System) {
        let before = self.record.head.status;
        self.record.absorb(rows, next);
        self.outdate(rows, system.protocol.writes_are_conditional);
        // A request that finds that time has won turns the order back, and goes nowhere.
        if let Change::Ask(action, _) = change
            && self.record.head.status == before
        {
            self.messages.ask(action);
        }
        let history = &mut self.history;
        let timer = self.record.head.timer;
        history.fired |= timer == Clock::Fired;
        history.committed |= timer == Clock::Committed;
        history.abandoned |= change == Change::Abandon;
        history.cancelled |= change == Change::Cancel;
    }

    /// All that have read these rows have read something that is no longer so.
    fn outdate(&mut self, rows: Rows, writes_are_conditional: bool) {
        let own = [
            &mut self.execution.worker,
            &mut self.consumer,
            &mut self.zombie,
            &mut self.customer,
            &mut self.waker,
            &mut self.operator,
        ];
        let clerk = self.clerk.iter_mut().map(|clerk| &mut clerk.process);
        for process in own.into_iter().flatten().chain(clerk) {
            process.outdate(rows, writes_are_conditional);
        }
    }

    /// The execution that waits is told, if it still listens.
    pub(crate) fn tell(&mut self, waits: Waits, told: Result<(), No>) {
        if self.execution.hears(waits.token) == Some(waits.action) {
            // Whoever asked may not know that it was answered.
            self.zombie = self.zombie.or(self.execution.worker.take());
            self.execution.hear(match told {
                Ok(()) => Answer::Done(Plan::default()),
                Err(no) => Answer::No(no),
            });
        }
    }

    pub(crate) fn remember_decision(&mut self, change: Change, decided: Decided, view: &Record) {
        let capture = StepName::CapturePayment;
        let is_known = matches!(
            view.step(capture),
            Progress::SUCCESS | Progress::COMPENSATING | Progress::COMPENSATED
        );
        let taken = self.participants.money == Money::Captured;
        let forgotten = change == Change::Record(capture, true) && decided == Decided::Nothing;
        self.history.capture_forgotten |= forgotten && taken && !is_known;
    }

    pub(crate) fn remember_call(&mut self, action: Action, before: &Participants) {
        let (now, history) = (&self.participants, &mut self.history);
        let starts = before.money != now.money && action == Action::AuthorizePayment;
        history.paid_late |= starts && self.now >= DEADLINE;
        let takes = before.money != now.money && now.money == Money::Captured;
        history.captured_early |= takes && !history.committed;
        let record = &self.record;
        let stands = || !record.snapshot().order.state.is_being_undone();
        history.undone_while_standing |= action.is_undo() && stands();
        let returns = action == Action::ReturnStock && before.stock != now.stock;
        history.put_back_twice |= returns && matches!(before.stock, Place::Gone(_));
    }
}
