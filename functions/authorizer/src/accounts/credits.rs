//! Money comes in, once for each id: the account and the note that it came in are one transaction.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem};
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::movement::{Code, Key, Kind, Movement, Particulars};
use holdfast_authorizer_rules::request::TransactionId;
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;
use holdfast_kit::race::{Try, race};
use holdfast_kit::table::item::{Condition, Item, key};
use serde::{Deserialize, Serialize};

use super::{Accounts, Trouble, key_of, partition};

/// So often a credit is tried against others that move the same account.
const MOST_TRIES: usize = 20;

/// Money that comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// What it is called: the same again comes in once.
    pub id: TransactionId,
    /// Which balance gets it.
    pub category: Category,
    /// How much.
    pub amount: Cents,
}

/// What came of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Credited {
    /// It came in.
    Done,
    /// It came in before.
    Repeated,
    /// The id was used before, for another credit.
    OtherContents,
    /// There is no such account.
    NoAccount,
}

impl Accounts {
    /// Money comes in, once for each id.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; the same again is harmless.
    pub async fn credit(
        &self,
        account: &AccountId,
        credit: &Credit,
        now: Timestamp,
    ) -> Result<Credited, Failure> {
        let movement = Movement {
            // No id of a terminal has a blank, so none has this key.
            key: key_of(&format!("credit {}", credit.id)),
            kind: Kind::Credit,
            code: Code::Approved,
            category: credit.category,
            amount: credit.amount,
            reserved: Cents(0),
            at: now,
            mark: "credit".to_owned(),
        };
        let attempt = |()| self.try_to_credit(account, credit, &movement);
        let busy = || self.items.unavailable("crediting", "too many at once");
        let credited = race((), MOST_TRIES, attempt, busy).await?;
        if matches!(credited, Credited::Done | Credited::Repeated) {
            let id = Some(credit.id.to_string());
            let particulars = Particulars {
                id,
                ..Particulars::default()
            };
            self.write_line(account, &movement.key, particulars).await?;
        }
        Ok(credited)
    }

    async fn try_to_credit(
        &self,
        account: &AccountId,
        credit: &Credit,
        movement: &Movement,
    ) -> Result<Try<Credited, ()>, Failure> {
        let noted = note_key(account, &movement.key);
        if let Some(before) = self.items.get::<Credit>(noted.clone()).await? {
            return Ok(Try::Done(repeated(credit, &before)));
        }
        if self.account(account).await?.is_none() {
            return Ok(Try::Done(Credited::NoAccount));
        }
        let writes = vec![
            self.moving(account, movement)?,
            self.put_new(self.items.item(noted, credit)?)?,
        ];
        let written = self.items.client().transact_write_items();
        let written = written.set_transact_items(Some(writes)).send().await;
        let Err(error) = written else {
            return Ok(Try::Done(Credited::Done));
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled))
                if may_come_again(cancelled.cancellation_reasons()) =>
            {
                Ok(Try::Lost(()))
            }
            _ => Err(Trouble::of(error).into()),
        }
    }

    fn put_new(&self, item: Item) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder()
            .table_name(self.items.table())
            .set_item(Some(item))
            .condition_expression(Condition::New.expression())
            .build()
            .map_err(|problem| self.items.unavailable("crediting", problem))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn note_key(account: &AccountId, credit: &Key) -> Item {
    key(partition(account), format!("CREDIT#{credit}"))
}

fn repeated(credit: &Credit, before: &Credit) -> Credited {
    match credit == before {
        true => Credited::Repeated,
        false => Credited::OtherContents,
    }
}

/// The same credit was first, or another movement was in the way.
fn may_come_again(reasons: &[CancellationReason]) -> bool {
    let mut codes = reasons.iter().filter_map(CancellationReason::code);
    codes.any(|code| matches!(code, "ConditionalCheckFailed" | "TransactionConflict"))
}
