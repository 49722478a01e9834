//! How often somebody may try to sign in as one account. The rule is the domain's; whoever loses the
//! race for a count decides again upon the count as it is now.

use crate::rules::account::{Attempts, TooMany};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::accounts::email_partition;
use super::{Customers, Item, item, key, not_put, read, refused, unavailable};

/// More than may be counted within one window: whoever loses as often as this is refused anyway.
const MOST_RACES: u32 = 20;

impl Customers {
    /// Counts an attempt to sign in with this address, whether anybody has it or not.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; within, [`TooMany`] when there were
    /// too many.
    pub async fn count_attempt(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Result<(), TooMany>, Failure> {
        let mut before: Option<Attempts> = self.get(attempts_key(email)).await?;
        for _ in 0..MOST_RACES {
            let next = match Attempts::one_more(before.as_ref(), now) {
                Ok(next) => next,
                Err(too_many) => return Ok(Err(too_many)),
            };
            match self.replace(email, before.as_ref(), &next).await? {
                None => return Ok(Ok(())),
                Some(current) => before = Some(current),
            }
        }
        Err(unavailable("counting", "too many at once"))
    }

    /// Forgets the attempts that failed: somebody knows the password.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn forget_attempts(&self, email: &Email) -> Result<(), Failure> {
        let deleted = self.client.delete_item().table_name(&self.table);
        let deleted = deleted.set_key(Some(attempts_key(email))).send().await;
        deleted
            .map(drop)
            .map_err(|error| unavailable("forgetting", DisplayErrorContext(error)))
    }

    /// Writes a count in place of the one it follows; or tells what is there instead.
    async fn replace(
        &self,
        email: &Email,
        before: Option<&Attempts>,
        next: &Attempts,
    ) -> Result<Option<Attempts>, Failure> {
        let mut new = item(attempts_key(email), next)?;
        let expires = AttributeValue::N(next.window_ends.as_seconds().to_string());
        new.insert("expires".to_owned(), expires);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(new))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(known) => put
                .condition_expression("#count = :count AND window_ends = :window")
                .expression_attribute_names("#count", "count")
                .expression_attribute_values(":count", AttributeValue::N(known.count.to_string()))
                .expression_attribute_values(
                    ":window",
                    AttributeValue::S(known.window_ends.to_string()),
                ),
        };
        let Err(error) = put.send().await else {
            return Ok(None);
        };
        match refused(&error, not_put) {
            Some(current) => read(current).map(Some),
            None => Err(unavailable("counting", DisplayErrorContext(error))),
        }
    }
}

fn attempts_key(email: &Email) -> Item {
    key(email_partition(email), "ATTEMPTS")
}
