//! How a payment stands.

use serde::{Deserialize, Serialize};

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
    /// A part of the money was given back; the rest is kept.
    PartlyRefunded,
    /// Could not be undone: it waits at the desk.
    ReleaseFailed,
    /// May have been done: the supplier did not say.
    Unknown,
}

/// What happened to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentHappened {
    /// The traveller began another attempt.
    Began,
    /// The supplier has taken the attempt, and not decided yet.
    Pending,
    /// The supplier reserved the money.
    Authorized,
    /// The supplier would not.
    Declined,
    /// The supplier may have done what it was asked for.
    Unclear,
    /// The supplier took the money.
    Captured,
    /// The supplier gave the reservation back.
    Voided,
    /// The supplier gave the money back.
    Refunded,
    /// The supplier gave a part of the money back.
    PartlyRefunded,
    /// The undo was handed over to the desk.
    HandedOver,
}

impl PaymentHappened {
    /// All that can happen.
    pub const ALL: &[Self] = &[
        Self::Began,
        Self::Pending,
        Self::Authorized,
        Self::Declined,
        Self::Unclear,
        Self::Captured,
        Self::Voided,
        Self::Refunded,
        Self::PartlyRefunded,
        Self::HandedOver,
    ];
}

impl PaymentStatus {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::None,
        Self::Pending,
        Self::Authorized,
        Self::Captured,
        Self::Declined,
        Self::Voided,
        Self::Refunded,
        Self::PartlyRefunded,
        Self::ReleaseFailed,
        Self::Unknown,
    ];

    /// Whether an attempt of this status still waits for its supplier's word.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::None | Self::Pending | Self::Unknown)
    }

    /// Whether there is surely no money reserved or taken, once an attempt was made.
    #[must_use]
    pub fn is_undone(self) -> bool {
        matches!(self, Self::Declined | Self::Voided | Self::Refunded)
    }

    /// What becomes of this status, or `None` where it stays.
    #[must_use]
    pub fn after(self, happened: PaymentHappened) -> Option<Self> {
        use PaymentHappened as Is;
        let next = match happened {
            Is::Began if matches!(self, Self::None | Self::Declined | Self::Voided) => {
                return Some(Self::None);
            }
            Is::Pending if matches!(self, Self::None | Self::Unknown) => Self::Pending,
            Is::Authorized if self.is_open() => Self::Authorized,
            Is::Declined if self.is_open() => Self::Declined,
            Is::Captured if matches!(self, Self::Authorized | Self::Unknown) => Self::Captured,
            Is::Unclear if !self.is_undone() => Self::Unknown,
            Is::Voided if !self.is_undone() => Self::Voided,
            Is::Refunded if !self.is_undone() => Self::Refunded,
            Is::PartlyRefunded if matches!(self, Self::Captured | Self::ReleaseFailed) => {
                Self::PartlyRefunded
            }
            Is::HandedOver if !self.is_undone() => Self::ReleaseFailed,
            _ => self,
        };
        (next != self).then_some(next)
    }
}
