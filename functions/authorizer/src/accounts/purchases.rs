//! Movements by one plain update: purchases, and what gives them back.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    KeysAndAttributes, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::deciding::Decision;
use holdfast_authorizer_rules::movement::{Key, Line, Movement};
use holdfast_core::ids::AccountId;
use holdfast_kit::table::item::{Item, text_of};
use serde::Deserialize;

use super::moving::{Change, Closing};
use super::{ACCOUNT, Accounts, Trouble, account_key, line_key, once};

/// An account, and the line of a movement, as they were at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The account, if there is one.
    pub account: Option<Account>,
    /// The line, if there is one.
    pub line: Option<Line>,
}

/// What came of a movement.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Moved {
    /// It is done. The number and the line of the movement before it.
    Done((u64, Key)),
    /// Nothing was done: the account is not as it was thought to be, but like this.
    Otherwise(Option<Box<Account>>),
}

/// What came of an update.
pub(super) enum Updated {
    /// It is done. What it changed, as it was before.
    Done(Item),
    /// Nothing was done: the account is not as it was thought to be, but like this.
    Otherwise(Option<Box<Account>>),
}

/// What a movement changes of its account whatever else it does.
#[derive(Deserialize)]
struct Changed {
    last: (u64, Key),
}

/// All that is looked at of an account and of a line, but for the entries of other movements: there may be
/// many of them, and they change nothing.
const PROJECTION: &str = "#open.#line, sk, account_id, customer_id, balances, credited, debited, reserved, captured, \
     #last, created, #key, id, seq, #before, kind, code, category, amount, #at, mark, mcc, \
     merchant, reason, given_back, #by, confirmed";
/// Names in it that are DynamoDB's own words.
const NAMES: &[&str] = &["last", "open", "key", "before", "at", "by"];

impl Accounts {
    /// An account and a line of it, in one request, read consistently. Of the account's entries only the
    /// line's own is seen.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn see(&self, id: &AccountId, key: &Key) -> Result<Seen, Trouble> {
        let line = ("#line".to_owned(), key.0.clone());
        self.see_by(id, key, PROJECTION.to_owned(), Some(line))
            .await
    }

    /// The same, with all entries of the account.
    ///
    /// # Errors
    /// [`Trouble`]
    pub(crate) async fn see_all(&self, id: &AccountId, key: &Key) -> Result<Seen, Trouble> {
        let projection = PROJECTION.replace("#open.#line", "#open");
        self.see_by(id, key, projection, None).await
    }

    async fn see_by(
        &self,
        id: &AccountId,
        key: &Key,
        projection: String,
        line: Option<(String, String)>,
    ) -> Result<Seen, Trouble> {
        let names = NAMES.iter();
        let names = names.map(|name| (format!("#{name}"), (*name).to_owned()));
        let both = KeysAndAttributes::builder()
            .consistent_read(true)
            .projection_expression(projection)
            .set_expression_attribute_names(Some(names.chain(line).collect()))
            .keys(account_key(id))
            .keys(line_key(id, key))
            .build()
            .map_err(|problem| Trouble::Unknown(problem.to_string()))?;
        let found = self.get_all(both).await?;
        let mut seen = Seen {
            account: None,
            line: None,
        };
        for item in found {
            match text_of(&item, "sk") {
                Some(ACCOUNT) => seen.account = Some(self.items.read(item)?),
                _ => seen.line = Some(self.items.read(item)?),
            }
        }
        Ok(seen)
    }

    /// The items with these keys, in one request: all of those that are there.
    pub(super) async fn get_all(&self, keys: KeysAndAttributes) -> Result<Vec<Item>, Trouble> {
        let asked = self.items.client().batch_get_item();
        let asked = asked.request_items(self.items.table(), keys);
        let answer = asked.customize().config_override(once()).send().await;
        let answer = answer.map_err(Trouble::of)?;
        if answer
            .unprocessed_keys()
            .is_some_and(|keys| !keys.is_empty())
        {
            return Err(Trouble::Busy("not all of it was read".to_owned()));
        }
        let found = answer.responses.unwrap_or_default();
        Ok(found.into_values().flatten().collect())
    }

    /// Does a movement, if the account is as its decision wants it. Entries whose line is there go with
    /// it.
    ///
    /// # Errors
    /// [`Trouble`]
    pub(crate) async fn purchase(
        &self,
        account: &AccountId,
        movement: &Movement,
        decision: Option<&Decision>,
        closed: Vec<(Key, u64)>,
    ) -> Result<Moved, Trouble> {
        let mut change = change_of(movement)?;
        if let Some(decision) = decision {
            change.cannot_pay(decision.cannot_pay(), movement.amount.0);
        }
        let closing = |(key, seq)| Closing {
            key,
            seq,
            must_be_there: false,
        };
        change.closing(&closed.into_iter().map(closing).collect::<Vec<_>>());
        self.move_by(account, change).await
    }

    /// Updates an account by a movement.
    pub(super) async fn move_by(
        &self,
        account: &AccountId,
        change: Change,
    ) -> Result<Moved, Trouble> {
        Ok(match self.update(account, change).await? {
            Updated::Done(before) => Moved::Done(self.items.read::<Changed>(before)?.last),
            Updated::Otherwise(there) => Moved::Otherwise(there),
        })
    }

    /// Updates an account on a condition.
    pub(super) async fn update(
        &self,
        account: &AccountId,
        change: Change,
    ) -> Result<Updated, Trouble> {
        let updated = self
            .items
            .client()
            .update_item()
            .table_name(self.items.table())
            .set_key(Some(account_key(account)))
            .update_expression(change.expression())
            .condition_expression(change.condition())
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .return_values(ReturnValue::UpdatedOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .config_override(once())
            .send()
            .await;
        match updated {
            Ok(updated) => {
                self.spent.count(updated.consumed_capacity());
                Ok(Updated::Done(updated.attributes.unwrap_or_default()))
            }
            Err(error) => self.refused(error),
        }
    }

    fn refused(&self, error: SdkError<UpdateItemError>) -> Result<Updated, Trouble> {
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                let there = refused.item().cloned();
                let there = there.map(|item| self.items.read::<Account>(item));
                Ok(Updated::Otherwise(there.transpose()?.map(Box::new)))
            }
            _ => Err(Trouble::of(error)),
        }
    }
}

/// A movement as an update.
pub(super) fn change_of(movement: &Movement) -> Result<Change, Trouble> {
    Change::of(movement).map_err(|problem| Trouble::Unknown(problem.to_string()))
}
