//! What accounts are opened with: whose they are, where that customer is written to, and the first
//! balances. A row of its own, `ACCOUNT#<id>` / `OPENING`, written once and before the account: whoever
//! opens the account again with the same contents goes on where the first attempt ended.
//!
//! The address is here and not in the account, for the account is written with each purchase, and each
//! of these writes is in the table's stream.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::request::{Refusal, TransactionId};
use holdfast_core::email::{ERASED, Email};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::{key, text};
use holdfast_kit::table::{Condition, Item, Items, Put};
use serde::{Deserialize, Serialize};

use crate::accounts::{Accounts, Credit, Credited, Opened};

const OPENING: &str = "OPENING";
const OPENS: &str = "opening an account";
/// What the ids of the first credits begin with.
const FIRST_CREDITS: &str = "opening-";

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

/// What came of opening an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Made {
    /// There is such an account now.
    Now,
    /// It was opened before, with the same contents.
    Before,
    /// It was opened before, with other contents.
    OtherContents,
}

/// The openings of accounts, in the accounts' table.
#[derive(Clone, Debug)]
pub struct Openings {
    /// The accounts.
    pub accounts: Accounts,
    items: Items,
}

impl Openings {
    /// Openings in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "account");
        let accounts = Accounts::new(items.client().clone(), items.table());
        Self { accounts, items }
    }

    /// Opens an account, and has its first balances come in.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; the same again goes on from there.
    pub async fn open(
        &self,
        account: &AccountId,
        opening: &Opening,
        now: Timestamp,
    ) -> Result<Made, Failure> {
        let begun = self.begin(account, opening).await?;
        if begun == Made::OtherContents {
            return Ok(begun);
        }
        let new = Account::new(account.clone(), opening.customer_id.clone(), now);
        let opened = self.accounts.open(&new).await?;
        let mut is_new = begun == Made::Now || opened == Opened::Done;
        for (category, amount) in &opening.balances {
            let credit = first_credit(*category, *amount);
            let credit = credit.map_err(|problem| self.items.unavailable(OPENS, problem))?;
            match self.accounts.credit(account, &credit, now).await? {
                Credited::Done => is_new = true,
                Credited::Repeated => {}
                Credited::OtherContents => return Ok(Made::OtherContents),
                Credited::NoAccount => return Err(self.items.unavailable(OPENS, "it is gone")),
            }
        }
        Ok(if is_new { Made::Now } else { Made::Before })
    }

    /// Claims the account's name for these contents.
    async fn begin(&self, account: &AccountId, opening: &Opening) -> Result<Made, Failure> {
        let known = match self.find(account).await? {
            Some(known) => known,
            // One that was opened in another way may be another customer's.
            None if self.accounts.account(account).await?.is_some() => {
                return Ok(Made::OtherContents);
            }
            None => {
                let new = self.items.item(place(account), opening)?;
                match self.items.put(OPENS, new, &Condition::New).await? {
                    Put::Done => return Ok(Made::Now),
                    Put::Refused(Some(known)) => self.items.read(known)?,
                    Put::Refused(None) => return Err(self.items.unavailable(OPENS, "it is gone")),
                }
            }
        };
        // The address of a customer may have changed.
        let same = known.customer_id == opening.customer_id && known.balances == opening.balances;
        Ok(if same {
            Made::Before
        } else {
            Made::OtherContents
        })
    }

    /// Takes the owner's address out of what an account was opened with. Purchases are told by no letter any
    /// more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn forget(&self, account: &AccountId) -> Result<(), Failure> {
        let forgotten = self.items.client().update_item();
        let forgotten = forgotten
            .table_name(self.items.table())
            .set_key(Some(place(account)))
            .update_expression("SET email = :erased")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":erased", text(ERASED))
            .send()
            .await;
        let Err(error) = forgotten else { return Ok(()) };
        let is_missing = error
            .as_service_error()
            .is_some_and(|error| error.is_conditional_check_failed_exception());
        if is_missing {
            return Ok(());
        }
        let error = DisplayErrorContext(error);
        Err(self.items.unavailable("forgetting an address", error))
    }

    /// What an account was opened with, if that is known.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, account: &AccountId) -> Result<Option<Opening>, Failure> {
        self.items.get(place(account)).await
    }
}

/// Whether a credit is called like those that come with an opening.
pub fn is_of_an_opening(credit: &TransactionId) -> bool {
    credit.as_str().starts_with(FIRST_CREDITS)
}

fn first_credit(category: Category, amount: Cents) -> Result<Credit, Refusal> {
    let id = format!("{FIRST_CREDITS}{category}").parse()?;
    Ok(Credit {
        id,
        category,
        amount,
    })
}

fn place(account: &AccountId) -> Item {
    key(format!("ACCOUNT#{account}"), OPENING)
}
