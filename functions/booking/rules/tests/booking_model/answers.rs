//! The answers of the rules are kept, for the same question comes up in very many states.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling::{self, MoneyBack};
use holdfast_booking_rules::{desk, unwinding};

use crate::record::{Record, Rows};
use crate::rules::{Rules, Terms};
use crate::snapshot::timestamp;
use crate::words::{Change, Decided, No, Plan, Question};

type Changes = HashMap<(usize, Record, Change, Terms), Decided>;

type Answers = HashMap<(usize, Record, Question, Terms), Result<bool, No>>;

type Planned = HashMap<Record, Plans>;

thread_local! {
    static CHANGES: RefCell<Changes> = RefCell::default();
    static ANSWERS: RefCell<Answers> = RefCell::default();
    static PLANS: RefCell<Planned> = RefCell::default();
}

impl Rules {
    /// What a change comes to for this booking.
    pub(crate) fn decide(&self, record: &Record, change: Change, terms: &Terms) -> Decided {
        let key = (self.change as usize, *record, change, *terms);
        if let Some(known) = CHANGES.with_borrow(|known| known.get(&key).copied()) {
            return known;
        }
        let snapshot = record.snapshot(terms.hold_ends);
        let decided = match (self.change)(&snapshot, change, terms) {
            Ok(None) => Decided::Nothing,
            Ok(Some(change)) => Decided::Write(record.after(&change), Rows::of(&change)),
            Err(failure) => Decided::Refused(No::of(&failure)),
        };
        CHANGES.with_borrow_mut(|known| known.insert(key, decided));
        decided
    }

    /// The answer to a question about this booking.
    pub(crate) fn answer(
        &self,
        record: &Record,
        question: Question,
        terms: &Terms,
    ) -> Result<bool, No> {
        let key = (self.ask as usize, *record, question, *terms);
        if let Some(known) = ANSWERS.with_borrow(|known| known.get(&key).copied()) {
            return known;
        }
        let snapshot = record.snapshot(terms.hold_ends);
        let answer = (self.ask)(&snapshot, question, terms).map_err(|failure| No::of(&failure));
        ANSWERS.with_borrow_mut(|known| known.insert(key, answer));
        answer
    }
}

fn refund(snapshot: &Snapshot) -> Option<(u8, u8)> {
    match cancelling::money_back(snapshot)? {
        MoneyBack::Part { number, sum } => {
            let sum = u8::try_from(sum.amount).unwrap();
            Some((u8::try_from(number).unwrap(), sum))
        }
        MoneyBack::Reservation => None,
    }
}

/// The plans for a booking.
#[derive(Clone, Copy)]
struct Plans {
    remaining: Plan,
    waiting: Plan,
    lost: Option<Plan>,
    refund: Option<(u8, u8)>,
}

/// What is left to do for a booking.
pub(crate) fn remaining_work(record: &Record) -> Plan {
    plans(record).remaining
}

/// What of a booking waits at the desk.
pub(crate) fn waiting_work(record: &Record) -> Plan {
    plans(record).waiting
}

/// What the sweep sends to the desk again, where no clerk has tried it for long.
pub(crate) fn lost_work(record: &Record) -> Option<Plan> {
    plans(record).lost
}

/// The refund that is to be given yet: its number, and how much it is.
pub(crate) fn money_back(record: &Record) -> Option<(u8, u8)> {
    plans(record).refund
}

/// The number of the cancellation that is under way.
pub(crate) fn under_way(record: &Record) -> Option<u8> {
    let number = cancelling::under_way(&record.snapshot(None));
    number.map(|number| u8::try_from(number).unwrap())
}

fn plans(record: &Record) -> Plans {
    if let Some(known) = PLANS.with_borrow(|known| known.get(record).copied()) {
        return known;
    }
    let snapshot = record.snapshot(None);
    let waiting = Plan::of(&desk::waiting_work(&snapshot));
    let long_after = timestamp(0) + Duration::from_secs(86_400);
    let lost = desk::lost_work(&snapshot, long_after);
    let plans = Plans {
        remaining: Plan::of(&unwinding::remaining_work(&snapshot)),
        waiting,
        refund: refund(&snapshot),
        lost: lost.map(|(work, _)| Plan::of(&work)),
    };
    PLANS.with_borrow_mut(|known| known.insert(*record, plans));
    plans
}
