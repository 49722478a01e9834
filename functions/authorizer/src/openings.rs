//! What accounts are opened with: whose they are, where that customer is written to, and the first
//! balances. A row of its own, `ACCOUNT#<id>` / `OPENING`, written once and before the account: whoever
//! opens the account again with the same contents goes on where the first attempt ended.
//!
//! The address is here and not in the account, for the account is written with each purchase, and each
//! of these writes is in the table's stream.

use std::collections::BTreeMap;

use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_kit::table::item::key;
use holdfast_kit::table::{Condition, Item, Items, Put};
use serde::{Deserialize, Serialize};

const OPENING: &str = "OPENING";

/// What an account is opened with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Where they are written to.
    pub email: Email,
    /// What it can pay at first; categories without money are left out.
    pub balances: BTreeMap<Category, Cents>,
}

/// What came of beginning to open an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// It is begun.
    Now,
    /// It was begun before, with the same contents.
    Before,
    /// It was begun before, with other contents.
    OtherContents,
}

/// The openings of accounts, in the accounts' table.
#[derive(Clone, Debug)]
pub struct Openings {
    items: Items,
}

impl Openings {
    /// Openings in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "account");
        Self { items }
    }

    /// Begins to open an account.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn begin(&self, account: &AccountId, opening: &Opening) -> Result<Begun, Failure> {
        let new = self.items.item(place(account), opening)?;
        let put = self.items.put("opening an account", new, &Condition::New);
        match put.await? {
            Put::Done => Ok(Begun::Now),
            Put::Refused(Some(known)) => {
                let known: Opening = self.items.read(known)?;
                // The address of a customer may change.
                let same = (known.customer_id, known.balances)
                    == (opening.customer_id.clone(), opening.balances.clone());
                Ok(if same {
                    Begun::Before
                } else {
                    Begun::OtherContents
                })
            }
            Put::Refused(None) => Err(self.items.unavailable("opening an account", "it is gone")),
        }
    }

    /// What an account was opened with, if that is known.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, account: &AccountId) -> Result<Option<Opening>, Failure> {
        self.items.get(place(account)).await
    }
}

fn place(account: &AccountId) -> Item {
    key(format!("ACCOUNT#{account}"), OPENING)
}
