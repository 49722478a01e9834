//! What a terminal asks for, and what is wrong with it. Terminals are old: nothing that they send is an
//! error to them, it is a `07` with a reason.

use std::fmt;
use std::str::FromStr;

use holdfast_core::ids::AccountId;
use serde::{Deserialize, Serialize};

use crate::cents::{Cents, NotAnAmount};

/// A merchant's name has no more characters; terminals send 40.
const LONGEST_MERCHANT: usize = 80;
/// The id of a transaction has no more characters.
const LONGEST_ID: usize = 64;

/// The id of a transaction, as its terminal calls it, or as it was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TransactionId(String);

/// What a terminal asks for, where it makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// What it is called: the same again is the same transaction.
    pub id: TransactionId,
    /// Who pays.
    pub account: AccountId,
    /// How much.
    pub amount: Cents,
    /// What the merchant sells.
    pub mcc: Mcc,
    /// Who the merchant is.
    pub merchant: Merchant,
}

/// A merchant category code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Mcc(String);

/// A merchant's name, on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Merchant(String);

/// Why a transaction is refused with 07.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is no JSON, or no object.
    #[error("the body must be a JSON object with account, totalAmount, mcc and merchant")]
    Unreadable,
    /// A field is missing, or of another type.
    #[error("{0}: {1}")]
    Field(&'static str, String),
    /// The amount is none.
    #[error("totalAmount: {0}")]
    Amount(#[from] NotAnAmount),
    /// There is no such account.
    #[error("account: there is no such account")]
    NoAccount,
    /// The id was used for another transaction.
    #[error("id: it was used before, with other contents")]
    UsedBefore,
    /// More ask for the account at once than can be answered in time.
    #[error("too many at once for this account; nothing is debited")]
    TooMany,
    /// The table did not answer in time.
    #[error("no answer in time; nothing is debited")]
    NoAnswer,
}

impl TransactionId {
    /// An id that is made where a terminal sends none.
    pub fn made(random: u128) -> Self {
        Self(format!("txn_{random:032x}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TransactionId {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > LONGEST_ID || !plain {
            let problem = format!("must be 1 to {LONGEST_ID} letters, digits or signs");
            return Err(Refusal::Field("id", problem));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Mcc {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let problem = "must be four digits, such as \"5811\"".to_owned();
            return Err(Refusal::Field("mcc", problem));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Merchant {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let name = text.trim();
        let too_long = name.chars().count() > LONGEST_MERCHANT;
        if name.is_empty() || too_long || name.chars().any(char::is_control) {
            let problem = format!("must be a name of 1 to {LONGEST_MERCHANT} characters");
            return Err(Refusal::Field("merchant", problem));
        }
        Ok(Self(name.to_owned()))
    }
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text!(TransactionId, Mcc, Merchant);

impl Mcc {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Merchant {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_codes_and_names_are_checked() {
        for good in ["1", "term-7/000123", &"x".repeat(64)] {
            assert!(good.parse::<TransactionId>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "ü", "a\n", &"x".repeat(65)] {
            assert!(bad.parse::<TransactionId>().is_err(), "{bad:?}");
        }
        assert!("5811".parse::<Mcc>().is_ok());
        for bad in ["", "581", "58111", "58a1", "５８１１"] {
            assert!(bad.parse::<Mcc>().is_err(), "{bad:?}");
        }
        assert!(
            "PADARIA DO ZÉ               SAO PAULO BR"
                .parse::<Merchant>()
                .is_ok()
        );
        for bad in ["", "   ", "A\u{0}B", "A\nB", &"x".repeat(81)] {
            assert!(bad.parse::<Merchant>().is_err(), "{bad:?}");
        }
    }
}
