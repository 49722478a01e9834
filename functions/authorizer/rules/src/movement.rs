//! What happens to an account: a movement. It is done by one conditional write of the account, which
//! gives it the next number; then its line is written. Until the line is there, the account has an entry
//! for it.

use std::fmt;

use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::cents::Cents;
use crate::moment;
use crate::request::{Mcc, Merchant};

/// The name of a movement's line: the same movement, asked for again, has the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

/// What a movement does with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MovementKind))]
pub enum Kind {
    /// Money comes in.
    Credit,
    /// A terminal asks for money.
    Purchase,
    /// A purchase that its terminal was not told of is given back.
    GiveBack,
    /// Money is put aside for a booking or an order.
    Reserve,
    /// What was put aside is taken, or a part of it; the rest is given back.
    Capture,
    /// What was put aside is given back.
    Release,
    /// What was taken is given back.
    Refund,
}

/// What a terminal is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AnswerCode))]
pub enum Code {
    /// Approved.
    #[serde(rename = "00")]
    Approved,
    /// No balance is enough.
    #[serde(rename = "51")]
    Insufficient,
    /// Anything else.
    #[serde(rename = "07")]
    Refused,
}

impl Code {
    /// As terminals know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "00",
            Self::Insufficient => "51",
            Self::Refused => "07",
        }
    }
}

/// A movement, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Names its line.
    pub key: Key,
    /// What it does with money.
    pub kind: Kind,
    /// What came of it.
    pub code: Code,
    /// Which balance it is about.
    pub category: Category,
    /// How much it moves.
    pub amount: Cents,
    /// Of how much, where it ends something that was put aside.
    pub reserved: Cents,
    /// When.
    pub at: Timestamp,
    /// Tells it from others: a purchase by a digest of what was asked for, what gives back by the key of
    /// what it gives back, a payment by whose it is.
    pub mark: String,
}

/// What is known at the account of a movement whose line may not be there yet. A list, for it is short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry(
    Kind,
    Code,
    Category,
    Cents,
    Cents,
    #[serde(with = "moment")] Timestamp,
    String,
    u64,
    Key,
);

/// What a movement does to the sums of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// To the balance of its category.
    pub balance: i64,
    /// To all that ever came in.
    pub credited: i64,
    /// To what purchases took.
    pub debited: i64,
    /// To what is put aside.
    pub reserved: i64,
    /// To what was put aside and then taken.
    pub captured: i64,
}

/// A line of the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which account it is about.
    pub account_id: AccountId,
    /// Whose that is.
    pub customer_id: CustomerId,
    /// Names it.
    pub key: Key,
    /// What the movement was called by who asked for it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its number: the account's movements happened in this order.
    pub seq: u64,
    /// The line before it.
    pub before: Key,
    /// What it did with money.
    pub kind: Kind,
    /// What came of it.
    pub code: Code,
    /// Which balance it is about.
    pub category: Category,
    /// How much.
    pub amount: Cents,
    /// Of how much, where it ends something that was put aside.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserved: Cents,
    /// When.
    #[serde(with = "moment")]
    pub at: Timestamp,
    /// See [`Movement::mark`].
    pub mark: String,
    /// What the merchant sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcc: Option<Mcc>,
    /// Who the merchant is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<Merchant>,
    /// Why, where it is not approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// It took money when it got its number, and a later movement gave it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_back: bool,
    /// Which worker wrote it, where that may matter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// It was asked for again and answered: the answer stands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirmed: bool,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(cents: &Cents) -> bool {
    cents.0 == 0
}

/// What only those know of a movement who asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// What it is called.
    pub id: Option<String>,
    /// What the merchant sells.
    pub mcc: Option<Mcc>,
    /// Who the merchant is.
    pub merchant: Option<Merchant>,
    /// Why, where it is not approved.
    pub reason: Option<String>,
    /// Which worker writes the line.
    pub by: String,
}

impl Movement {
    /// What it does to the sums of its account.
    pub fn effect(&self) -> Effect {
        effect(self.kind, self.code, self.amount, self.reserved)
    }

