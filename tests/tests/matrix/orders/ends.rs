//! What becomes of an order.

use holdfast_order_rules::action::Topic;
use holdfast_order_rules::order::OrderStatus;

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All of it.
    Completed,
    /// Nothing of it, and this is what it is called.
    Undone(OrderStatus),
    /// Nothing but what this participant has, which waits at the desk.
    LeftAtDesk(Topic),
    /// Nothing: it is undone, but this participant does not say so, and the desk has to see to it.
    UnsaidAtDesk(Topic),
    /// All of it but the capture, which waits at the desk.
    OwedAtDesk,
}

impl End {
    pub(crate) fn status(self) -> OrderStatus {
        match self {
            Self::Completed => OrderStatus::Completed,
            Self::Undone(status) => status,
            Self::LeftAtDesk(_) | Self::UnsaidAtDesk(_) | Self::OwedAtDesk => {
                OrderStatus::NeedsAttention
            }
        }
    }

    /// Who has something of it.
    pub(crate) fn left(&self) -> Vec<&'static str> {
        match self {
            Self::Completed | Self::OwedAtDesk => vec!["carrier", "invoices", "payment", "stock"],
            Self::Undone(_) | Self::UnsaidAtDesk(_) => vec![],
            Self::LeftAtDesk(topic) => vec![topic.as_str()],
        }
    }

    /// Whose work waits at the desk.
    pub(crate) fn waits(self) -> Option<Topic> {
        match self {
            Self::Completed | Self::Undone(_) => None,
            Self::LeftAtDesk(topic) | Self::UnsaidAtDesk(topic) => Some(topic),
            Self::OwedAtDesk => Some(Topic::Payment),
        }
    }
}
