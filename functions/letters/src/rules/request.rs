//! A letter that somebody is to get.

use std::fmt;
use std::str::FromStr;

use holdfast_core::email::ERASED;
use holdfast_core::ids::CustomerId;
use holdfast_core::language::Language;
use serde::{Deserialize, Serialize};

use crate::kinds::Letter;

const LONGEST_ID: usize = 200;

/// The id of a letter: that of the event it is due for, `<booking or order>/<what it made>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct LetterId(String);

/// The text is no id of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of an event such as order-1/order.5, with up to {LONGEST_ID} characters")]
pub struct NotALetterId;

impl FromStr for LetterId {
    type Err = NotALetterId;
    fn from_str(text: &str) -> Result<Self, NotALetterId> {
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        if !plain || text.is_empty() || text.len() > LONGEST_ID {
            return Err(NotALetterId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for LetterId {
    type Error = NotALetterId;
    fn try_from(text: String) -> Result<Self, NotALetterId> {
        text.parse()
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A letter that somebody is to get: all that it takes to write it, today or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Tells it from all others: of one id, one letter is sent.
    pub id: LetterId,
    /// Follows what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Who gets it.
    pub to: To,
    /// The language that it must be in; without one, the customer's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What it says.
    #[serde(flatten)]
    pub letter: Letter,
}

impl Request {
    /// Forgets who the customer is: where they were written to, and who travels.
    pub fn forget(&mut self) {
        if let To::Customer(customer) = &mut self.to {
            ERASED.clone_into(&mut customer.email);
        }
        if let Letter::Booking(booking) = &mut self.letter {
            booking.passengers.clear();
        }
    }
}

/// Who gets a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// A customer.
    Customer(Customer),
    /// Whoever works at the desk.
    Operator,
}

/// A customer, and where to write to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who it is: their preferences count.
    pub id: CustomerId,
    /// Where to write to. It was checked when it was given; what a mailbox refuses is found out by sending.
    pub email: String,
}

// Personal data does not belong in a log.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer({})", self.id)
    }
}

impl To {
    /// The customer, if it is one.
    pub fn customer(&self) -> Option<&Customer> {
        match self {
            Self::Customer(customer) => Some(customer),
            Self::Operator => None,
        }
    }
}
