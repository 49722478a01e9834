//! The world at one moment: the booking as stored, the processes at work on it, the suppliers, and
//! what has happened that never should.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::waiting;

use crate::answers::under_way;
use crate::desk::Clerk;
use crate::execution::{Execution, Stage};
use crate::process::{Process, Task};
use crate::record::{Clock, Record, Rows};
use crate::snapshot::{REFUNDED_LEG, timestamp};
use crate::suppliers::{Money, Place, Suppliers};
use crate::system::System;
use crate::words::{Change, Decided, No};

/// Everything there is. Small and copied often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: u8,
    /// The booking, as stored.
    pub(crate) record: Record,
    pub(crate) suppliers: Suppliers,
    pub(crate) execution: Execution,
    /// A process that was given up, and that may act still.
    pub(crate) zombie: Option<Process>,
    /// Commands of the traveller's that are on their way.
    pub(crate) travellers: [Option<Process>; 2],
    /// Wake-ups under way for the first and the second generation.
    pub(crate) wakes: [u8; 2],
    pub(crate) waker: Option<Process>,
    /// The function that hears of the bank's decision.
    pub(crate) reporter: Option<Process>,
    /// Messages that wait for the automatic redrive.
    pub(crate) messages: u8,
    pub(crate) clerk: Option<Clerk>,
    pub(crate) operator: Option<Process>,
    /// The cancellations for which an execution was started, by number.
    pub(crate) started: u8,
    pub(crate) commands_left: u8,
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
    /// The legs that are paid for, as they were at the commit point.
    pub(crate) paid: u8,
    /// The legs of the booked trip that the traveller gave back, and the refunds that were agreed to.
    pub(crate) given_back: u8,
    pub(crate) agreed: u8,
    pub(crate) abandoned: bool,
    pub(crate) captured_early: bool,
    pub(crate) payment_started_late: bool,
    pub(crate) authorized_twice: bool,
    pub(crate) paid_for_unheld: bool,
    pub(crate) committed_unconfirmed: bool,
    pub(crate) released_while_paid_for: bool,
    pub(crate) refused_took_effect: bool,
    pub(crate) capture_forgotten: bool,
    /// A cancellation was sent to the desk by an execution that did not carry it out.
    pub(crate) sent_by_another: bool,
    /// A part of the trip was given back for nothing, whose supplier gives its price back.
    pub(crate) given_back_for_nothing: bool,
    pub(crate) trip_lost_for_a_leg: bool,
}

impl World {
    /// A change lands.
    pub(crate) fn write(&mut self, change: Change, next: &Record, rows: Rows, system: &System) {
        let before = self.record;
        self.record.absorb(rows, next);
        self.outdate(rows);
        self.remember_write(change, &before);
        let is_tightened = self.record.generation > before.generation;
        if matches!(change, Change::Wait(_)) && is_tightened && system.limits.wakes > 0 {
            // The schedule of the older deadline is deleted.
            self.wakes[0] = 0;
        }
    }

    /// The execution was told something while the function was at work that begins its wait.
    pub(crate) fn bury_the_worker(&mut self) {
        if matches!(self.execution.stage, Stage::Doing(_, Task::Await(..))) {
            self.zombie = self.zombie.or(self.execution.worker.take());
        }
    }

    /// All that have read these records have read something that is no longer so.
    pub(crate) fn outdate(&mut self, rows: Rows) {
        let own = [
            &mut self.execution.worker,
            &mut self.zombie,
            &mut self.waker,
            &mut self.reporter,
            &mut self.operator,
        ];
        let all = own.into_iter().chain(&mut self.travellers).flatten();
        let clerk = self.clerk.iter_mut().map(|clerk| &mut clerk.process);
        for process in all.chain(clerk) {
            process.outdate(rows);
        }
    }

    /// The wake-up for an earlier deadline is ordered before the deadline is written.
    pub(crate) fn order_wake_up(&mut self, view: &Record, system: &System) {
        if system.limits.hold_ends.is_none() {
            return;
        }
        let snapshot = view.snapshot(system.limits.hold_ends);
        let now = timestamp(self.now);
        if waiting::tightened(&snapshot, Duration::ZERO, now).is_some() {
            self.wakes[usize::from(view.generation)] = 1;
        }
    }

    fn remember_write(&mut self, change: Change, before: &Record) {
        let after = &self.record;
        let is_held = |leg| {
            after
                .leg(leg)
                .is_some_and(|leg| leg.status == LegStatus::Held)
        };
        let history = &mut self.history;
        if let Some(given_back) = after.given_back
            && after.given_back != before.given_back
        {
            history.given_back |= given_back.legs;
            let is_refunded = given_back.legs & 1 << REFUNDED_LEG != 0;
            let is_taken = self.suppliers.money == Money::Captured;
            history.given_back_for_nothing |=
                is_refunded && is_taken && given_back.refund == Some(0);
            history.agreed += given_back.refund.unwrap_or(0);
        }
        if let Change::Close(carried_out) = change
            && after.status == BookingStatus::NeedsAttention
        {
            history.sent_by_another |= under_way(after) != carried_out;
        }
        history.fired |= after.timer == Clock::Fired;
        history.abandoned |= change == Change::Abandon;
        let begun = matches!(change, Change::Begin(_)) && after.attempts > before.attempts;
        history.paid_for_unheld |= begun && !after.trip().all(is_held);
        if after.timer == Clock::Committed && before.timer != Clock::Committed {
            let places = &self.suppliers.legs;
            let confirmed = |leg: u8| places[usize::from(leg)] == Place::Confirmed;
            let worth = u8::try_from(after.trip().count()).unwrap();
            history.committed = true;
            history.paid = after.trip().fold(0, |paid, leg| paid | 1 << leg);
            history.committed_unconfirmed |= !after.trip().all(confirmed) || worth != after.amount;
        }
    }

    pub(crate) fn remember_decision(&mut self, change: Change, decided: Decided, view: &Record) {
        match (change, decided) {
            (Change::Captured, Decided::Nothing) => {
                let is_taken = self.suppliers.money == Money::Captured;
                self.history.capture_forgotten |=
                    is_taken && view.payment != PaymentStatus::Captured;
            }
            (Change::Begin(attempt), Decided::Refused(No::Refused)) => {
                self.history.trip_lost_for_a_leg |= view.attempts < attempt;
            }
            _ => {}
        }
    }

    pub(crate) fn remember_call(&mut self, leg: u8, action: Action) {
        let is_paid_for = self.history.paid & !self.history.given_back & 1 << leg != 0;
        let stands = !self.record.state().is_being_undone();
        self.history.released_while_paid_for |= action == Action::Release && is_paid_for && stands;
    }

    pub(crate) fn remember_payment(&mut self, attempt: u8, before: &Suppliers) {
        let starts = self.suppliers.money != before.money;
        self.history.payment_started_late |= starts && self.now >= self.record.deadline;
        let is_known = before.authorized == attempt
            || before.has_declined(attempt)
            || before.has_withdrawn(attempt);
        let is_another = before.money.is_kept() && !is_known;
        self.history.authorized_twice |= is_another;
    }

    pub(crate) fn remember_settling(&mut self, action: Action) {
        let is_taken = action == Action::Capture && self.suppliers.money == Money::Captured;
        self.history.captured_early |= is_taken && !self.history.committed;
    }
}
