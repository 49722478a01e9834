//! What can go wrong, under the names that the state machine matches.

use std::fmt::Display;

use serde::Serialize;

/// A failure of a step. Its [`name`](Failure::name) is a contract with the state machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub enum Failure {
    /// The request cannot be a booking; nothing was done.
    #[error("{field}: {problem}")]
    InvalidBooking {
        /// The path of the bad field.
        field: String,
        /// What is wrong with it, and the remedy.
        problem: String,
    },
    /// The request cannot be an order; nothing was done.
    #[error("{field}: {problem}")]
    InvalidOrder {
        /// The path of the bad field.
        field: String,
        /// What is wrong with it, and the remedy.
        problem: String,
    },
    /// The request cannot be a letter; nothing was done.
    #[error("{field}: {problem}")]
    InvalidLetter {
        /// The path of the bad field.
        field: String,
        /// What is wrong with it, and the remedy.
        problem: String,
    },
    /// What the request is about is not there; nothing was done. Callers see a [`Conflict`](Self::Conflict).
    #[error("{0}")]
    NoSuch(String),
    /// A supplier definitively did not do it; trying again will not help.
    #[error("{0}")]
    Refused(String),
    /// The payment supplier declined the money.
    #[error("{0}")]
    Declined(String),
    /// The payment supplier has not decided yet; it will report.
    #[error("{0}")]
    Pending(String),
    /// Not now: it may be tried again. What was asked for may or may not have been done.
    #[error("{0}")]
    Unavailable(String),
    /// The supplier keeps failing, and was not asked: its breaker lets nobody through for a while. It may
    /// be tried again after that.
    #[error("{0}")]
    SupplierDown(String),
    /// Time won.
    #[error("{0}")]
    HoldExpired(String),
    /// The customer cancelled, or time won: the saga is being undone, and no step of it begins.
    #[error("{0}")]
    Cancelled(String),
    /// Another change came first, or the booking is in no state for that.
    #[error("{0}")]
    Conflict(String),
}

impl Failure {
    /// The names of all failures.
    pub const NAMES: &[&str] = &[
        "InvalidBooking",
        "InvalidOrder",
        "InvalidLetter",
        "Refused",
        "Declined",
        "Pending",
        "Unavailable",
        "SupplierDown",
        "HoldExpired",
        "Cancelled",
        "Conflict",
    ];

    /// The name the state machine sees.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidBooking { .. } => "InvalidBooking",
            Self::InvalidOrder { .. } => "InvalidOrder",
            Self::InvalidLetter { .. } => "InvalidLetter",
            Self::Refused(_) => "Refused",
            Self::Declined(_) => "Declined",
            Self::Pending(_) => "Pending",
            Self::Unavailable(_) => "Unavailable",
            Self::SupplierDown(_) => "SupplierDown",
            Self::HoldExpired(_) => "HoldExpired",
            Self::Cancelled(_) => "Cancelled",
            Self::Conflict(_) | Self::NoSuch(_) => "Conflict",
        }
    }

    /// A request for a booking that names its bad field. What is far too long is not repeated.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidBooking {
            field: cut(field.into(), 150),
            problem: cut(problem.into(), 300),
        }
    }

    /// A request for an order that names its bad field. What is far too long is not repeated.
    pub fn invalid_order(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidOrder {
            field: cut(field.into(), 150),
            problem: cut(problem.into(), 300),
        }
    }

    /// A request for a letter that names its bad field. What is far too long is not repeated.
    pub fn invalid_letter(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidLetter {
            field: cut(field.into(), 150),
            problem: cut(problem.into(), 300),
        }
    }

    /// What the request is about is not there: a booking of this name, say.
    pub fn no_such(kind: &str, id: impl Display) -> Self {
        Self::NoSuch(format!("there is no {kind} {id}"))
    }

    /// Whether the request makes no sense: trying it again is of no use.
    pub fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::InvalidBooking { .. }
                | Self::InvalidOrder { .. }
                | Self::InvalidLetter { .. }
                | Self::NoSuch(_)
        )
    }

    /// A service that did not answer, or not as it should, while something was done. Trying again is
    /// harmless.
    pub fn unavailable(doing: impl Display, problem: impl Display) -> Self {
        Self::Unavailable(format!("{doing}: {problem}"))
    }
}

fn cut(text: String, longest: usize) -> String {
    text.chars().take(longest).collect()
}
