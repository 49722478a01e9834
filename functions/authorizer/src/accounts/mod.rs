//! Accounts in DynamoDB.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `ACCOUNT#<id>` | `ACCOUNT` | balances and sums, the last movement, and entries of movements whose line may be missing |
//! | the same | `TXN#<key>` | a movement's line; the line before it is named in it |
//! | the same | `CREDIT#<key>` | that money came in by this id |
//!
//! A movement is one conditional write of the account. Its condition is about balances, not about a
//! version, so movements do not disturb one another.
//!
//! - `moving`: a movement as an update of the account; `trouble`: what can come of it
//! - `purchases`: movements that terminals ask for; `credits`: money that comes in
//! - `lines`: the lines of the statement; `statement`: reading them, newest first
//! - `settle`: movements whose line is missing; `settled`: an account once it is settled
//! - `spent`: what it costs

mod credits;
mod lines;
mod moving;
mod purchases;
mod settle;
mod settled;
mod spent;
mod statement;
mod trouble;

pub use credits::{Credit, Credited};
pub use lines::Written;
pub use purchases::{Moved, Seen};
pub use settle::Doubt;
pub use spent::Spent;
pub use statement::{NotAPlace, Page, Place};
pub use trouble::Trouble;

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::movement::Key;
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_kit::table::item::{Condition, Item, key};
use holdfast_kit::table::{Items, Put};
use ring::digest::{SHA256, digest};

const ACCOUNT: &str = "ACCOUNT";
/// So many bytes of a digest tell ids apart: 16 characters.
const KEY_BYTES: usize = 12;

/// The accounts' table.
#[derive(Clone, Debug)]
pub struct Accounts {
    items: Items,
    spent: Spent,
}

/// What came of opening an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Opened {
    /// There is such an account now.
    Done,
    /// There was one already.
    Exists(Box<Account>),
}

/// The name of the line of what is called so.
pub fn key_of(id: &str) -> Key {
    let digest = digest(&SHA256, id.as_bytes());
    Key(URL_SAFE_NO_PAD.encode(&digest.as_ref()[..KEY_BYTES]))
}

impl Accounts {
    /// Accounts in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "account");
        let spent = Spent::default();
        Self { items, spent }
    }

    /// Talks to DynamoDB.
    pub fn client(&self) -> &aws_sdk_dynamodb::Client {
        self.items.client()
    }

    /// What movements and their lines have cost so far.
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// An account, if there is one; read consistently.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, Failure> {
        self.items.get(account_key(id)).await
    }

    /// Opens an account, unless it is there.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn open(&self, account: &Account) -> Result<Opened, Failure> {
        let item = self.items.item(account_key(&account.account_id), account)?;
        match self.items.put("opening", item, &Condition::New).await? {
            Put::Done => Ok(Opened::Done),
            Put::Refused(Some(there)) => {
                let there = self.items.read(there)?;
                Ok(Opened::Exists(Box::new(there)))
            }
            Put::Refused(None) => Err(self.items.unavailable("opening", "it was just deleted")),
        }
    }
}

fn account_key(id: &AccountId) -> Item {
    key(partition(id), ACCOUNT)
}

fn line_key(id: &AccountId, line: &Key) -> Item {
    key(partition(id), format!("TXN#{line}"))
}

fn partition(id: &AccountId) -> String {
    format!("{ACCOUNT}#{id}")
}

/// Without the SDK's own retries: a new try here decides anew, and an answer must come in time.
fn once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}
