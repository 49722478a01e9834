//! The world that an exploration begins with.

use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};

use crate::execution::{Execution, Stage};
use crate::limits::Begins;
use crate::record::{Clock, LegRecord, Record, Waits};
use crate::suppliers::{Money, Place, Suppliers};
use crate::system::System;
use crate::words::{Change, Decided};
use crate::world::{History, World};

impl System {
    /// The world that its limits begin with.
    pub(crate) fn beginning(&self) -> World {
        let limits = &self.limits;
        let mut execution = Execution::new(limits.pays_up_front, &self.protocol);
        let mut record = Record {
            deadline: limits.deadline,
            ..Record::BLANK
        };
        let mut suppliers = Suppliers::NEW;
        let status = if limits.begins == Begins::Holding {
            execution.hold();
            LegStatus::Pending
        } else {
            suppliers.legs[..2].fill(Place::Held);
            LegStatus::Held
        };
        if limits.begins == Begins::BeforeItWaits {
            execution.wait();
        }
        if matches!(limits.begins, Begins::Waiting | Begins::Told(_)) {
            record.status = BookingStatus::AwaitingPayment;
            let token = execution.token();
            record.waiting = Some(Waits {
                token,
                taken: None,
                decision: None,
            });
        }
        match limits.begins {
            Begins::Booked => return self.booked(PaymentStatus::Captured),
            Begins::BookedUnpaid => return self.booked(PaymentStatus::Unknown),
            _ => {}
        }
        let leg = LegRecord {
            status,
            dropped: false,
            priced: status == LegStatus::Held,
        };
        record.legs[..2].fill(Some(leg));
        if let Begins::Told(said) = limits.begins {
            let taken = self
                .rules
                .decide(&record, Change::Take(said), &self.terms(0));
            if let Decided::Write(next, rows) = taken {
                record.absorb(rows, &next);
            }
            execution.hear_command(said, 1);
        }
        self.world(record, suppliers, execution)
    }

    fn world(&self, record: Record, suppliers: Suppliers, execution: Execution) -> World {
        let limits = &self.limits;
        World {
            now: 0,
            record,
            suppliers,
            execution,
            zombie: None,
            travellers: [None; 2],
            wakes: [limits.wakes, 0],
            waker: None,
            reporter: None,
            messages: 0,
            clerk: None,
            operator: None,
            started: 0,
            commands_left: limits.commands,
            faults_left: limits.faults,
            refusals_left: limits.refusals,
            decisions_left: limits.decisions,
            history: History::default(),
        }
    }

    /// A trip of two legs that is booked; its money was taken, and its execution has ended.
    fn booked(&self, payment: PaymentStatus) -> World {
        let mut record = Record {
            status: BookingStatus::Booked,
            timer: Clock::Committed,
            deadline: self.limits.deadline,
            amount: 2,
            payment,
            attempts: 1,
            ..Record::BLANK
        };
        record.legs[..2].fill(Some(LegRecord {
            status: LegStatus::Confirmed,
            dropped: false,
            priced: true,
        }));
        let mut suppliers = Suppliers {
            money: Money::Captured,
            authorized: 1,
            ..Suppliers::NEW
        };
        suppliers.legs[..2].fill(Place::Confirmed);
        let mut execution = Execution::new(false, &self.protocol);
        execution.stage = Stage::Ended;
        let mut world = self.world(record, suppliers, execution);
        world.history.committed = true;
        world.history.paid = 0b11;
        world.history.abandoned = payment != PaymentStatus::Captured;
        world
    }
}
