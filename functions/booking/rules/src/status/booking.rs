//! How far a booking has come.

use serde::{Deserialize, Serialize};

/// How far a booking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// The legs are being held.
    Holding,
    /// Everything is held; the traveller may choose and pay.
    AwaitingPayment,
    /// A payment is under way.
    Paying,
    /// The money is authorized; the legs are being confirmed.
    Confirming,
    /// Done.
    Booked,
    /// Booked, and being given back, whole or in part.
    Cancelling,
    /// Being undone.
    Unwinding,
    /// Undone, because time won.
    Expired,
    /// Undone, because the traveller wished it.
    Cancelled,
    /// Undone, because a supplier or the payment would not.
    Failed,
    /// Something could not be done or undone: it waits at the desk.
    NeedsAttention,
}

impl BookingStatus {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Holding,
        Self::AwaitingPayment,
        Self::Paying,
        Self::Confirming,
        Self::Booked,
        Self::Cancelling,
        Self::Unwinding,
        Self::Expired,
        Self::Cancelled,
        Self::Failed,
        Self::NeedsAttention,
    ];

    /// Whether nothing is left to do, for anybody.
    pub fn is_finished(self) -> bool {
        matches!(
            self,
            Self::Booked | Self::Expired | Self::Cancelled | Self::Failed
        )
    }

    /// Whether the execution has nothing left to do: finished, or handed to the desk.
    pub fn has_ended(self) -> bool {
        self.is_finished() || self == Self::NeedsAttention
    }

    /// The word used in the table and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holding => "holding",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Paying => "paying",
            Self::Confirming => "confirming",
            Self::Booked => "booked",
            Self::Cancelling => "cancelling",
            Self::Unwinding => "unwinding",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::NeedsAttention => "needs_attention",
        }
    }
}

/// What an unwinding leads to, once everything is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Time won.
    Expired,
    /// The traveller wished it.
    Cancelled,
    /// A supplier or the payment would not.
    Failed,
}

impl From<Ending> for BookingStatus {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Expired => Self::Expired,
            Ending::Cancelled => Self::Cancelled,
            Ending::Failed => Self::Failed,
        }
    }
}

/// What is left of a trip of which something was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it was given back whole.
    Nothing,
    /// Some legs, which stay booked.
    Legs,
}

/// What happened to a booking, as far as its status is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The execution waits for its traveller.
    Waits,
    /// A payment began.
    PaymentBegan,
    /// The money is reserved, and the payment still holds the timer.
    PaymentAuthorized,
    /// The payment supplier would not.
    PaymentDeclined,
    /// The traveller has withdrawn a payment that was pending.
    PaymentWithdrawn,
    /// The money was taken.
    MoneyTaken,
    /// The booking is to be undone.
    TurnedBack,
    /// The money was refused after the commit point.
    CaptureRefused,
    /// The traveller gives the booked trip back, or some of its legs.
    GivingBack,
    /// What the traveller gave back is released and refunded, or was given up at the desk; this is left
    /// of the trip.
    GivenBack(Left),
    /// Nothing is left of the booking at any supplier.
    Undone(Ending),
    /// The execution ends, and something is left to do.
    SomethingLeft,
    /// An operator gave up what could not be undone.
    GivenUp(Ending),
    /// An operator gave up the money of a confirmed trip.
    GivenUpUnpaid,
}

impl Happened {
    /// All that can happen.
    pub const ALL: &[Self] = &[
        Self::Waits,
        Self::PaymentBegan,
        Self::PaymentAuthorized,
        Self::PaymentDeclined,
        Self::PaymentWithdrawn,
        Self::MoneyTaken,
        Self::TurnedBack,
        Self::CaptureRefused,
        Self::GivingBack,
        Self::GivenBack(Left::Nothing),
        Self::GivenBack(Left::Legs),
        Self::Undone(Ending::Expired),
        Self::Undone(Ending::Cancelled),
        Self::Undone(Ending::Failed),
        Self::SomethingLeft,
        Self::GivenUp(Ending::Expired),
        Self::GivenUp(Ending::Cancelled),
        Self::GivenUp(Ending::Failed),
        Self::GivenUpUnpaid,
    ];
}

impl BookingStatus {
    /// What becomes of this status, or `None` where it cannot happen.
    #[must_use]
    pub fn after(self, happened: Happened) -> Option<Self> {
        use BookingStatus::{
            AwaitingPayment, Booked, Cancelled, Cancelling, Confirming, Holding, NeedsAttention,
            Paying, Unwinding,
        };
        match (self, happened) {
            (Holding | AwaitingPayment, Happened::Waits) => Some(AwaitingPayment),
            (Holding | AwaitingPayment, Happened::PaymentBegan) => Some(Paying),
            (Paying, Happened::PaymentAuthorized) => Some(Confirming),
            (Paying, Happened::PaymentDeclined | Happened::PaymentWithdrawn) => {
                Some(AwaitingPayment)
            }
            (Confirming | NeedsAttention, Happened::MoneyTaken) => Some(Booked),
            (Booked, Happened::GivingBack) => Some(Cancelling),
            (Cancelling | NeedsAttention, Happened::GivenBack(Left::Nothing)) => Some(Cancelled),
            (Cancelling | NeedsAttention, Happened::GivenBack(Left::Legs)) => Some(Booked),
            (Holding | AwaitingPayment | Paying | Confirming, Happened::TurnedBack)
            | (Confirming, Happened::CaptureRefused) => Some(Unwinding),
            (Unwinding | NeedsAttention, Happened::Undone(ending))
            | (NeedsAttention, Happened::GivenUp(ending)) => Some(ending.into()),
            (
                Holding | AwaitingPayment | Paying | Confirming | Cancelling | Unwinding,
                Happened::SomethingLeft,
            ) => Some(NeedsAttention),
            (NeedsAttention, Happened::CaptureRefused) => Some(NeedsAttention),
            (NeedsAttention, Happened::GivenUpUnpaid) => Some(Booked),
            _ => None,
        }
    }
}
