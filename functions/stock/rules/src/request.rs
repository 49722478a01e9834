//! What orders ask for: events of orders, as the bus delivers them.

use std::fmt;

use holdfast_core::fault::Fault;
use holdfast_core::ids::OrderId;
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};

use crate::items::Items;

/// The id of an event that asks for something: `<order>/<what tells it from the order's others>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(String);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_of(&self, order: &OrderId) -> bool {
        let unique = self.0.strip_prefix(order.as_str());
        let unique = unique.and_then(|rest| rest.strip_prefix('/'));
        unique.is_some_and(|unique| (1..=LONGEST_UNIQUE).contains(&unique.len()))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const LONGEST_UNIQUE: usize = 200;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Envelope")]
pub struct Request {
    /// Tells it from all others. The same request is answered once.
    pub id: RequestId,
    /// The order that asks.
    pub order_id: OrderId,
    /// The trace that the order follows.
    pub trace_id: TraceId,
    /// What it asks for.
    pub wish: Wish,
    /// The fault that is scripted for it.
    pub fault: Fault,
}

/// What an order asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// All of these, or none.
    Take(Items),
    /// What it has taken is to be put back.
    PutBack,
}

/// An event that is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("id: `{id}` is no id of an event of {order}")]
pub struct NoRequest {
    id: RequestId,
    order: OrderId,
}

/// An event as the bus delivers it, by its name.
#[derive(Deserialize)]
#[serde(tag = "detail-type", content = "detail", rename_all = "snake_case")]
enum Envelope {
    StockRequested(Detail<Taking>),
    StockReturnRequested(Detail<PuttingBack>),
}

#[derive(Deserialize)]
struct Detail<R> {
    id: RequestId,
    order_id: OrderId,
    trace_id: TraceId,
    request: R,
}

#[derive(Deserialize)]
struct Taking {
    items: Items,
    #[serde(default)]
    simulate: Script,
}

#[derive(Deserialize)]
struct PuttingBack {
    #[serde(default)]
    simulate: Script,
}

/// What is scripted: the fault of this very request, or faults by action, of which those of others do not
/// matter here.
#[derive(Deserialize)]
#[serde(untagged)]
enum Script {
    This(Fault),
    ByAction {
        #[serde(default)]
        remove_from_stock: Fault,
        #[serde(default)]
        return_stock: Fault,
    },
}

impl Default for Script {
    fn default() -> Self {
        Self::This(Fault::Ok)
    }
}

impl Script {
    fn of_taking(&self) -> Fault {
        match self {
            Self::This(fault)
            | Self::ByAction {
                remove_from_stock: fault,
                ..
            } => *fault,
        }
    }

    fn of_putting_back(&self) -> Fault {
        match self {
            Self::This(fault)
            | Self::ByAction {
                return_stock: fault,
                ..
            } => *fault,
        }
    }
}

impl Request {
    /// The names of the events that are requests.
    pub const NAMES: &[&str] = &["stock_requested", "stock_return_requested"];

    fn of<R>(detail: Detail<R>, read: impl Fn(R) -> (Wish, Fault)) -> Result<Self, NoRequest> {
        let (id, order_id) = (detail.id, detail.order_id);
        if !id.is_of(&order_id) {
            let order = order_id;
            return Err(NoRequest { id, order });
        }
        let (wish, fault) = read(detail.request);
        Ok(Self {
            id,
            order_id,
            trace_id: detail.trace_id,
            wish,
            fault,
        })
    }
}

impl TryFrom<Envelope> for Request {
    type Error = NoRequest;
    fn try_from(envelope: Envelope) -> Result<Self, NoRequest> {
        match envelope {
            Envelope::StockRequested(detail) => Self::of(detail, |taking| {
                (Wish::Take(taking.items), taking.simulate.of_taking())
            }),
            Envelope::StockReturnRequested(detail) => Self::of(detail, |putting_back| {
                (Wish::PutBack, putting_back.simulate.of_putting_back())
            }),
        }
    }
}
