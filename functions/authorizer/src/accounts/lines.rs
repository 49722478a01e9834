//! Lines of the statement. Each is written once: by the worker of its movement, or by one that settles
//! the account.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use holdfast_authorizer_rules::movement::{Code, Key, Line, Particulars};
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_kit::table::item::{Condition, text};

use super::{Accounts, Trouble, line_key, once};

/// What came of writing a line.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Written {
    /// It is written.
    Done,
    /// This one was there already.
    Exists(Box<Line>),
}

impl Accounts {
    /// Writes the line of a movement that is done, by its entry at the account. Harmless if it is there.
    /// If it fails, the line is written by the next worker that settles the account.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn write_line(
        &self,
        account: &AccountId,
        key: &Key,
        particulars: Particulars,
    ) -> Result<(), Failure> {
        let Some(account) = self.account(account).await? else {
            return Ok(());
        };
        let Some(entry) = account.open.get(key) else {
            return Ok(());
        };
        let line = entry.line(key, &account.account_id, &account.customer_id, particulars);
        let _: Written = self.put_line(&line).await?;
        Ok(())
    }

    /// Writes a line, unless there is one.
    ///
    /// # Errors
    /// [`Trouble`]
    pub(crate) async fn put_line(&self, line: &Line) -> Result<Written, Trouble> {
        let item = self
            .items
            .item(line_key(&line.account_id, &line.key), line)?;
        let put = self
            .items
            .client()
            .put_item()
            .table_name(self.items.table())
            .set_item(Some(item))
            .condition_expression(Condition::New.expression())
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .config_override(once())
            .send()
            .await;
        match put {
            Ok(put) => {
                self.spent.count(put.consumed_capacity());
                Ok(Written::Done)
            }
            Err(error) => self.line_there(error),
        }
    }

    fn line_there(&self, error: SdkError<PutItemError>) -> Result<Written, Trouble> {
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                let there = refused.item().cloned().unwrap_or_default();
                Ok(Written::Exists(self.items.read(there)?))
            }
            _ => Err(Trouble::of(error)),
        }
    }

    /// A line, if it is there.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn line(&self, account: &AccountId, key: &Key) -> Result<Option<Line>, Failure> {
        self.items.get(line_key(account, key)).await
    }

    /// Makes an approval stand, for it is told again; false if it was taken back meanwhile.
    ///
    /// # Errors
    /// [`Trouble`]
    pub(crate) async fn confirm(&self, line: &Line) -> Result<bool, Trouble> {
        let confirmed = self.items.client().update_item();
        let confirmed = confirmed
            .table_name(self.items.table())
            .set_key(Some(line_key(&line.account_id, &line.key)))
            .update_expression("SET confirmed = :yes")
            .condition_expression("code = :approved")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":approved", text(Code::Approved.as_str()))
            .customize()
            .config_override(once())
            .send()
            .await;
        match confirmed {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(Trouble::of(error)),
            },
        }
    }
}
