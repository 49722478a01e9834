//! Names of things. Each is a type, checked once at the edge, and exists before the first attempt,
//! so that every retry uses the same one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::payment::ACCOUNT_TOKEN;

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
    /// An order: the name of its execution. As long as a booking's may be, for the same reasons.
    OrderId, 60
}
id! {
    /// Something that the shop sells (stock keeping unit).
    Sku, 32
}
id! {
    /// A leg within its booking; never used twice in one booking.
    LegId, 32
}
id! {
    /// An offer, as its supplier knows it.
    OfferId, 160
}
id! {
    /// A customer, as the agency knows them.
    CustomerId, 64
}

id! {
    /// An account that pays by card, and for bookings and orders.
    AccountId, 40
}

impl AccountId {
    /// The account behind a payment token, if it is one of the accounts' (`acct_123`).
    pub fn of_token(token: &str) -> Option<Result<Self, NotAnId>> {
        token.strip_prefix(ACCOUNT_TOKEN).map(str::parse)
    }
}

/// The `Idempotency-Key` of one call to a supplier: `<booking>/<leg>/<action>`, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepKey(String);

impl StepKey {
    /// The key of these parts: the saga, what of it is meant, and the action.
    pub fn of(parts: &[&dyn fmt::Display]) -> Self {
        let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
        Self(parts.join("/"))
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
        assert!("x".repeat(160).parse::<OfferId>().is_ok());
        for bad in ["", "a b", "a/b", "a#b", "ü", &"x".repeat(61)] {
            assert!(bad.parse::<BookingId>().is_err(), "{bad}");
        }
    }
}
