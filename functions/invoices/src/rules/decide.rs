//! What a request makes of what is known, at a moment: the new state, and the answer.
//!
//! | known | a request for the invoice | a request to cancel it |
//! |---|---|---|
//! | nothing | [`invoice_issued`], or [`invoice_refused`] | [`invoice_cancelled`]: never to be issued |
//! | issued | tells the number | [`invoice_cancelled`]: a credit note |
//! | cancelled | refused | tells both numbers |
//! | refused | refused | tells that there is none |
//! | never issued | refused | tells that there is none |
//!
//! So a number is given once for an order, and taken back once, however often it is asked.

use holdfast_core::change::Change;
use holdfast_core::fault::Fault;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;

use super::event::{Answer, Event};
use super::number::{Document, Number, Series};
use super::record::{Lost, Record, State};
use super::request::{Contents, Message, RequestId};

const SCRIPTED: &str = "refused, as scripted";
const TAKEN_BACK: &str = "the invoice was cancelled before it was issued";

/// What a request is decided upon.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whose invoice it is.
    pub order_id: OrderId,
    /// What is known of it.
    pub record: Option<Record>,
    /// The last number given in the series that the next number comes from.
    pub last: u64,
}

/// What happens: a request, taken at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// The event that asks.
    pub id: &'a RequestId,
    /// Follows the order.
    pub trace_id: &'a TraceId,
    /// When it is taken.
    pub at: Timestamp,
}

/// A change, to be written as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The record as it is to be.
    pub record: Record,
    /// The answer.
    pub event: Event,
    /// The number that is given out with it.
    pub draws: Option<Number>,
}

/// Decides a request, taken at this moment. The fault is the one that is scripted for it.
pub fn decide(case: &Case, message: &Message, at: Timestamp, fault: Fault) -> Transition {
    let taken = Taken {
        id: message.id(),
        trace_id: message.trace_id(),
        at,
    };
    let refuses = fault == Fault::Refuse;
    let lost = case.record.as_ref().map(|record| record.lost);
    let lost = lost.unwrap_or_default();
    match message {
        Message::InvoiceRequested(asked) => {
            let contents = &asked.request.contents;
            let decided = issue(case, contents, refuses, &taken);
            let issuing = lost.issuing + 1;
            decided.told_unless(is_lost(fault, lost.issuing), Lost { issuing, ..lost })
        }
        Message::InvoiceCancelRequested(_) => {
            let decided = cancel(case, refuses, &taken);
            let cancelling = lost.cancelling + 1;
            decided.told_unless(is_lost(fault, lost.cancelling), Lost { cancelling, ..lost })
        }
    }
}

/// The series that the number comes from which a request needs, if it needs one.
pub fn series(record: Option<&Record>, message: &Message, at: Timestamp) -> Option<Series> {
    match (message, record.map(|record| &record.state)) {
        (Message::InvoiceRequested(_), None) => Some(Series::of(Document::Invoice, at)),
        (Message::InvoiceCancelRequested(_), Some(State::Issued { .. })) => {
            Some(Series::of(Document::CreditNote, at))
        }
        _ => None,
    }
}

fn issue(case: &Case, contents: &Contents, refuses: bool, taken: &Taken<'_>) -> Transition {
    let Some(record) = &case.record else {
        return match contents.check() {
            Err(wrong) => invoice_refused(case, &wrong.to_string(), taken),
            Ok(()) if refuses => invoice_refused(case, SCRIPTED, taken),
            Ok(()) => invoice_issued(case, contents, taken),
        };
    };
    let answer = match &record.state {
        State::Issued { number, .. } => Answer::Issued(number.clone()),
        State::Cancelled {
            number,
            credit_note,
            ..
        } => Answer::Refused(format!(
            "invoice {number} was cancelled by credit note {credit_note}"
        )),
        State::Refused { reason } => Answer::Refused(reason.clone()),
        State::NeverIssued => Answer::Refused(TAKEN_BACK.to_owned()),
    };
    told(record, answer, taken)
}

