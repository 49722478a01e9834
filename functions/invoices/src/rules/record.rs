//! What is known of an order's invoice.

use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};

use super::number::Number;
use super::request::{Contents, RequestId};

/// What has become of an order's invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// It has its number.
    Issued {
        /// Its number.
        number: Number,
        /// When it was issued.
        issued_at: Timestamp,
    },
    /// A credit note cancels it.
    Cancelled {
        /// Its number.
        number: Number,
        /// When it was issued.
        issued_at: Timestamp,
        /// The credit note's number.
        credit_note: Number,
        /// When that was issued.
        cancelled_at: Timestamp,
    },
    /// It was not issued, and is not going to be.
    Refused {
        /// Why.
        reason: String,
    },
    /// It was cancelled before it was issued: a request that comes late is refused.
    NeverIssued,
}

/// What the service keeps of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Whose invoice it is.
    pub order_id: OrderId,
    /// Counts the answers, each of which makes a version.
    pub version: u32,
    /// What has become of it.
    #[serde(flatten)]
    pub state: State,
    /// What it says, if it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// Follows the order.
    pub trace_id: TraceId,
    /// The request that was answered last.
    pub request_id: RequestId,
    /// Answers that were lost, as scripted.
    #[serde(default, skip_serializing_if = "Lost::is_none")]
    pub lost: Lost,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// How many answers were lost, as scripted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// To requests for an invoice.
    pub issuing: u32,
    /// To requests to cancel it.
    pub cancelling: u32,
}

impl Lost {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// An invoice that was issued, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Whose it is.
    pub order_id: OrderId,
    /// Its number.
    pub number: Number,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The credit note that cancels it.
    pub credit_note: Option<CreditNote>,
    /// What it says.
    pub contents: Contents,
}

/// A credit note: it cancels the whole invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNote {
    /// Its number.
    pub number: Number,
    /// When it was issued.
    pub at: Timestamp,
}

impl Record {
    /// The invoice, if it was issued.
    pub fn invoice(self) -> Option<Invoice> {
        let (number, issued_at, credit_note) = match self.state {
            State::Issued { number, issued_at } => (number, issued_at, None),
            State::Cancelled {
                number,
                issued_at,
                credit_note,
                cancelled_at,
            } => {
                let credit_note = CreditNote {
                    number: credit_note,
                    at: cancelled_at,
                };
                (number, issued_at, Some(credit_note))
            }
            State::Refused { .. } | State::NeverIssued => return None,
        };
        Some(Invoice {
            order_id: self.order_id,
            number,
            issued_at,
            credit_note,
            contents: self.contents?,
        })
    }
}
