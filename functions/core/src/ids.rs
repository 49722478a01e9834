//! Names of things. Each is a type, checked once at the edge, and exists before the first attempt,
//! so that every retry uses the same one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text is not fit to be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {longest} letters, digits, `-`, `_` or `.`")]
pub struct NotAnId {
    longest: usize,
}

fn checked(text: &str, longest: usize) -> Result<String, NotAnId> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > longest || !text.chars().all(allowed) {
        return Err(NotAnId { longest });
    }
    Ok(text.to_owned())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $longest:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                checked(&text, $longest).map(Self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                checked(text, $longest).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A saga of any kind.
    SagaId, 60
}
id! {
    /// A booking: the name of its execution. Shorter than an execution's name may be, so that the
    /// execution that resumes its unwinding and its schedules can be named after it.
    BookingId, 60
}
id! {
    /// A leg within its booking; never used twice in one booking.
    LegId, 32
}
id! {
    /// A customer, as the agency knows them.
    CustomerId, 64
}
id! {
    /// An order: the name of its execution. As short as a booking's, for the same reasons.
    OrderId, 60
}
id! {
    /// A product.
    Sku, 32
}

/// What is done to a trip or to a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Reserve a leg for a while.
    Hold,
    /// Make a held leg definite.
    Confirm,
    /// Undo a leg, held or confirmed.
    Release,
    /// Reserve the money.
    Authorize,
    /// Take the money.
    Capture,
    /// Undo an authorization.
    Void,
    /// Undo a capture.
    Refund,
    /// Wait for the supplier's decision about the money.
    Await,
    /// Write a booking and start its timer.
    Open,
    /// Commit to a booking and take its money.
    Settle,
    /// Turn a booking to the way back.
    Unwind,
    /// End a booking that is not booked.
    Close,
}

impl Action {
    /// The word used in keys, addresses and scripted faults.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Confirm => "confirm",
            Self::Release => "release",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Await => "await",
            Self::Open => "open",
            Self::Settle => "settle",
            Self::Unwind => "unwind",
            Self::Close => "close",
        }
    }

    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Hold,
        Self::Confirm,
        Self::Release,
        Self::Authorize,
        Self::Capture,
        Self::Void,
        Self::Refund,
        Self::Await,
        Self::Open,
        Self::Settle,
        Self::Unwind,
        Self::Close,
    ];
    /// What may be asked of a leg's supplier.
    pub const OF_A_LEG: &[Self] = &[Self::Hold, Self::Confirm, Self::Release];
    /// What may be asked of the payment supplier.
    pub const OF_A_PAYMENT: &[Self] = &[Self::Authorize, Self::Capture, Self::Void, Self::Refund];
    /// What is done to a booking as a whole; no supplier is asked for it.
    pub const OF_A_BOOKING: &[Self] = &[
        Self::Open,
        Self::Await,
        Self::Settle,
        Self::Unwind,
        Self::Close,
    ];
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The `Idempotency-Key` of one call to a supplier: `<booking>/<leg>/<action>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepKey(String);

impl StepKey {
    /// The name of the payment where a leg's name would stand.
    pub const PAYMENT: &str = "payment";

    /// The key of an action on a leg.
    pub fn leg(booking: &BookingId, leg: &LegId, action: Action) -> Self {
        Self(format!("{booking}/{leg}/{action}"))
    }

    /// The key of an action on the payment. Each token that the traveller tries is an attempt, and
    /// an authorization of its own.
    pub fn payment(booking: &BookingId, attempt: u32, action: Action) -> Self {
        let payment = Self::PAYMENT;
        match attempt {
            0 | 1 => Self(format!("{booking}/{payment}/{action}")),
            _ => Self(format!("{booking}/{payment}.{attempt}/{action}")),
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        assert!("b-1_2.3".parse::<BookingId>().is_ok());
        for bad in ["", "a b", "a/b", "a#b", "ü", &"x".repeat(61)] {
            assert!(bad.parse::<BookingId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_attempt_to_pay_has_a_key_of_its_own() {
        let booking: BookingId = "b1".parse().unwrap();
        let key = |attempt| StepKey::payment(&booking, attempt, Action::Authorize).to_string();
        assert_eq!(key(1), "b1/payment/authorize");
        assert_eq!(key(2), "b1/payment.2/authorize");
    }
}
