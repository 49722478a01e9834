//! A booking as it stands: the booking itself, its legs, its payment.
//!
//! Each of the three is a record with a version of its own. What a record *is* (its state) changes
//! only together with an event; how often it was tried and what went wrong last is kept beside.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::request::Customer;
use crate::spec::Kind;
use holdfast_core::fault::Script;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{State, Timer};

pub use crate::waiting::{Taken, Waiting};

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

/// The booking itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The name of its execution.
    pub booking_id: BookingId,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: BookingState,
    /// Who travels.
    pub customer: Customer,
    /// Scripted mishaps of the steps that are about the whole of it.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// The execution that drives it.
    pub execution: String,
    /// The execution waits, or has waited last, for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Follows the booking through logs, suppliers and events.
    pub trace_id: String,
    /// The version of the code that opened it.
    pub definition: String,
    /// When it was opened.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

impl Booking {
    /// When somebody should have gone on with it at the latest.
    pub fn due(&self) -> Timestamp {
        let timer = &self.state.timer;
        match timer.state {
            State::Running | State::Fired => timer.deadline,
            State::Paused { lease_ends } => timer.deadline.max(lease_ends),
            State::Cancelled { .. } => self.updated,
        }
    }
}

/// The part of a booking that its events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingState {
    /// How far it has come.
    pub status: BookingStatus,
    /// Who came first, payment or time.
    pub timer: Timer,
    /// What the unwinding leads to, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Why it is not `booked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sum that is authorized and captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

impl BookingState {
    /// Whether it is past its commit point and has not been given up since: then it is finished,
    /// never undone.
    pub fn goes_forward_only(&self) -> bool {
        let turned_back = self.status == BookingStatus::Unwinding || self.ending.is_some();
        self.timer.is_committed() && !turned_back
    }
}

/// How a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LegStatus {
    /// Nothing is known of it yet.
    Pending,
    /// Reserved for a while.
    Held,
    /// Definite.
    Confirmed,
    /// The supplier would not: there is nothing to undo.
    Refused,
    /// Undone.
    Released,
    /// Could not be undone: it waits at the desk.
    ReleaseFailed,
    /// May have been done: nobody could tell.
    Unknown,
}

impl LegStatus {
    /// Whether there is surely nothing of it at the supplier.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Refused | Self::Released)
    }
}

/// One thing to reserve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Its name within the booking.
    pub id: LegId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// When it was touched, among the legs; undone in reverse.
    pub order: u32,
    /// What to reserve, as the supplier wants it.
    pub spec: Value,
    /// Scripted faults and mishaps.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: LegState,
    /// How many calls to the supplier came to nothing.
    #[serde(default)]
    pub attempts: u32,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// The part of a leg that events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegState {
    /// How it stands.
    pub status: LegStatus,
    /// The supplier's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Until when the supplier holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_expires: Option<Timestamp>,
}

impl LegState {
    /// A leg of which nothing is known yet.
    pub fn pending() -> Self {
        Self {
            status: LegStatus::Pending,
            reference: None,
            price: None,
            hold_expires: None,
        }
    }

    /// The same leg, with another status.
    #[must_use]
    pub fn with(&self, status: LegStatus) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }
}

/// How the payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing was paid or tried.
    None,
    /// The supplier has not decided yet.
    Pending,
    /// The money is reserved.
    Authorized,
    /// The money is taken.
    Captured,
    /// The supplier would not.
    Declined,
    /// The reservation of the money is undone.
    Voided,
    /// The money was given back.
    Refunded,
    /// Could not be undone: it waits at the desk.
    ReleaseFailed,
    /// May have been done: nobody could tell.
    Unknown,
}

/// The payment of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: PaymentState,
    /// Until when the supplier's decision is waited for, where it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide_by: Option<Timestamp>,
    /// Scripted faults.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// The part of a payment that events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentState {
    /// How it stands.
    pub status: PaymentStatus,
    /// How many tokens were tried; names the attempt's idempotency key.
    pub attempts: u32,
    /// The supplier's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl PaymentState {
    /// A payment nobody has tried.
    pub fn none() -> Self {
        Self {
            status: PaymentStatus::None,
            attempts: 0,
            reference: None,
        }
    }

    /// The same payment, with another status.
    #[must_use]
    pub fn with(&self, status: PaymentStatus) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }

    /// Whether there is surely no money reserved or taken at the supplier.
    pub fn is_gone(&self) -> bool {
        match self.status {
            PaymentStatus::None => self.attempts == 0,
            PaymentStatus::Declined | PaymentStatus::Voided | PaymentStatus::Refunded => true,
            _ => false,
        }
    }
}

/// A booking with its legs, in order, and its payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The booking itself.
    pub booking: Booking,
    /// Its legs, in the order in which they were touched.
    pub legs: Vec<Leg>,
    /// Its payment.
    pub payment: Payment,
}

impl Snapshot {
    /// When the first of the suppliers' holds ends.
    pub fn holds_end(&self) -> Option<Timestamp> {
        let held = self.legs.iter();
        let held = held.filter(|leg| leg.state.status == LegStatus::Held);
        held.filter_map(|leg| leg.state.hold_expires).min()
    }

    /// A leg by name.
    pub fn leg(&self, id: &LegId) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == *id)
    }
}
