//! The suppliers' circuit breakers, which all functions share: one item each, changed on the
//! condition of its version like everything else. Not there means closed.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::breaker::Breaker;
use holdfast_core::failure::Failure;
use serde::{Deserialize, Serialize};

use super::keys::{self, Item};
use super::read::read;
use super::{Store, unavailable};

/// A breaker as it lies in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBreaker {
    /// Counts the changes; 0 if there was none yet.
    pub version: u64,
    /// How it stands.
    #[serde(flatten)]
    pub breaker: Breaker,
}

/// Why a breaker was not changed.
#[derive(Clone, Debug)]
pub enum Overtaken {
    /// Somebody else was first: decide again, upon this.
    Race(KeptBreaker),
    /// The table did not answer.
    Down(Failure),
}

impl Store {
    /// The breaker of a supplier, as of a moment ago: half the price, and whoever decides on what is
    /// outdated is told so when it writes.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn breaker(&self, supplier: Participant) -> Result<KeptBreaker, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::breaker(supplier)))
            .consistent_read(false)
            .send()
            .await
            .map_err(|error| unavailable("reading a breaker", DisplayErrorContext(error)))?;
        Ok(answer.item.map(read).transpose()?.unwrap_or_default())
    }

    /// Changes a breaker, if it still is what it was.
    ///
    /// # Errors
    /// [`Overtaken`]: a race, with the breaker as it is now, or no answer.
    pub async fn change_breaker(
        &self,
        supplier: Participant,
        before: &KeptBreaker,
        to: Breaker,
    ) -> Result<KeptBreaker, Overtaken> {
        let after = KeptBreaker {
            version: before.version + 1,
            breaker: to,
        };
        let mut item: Item = serde_dynamo::to_item(after)
            .map_err(|problem| Overtaken::Down(unavailable("writing a breaker", problem)))?;
        item.extend(keys::breaker(supplier));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match before.version {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            version => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", AttributeValue::N(version.to_string())),
        };
        match put.send().await {
            Ok(_) => Ok(after),
            Err(error) => Err(overtaken(error)),
        }
    }
}

fn overtaken(error: SdkError<PutItemError>) -> Overtaken {
    let current = match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(failed)) => {
            failed.item().cloned().map(read).transpose()
        }
        _ => Err(unavailable("writing a breaker", DisplayErrorContext(error))),
    };
    match current {
        Ok(current) => Overtaken::Race(current.unwrap_or_default()),
        Err(failure) => Overtaken::Down(failure),
    }
}