    /// The entry, as the worker that does the movement knows it: without its number and the line before it.
    pub fn entry(&self) -> impl Serialize + use<> {
        (
            self.kind,
            self.code,
            self.category,
            self.amount,
            self.reserved,
            self.at.as_millis(),
            self.mark.clone(),
        )
    }

    /// The entry, once the movement has followed another.
    pub fn entered(&self, last: (u64, Key)) -> Entry {
        Entry(
            self.kind,
            self.code,
            self.category,
            self.amount,
            self.reserved,
            self.at,
            self.mark.clone(),
            last.0,
            last.1,
        )
    }
}

impl Entry {
    /// The movement.
    pub fn movement(&self, key: &Key) -> Movement {
        Movement {
            key: key.clone(),
            kind: self.0,
            code: self.1,
            category: self.2,
            amount: self.3,
            reserved: self.4,
            at: self.5,
            mark: self.6.clone(),
        }
    }

    /// The movement's number.
    pub fn seq(&self) -> u64 {
        self.7 + 1
    }

    /// The line before its own.
    pub fn before(&self) -> &Key {
        &self.8
    }

    /// Whether it took money for a purchase.
    pub fn debits(&self) -> bool {
        self.0 == Kind::Purchase && self.1 == Code::Approved
    }

    /// When it was made.
    pub fn at(&self) -> Timestamp {
        self.5
    }

    /// Its line.
    pub fn line(
        &self,
        key: &Key,
        account_id: &AccountId,
        customer_id: &CustomerId,
        particulars: Particulars,
    ) -> Line {
        let movement = self.movement(key);
        Line {
            account_id: account_id.clone(),
            customer_id: customer_id.clone(),
            key: movement.key,
            id: particulars.id,
            seq: self.seq(),
            before: self.before().clone(),
            kind: movement.kind,
            code: movement.code,
            category: movement.category,
            amount: movement.amount,
            reserved: movement.reserved,
            at: movement.at,
            mark: movement.mark,
            mcc: particulars.mcc,
            merchant: particulars.merchant,
            reason: particulars.reason,
            given_back: false,
            by: particulars.by,
            confirmed: false,
        }
    }
}

impl Line {
    /// What the movement did to the sums of its account when it got its number.
    pub fn effect(&self) -> Effect {
        let code = match self.given_back {
            true => Code::Approved,
            false => self.code,
        };
        effect(self.kind, code, self.amount, self.reserved)
    }

    /// The movement that it tells of.
    pub fn movement(&self) -> Movement {
        Movement {
            key: self.key.clone(),
            kind: self.kind,
            code: self.code,
            category: self.category,
            amount: self.amount,
            reserved: self.reserved,
            at: self.at,
            mark: self.mark.clone(),
        }
    }

    /// The same, but refused: the money goes back.
    #[must_use]
    pub fn revoked(self, reason: &str) -> Self {
        Self {
            code: Code::Refused,
            reason: Some(reason.to_owned()),
            given_back: true,
            ..self
        }
    }
}

fn effect(kind: Kind, code: Code, amount: Cents, reserved: Cents) -> Effect {
    let (amount, reserved) = (signed(amount), signed(reserved));
    let none = Effect::default();
    if code != Code::Approved {
        return none;
    }
    match kind {
        Kind::Credit => Effect {
            balance: amount,
            credited: amount,
            ..none
        },
        Kind::Purchase => Effect {
            balance: -amount,
            debited: amount,
            ..none
        },
        Kind::GiveBack => Effect {
            balance: amount,
            debited: -amount,
            ..none
        },
        Kind::Reserve => Effect {
            balance: -amount,
            reserved: amount,
            ..none
        },
        Kind::Capture => Effect {
            balance: reserved - amount,
            reserved: -reserved,
            captured: amount,
            ..none
        },
        Kind::Release => Effect {
            balance: amount,
            reserved: -amount,
            ..none
        },
        Kind::Refund => Effect {
            balance: amount,
            captured: -amount,
            ..none
        },
    }
}

fn signed(cents: Cents) -> i64 {
    i64::try_from(cents.0).unwrap_or(i64::MAX)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
