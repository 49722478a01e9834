//! The history of a reservation. Each event is the answer to a request, and folding the events gives
//! the state.

use holdfast_core::change::{BrokenHistory, Change, fold_record};
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};

use crate::items::Items;
use crate::request::RequestId;
use crate::reservation::State;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The order has its goods.
    StockAvailable,
    /// The order has no goods, and will have none.
    StockUnavailable,
    /// The stock has all that the order had.
    StockReturned,
    /// An answer that the order never hears, as scripted.
    StockAnswerLost,
}

impl EventName {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::StockAvailable,
        Self::StockUnavailable,
        Self::StockReturned,
        Self::StockAnswerLost,
    ];
}

/// The answer to a request, with all that its transaction changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The order that asked.
    pub order_id: OrderId,
    /// What happened.
    pub name: EventName,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The trace that the order follows.
    pub trace_id: TraceId,
    /// The request that it answers.
    pub request_id: RequestId,
    /// The goods that the order has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
    /// Why it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it did to the reservation.
    pub reservation: Change<State>,
}

impl Event {
    /// Tells this event from any other of the order's reservation: the version that it made.
    pub fn unique(&self) -> String {
        format!("reservation.{}", self.reservation.version)
    }
}

/// Folds a reservation's events, in any order, into the state that they tell.
///
/// # Errors
/// [`BrokenHistory`] when an event is missing, doubled or contradicts another.
pub fn fold(events: &[Event]) -> Result<State, BrokenHistory> {
    let changes = events.iter().map(|event| &event.reservation);
    fold_record("reservation", changes.collect())
}