fn cancel(case: &Case, refuses: bool, taken: &Taken<'_>) -> Transition {
    let record = case.record.as_ref();
    match record.map(|record| (record, &record.state)) {
        None => invoice_cancelled(case, taken),
        Some((record, State::Issued { .. })) if refuses => {
            told(record, Answer::Refused(SCRIPTED.to_owned()), taken)
        }
        Some((_, State::Issued { .. })) => invoice_cancelled(case, taken),
        Some((
            record,
            State::Cancelled {
                number,
                credit_note,
                ..
            },
        )) => {
            let (number, credit_note) = (number.clone(), credit_note.clone());
            let answer = Answer::Cancelled {
                number,
                credit_note,
            };
            told(record, answer, taken)
        }
        Some((record, State::Refused { .. } | State::NeverIssued)) => {
            told(record, Answer::NeverIssued, taken)
        }
    }
}

/// The invoice gets the next number.
pub fn invoice_issued(case: &Case, contents: &Contents, taken: &Taken<'_>) -> Transition {
    let number = Series::of(Document::Invoice, taken.at).after(case.last);
    let issued = State::Issued {
        number: number.clone(),
        issued_at: taken.at,
    };
    let mut transition = became(case, issued, Answer::Issued(number.clone()), taken);
    transition.record.contents = Some(contents.clone());
    transition.draws = Some(number);
    transition
}

/// There is no invoice, and there will be none.
pub fn invoice_refused(case: &Case, reason: &str, taken: &Taken<'_>) -> Transition {
    let reason = reason.to_owned();
    let refused = State::Refused {
        reason: reason.clone(),
    };
    became(case, refused, Answer::Refused(reason), taken)
}

/// An invoice that was issued gets a credit note with the next number; one that was not will never be.
pub fn invoice_cancelled(case: &Case, taken: &Taken<'_>) -> Transition {
    let state = case.record.as_ref().map(|record| &record.state);
    let Some(State::Issued { number, issued_at }) = state else {
        return became(case, State::NeverIssued, Answer::NeverIssued, taken);
    };
    let credit_note = Series::of(Document::CreditNote, taken.at).after(case.last);
    let cancelled = State::Cancelled {
        number: number.clone(),
        issued_at: *issued_at,
        credit_note: credit_note.clone(),
        cancelled_at: taken.at,
    };
    let answer = Answer::Cancelled {
        number: number.clone(),
        credit_note: credit_note.clone(),
    };
    let mut transition = became(case, cancelled, answer, taken);
    transition.draws = Some(credit_note);
    transition
}

/// Tells what is recorded, and changes nothing but the count of answers.
fn told(record: &Record, answer: Answer, taken: &Taken<'_>) -> Transition {
    let case = Case {
        order_id: record.order_id.clone(),
        record: Some(record.clone()),
        last: 0,
    };
    became(&case, record.state.clone(), answer, taken)
}

fn became(case: &Case, state: State, answer: Answer, taken: &Taken<'_>) -> Transition {
    let before = case.record.as_ref();
    let change = match before {
        None => Change::born(&state),
        Some(record) => Change::step(record.version, &record.state, &state),
    };
    let request = (taken.id, taken.trace_id);
    let record = Record {
        order_id: case.order_id.clone(),
        version: change.version,
        state,
        contents: before.and_then(|record| record.contents.clone()),
        trace_id: taken.trace_id.clone(),
        request_id: taken.id.clone(),
        lost: before.map(|record| record.lost).unwrap_or_default(),
        updated: taken.at,
    };
    Transition {
        record,
        event: Event::new(&case.order_id, request, taken.at, answer, change),
        draws: None,
    }
}

/// Whether this answer is lost, after so many that were.
fn is_lost(fault: Fault, before: u32) -> bool {
    match fault {
        Fault::Lost(most) => most.is_none_or(|most| before < most),
        _ => false,
    }
}

impl Transition {
    /// The same change; if its answer is lost no order hears it, and it is counted.
    fn told_unless(self, is_lost: bool, counted: Lost) -> Self {
        if !is_lost {
            return self;
        }
        let record = Record {
            lost: counted,
            ..self.record
        };
        Self {
            record,
            event: self.event.lost(),
            ..self
        }
    }
}
