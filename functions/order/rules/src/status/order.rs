//! How far an order has come.

use serde::{Deserialize, Serialize};

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Written; credit, payment and stock are being asked.
    Pending,
    /// Credit, payment and stock are fine.
    Created,
    /// The invoice has its number.
    Invoiced,
    /// The carrier is booked.
    Shipped,
    /// Done: the money is taken.
    Completed,
    /// Being undone.
    Cancelling,
    /// Undone, because the customer wished it or time won.
    Cancelled,
    /// Undone, because a participant would not.
    Failed,
    /// Something could not be done or undone: it waits at the desk.
    NeedsAttention,
}

/// What the way back leads to, once everything is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The customer wished it, or time won.
    Cancelled,
    /// A participant would not.
    Failed,
}

impl From<Ending> for OrderStatus {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Cancelled => Self::Cancelled,
            Ending::Failed => Self::Failed,
        }
    }
}

/// What happened to an order, as far as its status is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The goods were taken out of stock; credit and payment are fine.
    StockTaken,
    /// The invoice got its number.
    InvoiceIssued,
    /// The carrier was booked.
    CarrierBooked,
    /// The money was taken.
    MoneyTaken,
    /// The order is to be undone.
    TurnedBack,
    /// The money was refused after the commit point.
    CaptureRefused,
    /// Nothing is left of the order anywhere.
    Undone(Ending),
    /// The execution ends, and something is left to do.
    SomethingLeft,
    /// An operator gave up what could not be undone.
    GivenUp(Ending),
    /// An operator gave up the money of a shipped order.
    GivenUpUnpaid,
}

impl Happened {
    /// All that can happen.
    pub const ALL: &[Self] = &[
        Self::StockTaken,
        Self::InvoiceIssued,
        Self::CarrierBooked,
        Self::MoneyTaken,
        Self::TurnedBack,
        Self::CaptureRefused,
        Self::Undone(Ending::Cancelled),
        Self::Undone(Ending::Failed),
        Self::SomethingLeft,
        Self::GivenUp(Ending::Cancelled),
        Self::GivenUp(Ending::Failed),
        Self::GivenUpUnpaid,
    ];
}

impl OrderStatus {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Pending,
        Self::Created,
        Self::Invoiced,
        Self::Shipped,
        Self::Completed,
        Self::Cancelling,
        Self::Cancelled,
        Self::Failed,
        Self::NeedsAttention,
    ];

    /// The word used in the table and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Created => "created",
            Self::Invoiced => "invoiced",
            Self::Shipped => "shipped",
            Self::Completed => "completed",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::NeedsAttention => "needs_attention",
        }
    }

    /// Whether nothing is left to do, for anybody.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }

    /// Whether the execution has nothing left to do: finished, or handed to the desk.
    pub fn has_ended(self) -> bool {
        self.is_finished() || self == Self::NeedsAttention
    }

    /// What becomes of this status, or `None` where it cannot happen.
    #[must_use]
    pub fn after(self, happened: Happened) -> Option<Self> {
        use OrderStatus::{
            Cancelling, Completed, Created, Invoiced, NeedsAttention, Pending, Shipped,
        };
        match (self, happened) {
            (Pending, Happened::StockTaken) => Some(Created),
            (Created, Happened::InvoiceIssued) => Some(Invoiced),
            (Invoiced, Happened::CarrierBooked) => Some(Shipped),
            (Shipped | NeedsAttention, Happened::MoneyTaken)
            | (NeedsAttention, Happened::GivenUpUnpaid) => Some(Completed),
            (Pending | Created | Invoiced | Shipped, Happened::TurnedBack)
            | (Shipped, Happened::CaptureRefused) => Some(Cancelling),
            (Shipped | Cancelling, Happened::SomethingLeft)
            | (NeedsAttention, Happened::CaptureRefused) => Some(NeedsAttention),
            (Cancelling | NeedsAttention, Happened::Undone(ending))
            | (NeedsAttention, Happened::GivenUp(ending)) => Some(ending.into()),
            _ => None,
        }
    }
}
