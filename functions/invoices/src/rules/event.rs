//! The answers. Each is an event, written together with what it tells; folding an order's events gives
//! the state of its invoice.

use holdfast_core::change::{BrokenHistory, Change, fold_record};
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};

use super::number::Number;
use super::record::State;
use super::request::RequestId;

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The invoice has its number.
    InvoiceIssued,
    /// What was asked is not done.
    InvoiceRefused,
    /// The invoice is cancelled, or will never be issued.
    InvoiceCancelled,
    /// It is done, but the answer was lost, as scripted.
    InvoiceAnswerLost,
}

/// Who answers.
const ACTOR: &str = "invoices";

/// An answer, and what it did to the invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose invoice it is.
    pub order_id: OrderId,
    /// What is answered.
    pub name: EventName,
    /// When.
    pub at: Timestamp,
    /// Who answers.
    pub actor: String,
    /// Follows the order.
    pub trace_id: TraceId,
    /// The event that is answered.
    pub request_id: RequestId,
    /// The invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// The credit note's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<Number>,
    /// Why what was asked is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it did to the invoice.
    pub invoice: Change<State>,
}

/// What is said in reply to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The invoice has this number.
    Issued(Number),
    /// What was asked is not done, for this reason.
    Refused(String),
    /// This credit note cancels this invoice.
    Cancelled {
        /// The invoice's number.
        number: Number,
        /// The credit note's number.
        credit_note: Number,
    },
    /// There is no invoice, and there will be none.
    NeverIssued,
}

impl Event {
    /// An answer to this request.
    pub(super) fn new(
        order_id: &OrderId,
        request: (&RequestId, &TraceId),
        at: Timestamp,
        answer: Answer,
        invoice: Change<State>,
    ) -> Self {
        let (name, number, credit_note, reason) = match answer {
            Answer::Issued(number) => (EventName::InvoiceIssued, Some(number), None, None),
            Answer::Refused(reason) => (EventName::InvoiceRefused, None, None, Some(reason)),
            Answer::Cancelled {
                number,
                credit_note,
            } => (
                EventName::InvoiceCancelled,
                Some(number),
                Some(credit_note),
                None,
            ),
            Answer::NeverIssued => (EventName::InvoiceCancelled, None, None, None),
        };
        let (request_id, trace_id) = request;
        Self {
            order_id: order_id.clone(),
            name,
            at,
            actor: ACTOR.to_owned(),
            trace_id: trace_id.clone(),
            request_id: request_id.clone(),
            number,
            credit_note,
            reason,
            invoice,
        }
    }

    /// The same change, of which no order hears.
    pub(super) fn lost(self) -> Self {
        Self {
            name: EventName::InvoiceAnswerLost,
            number: None,
            credit_note: None,
            reason: None,
            ..self
        }
    }

    /// Tells this event from any other of the order: the version that it made.
    pub fn unique(&self) -> String {
        format!("invoice.{}", self.invoice.version)
    }
}

/// Folds an order's events, in any order, into the state they tell.
///
/// # Errors
/// [`BrokenHistory`] when an event is missing, doubled or contradicts another.
pub fn fold(events: &[Event]) -> Result<State, BrokenHistory> {
    let changes = events.iter().map(|event| &event.invoice);
    fold_record("invoice", changes.collect())
}
