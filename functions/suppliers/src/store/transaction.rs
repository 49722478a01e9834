//! One transaction: all of it or nothing, and why nothing.

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::TransactWriteItemBuilder;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};

use super::{Store, StoreError};
use crate::catalogue::Stock;

/// How an attempt to write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Outcome {
    /// All of it is written.
    Written,
    /// Nothing is: another writer was first, or in the way.
    Overtaken,
    /// Nothing is: there are no places left.
    SoldOut(Stock),
}

/// A write and the places it wants, if it is one that can find them gone.
pub(super) struct Step {
    write: TransactWriteItem,
    wants: Option<Stock>,
}

impl Step {
    pub(super) fn of(write: TransactWriteItemBuilder) -> Self {
        Self {
            write: write.build(),
            wants: None,
        }
    }

    /// A write that is made elsewhere. If its condition fails, another writer was first.
    pub(super) fn made(write: TransactWriteItem) -> Self {
        Self { write, wants: None }
    }

    /// The same, and that its condition fails means that these places are gone.
    pub(super) fn wanting(self, stock: &Stock) -> Self {
        Self {
            wants: Some(stock.clone()),
            ..self
        }
    }
}

impl Store {
    /// All of it or nothing. The SDK's own retries are off: behind them a first try that was done
    /// could hide, and the next one would look as if nothing had been.
    pub(super) async fn transact(&self, steps: Vec<Step>) -> Result<Outcome, StoreError> {
        let (writes, wants): (Vec<_>, Vec<_>) = steps
            .into_iter()
            .map(|step| (step.write, step.wants))
            .unzip();
        let written = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .customize()
            .config_override(once())
            .send()
            .await;
        let error = match written {
            Ok(_) => return Ok(Outcome::Written),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                cancellation(cancelled.cancellation_reasons(), &wants)
            }
            _ => Err(StoreError::of_write(error)),
        }
    }
}

/// Without the SDK's own retries: a new try here reads first.
pub(super) fn once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

/// Why nothing was written. Places are only missing if nothing else stood in the way.
fn cancellation(
    reasons: &[CancellationReason],
    wants: &[Option<Stock>],
) -> Result<Outcome, StoreError> {
    let mut sold_out = None;
    for (position, reason) in reasons.iter().enumerate() {
        let wanted = wants.get(position).and_then(Option::as_ref);
        match (reason.code().unwrap_or("None"), wanted) {
            ("None", _) => {}
            ("ConditionalCheckFailed", Some(stock)) => sold_out = Some(stock.clone()),
            ("ConditionalCheckFailed" | "TransactionConflict" | "DuplicateItem", _) => {
                return Ok(Outcome::Overtaken);
            }
            (code, _) => {
                return Err(StoreError::Nothing(format!(
                    "the transaction was cancelled: {code}"
                )));
            }
        }
    }
    Ok(sold_out.map_or(Outcome::Overtaken, Outcome::SoldOut))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(codes: [&str; 3]) -> Result<Outcome, StoreError> {
        let reason = |code: &str| CancellationReason::builder().code(code).build();
        cancellation(&codes.map(reason), &[None, None, Some(places())])
    }

    fn places() -> Stock {
        Stock {
            name: "flight/GRU-LIS/2027-03-01".to_owned(),
            count: 2,
        }
    }

    #[test]
    fn it_is_sold_out_only_if_nothing_else_stood_in_the_way() {
        const FAILED: &str = "ConditionalCheckFailed";
        let sold_out = Ok(Outcome::SoldOut(places()));
        assert_eq!(outcome(["None", "None", FAILED]), sold_out);
        for codes in [
            [FAILED, "None", FAILED],
            ["None", FAILED, FAILED],
            ["TransactionConflict", "None", FAILED],
            ["None", "None", "TransactionConflict"],
        ] {
            assert_eq!(outcome(codes), Ok(Outcome::Overtaken), "{codes:?}");
        }
    }

    #[test]
    fn a_throttled_transaction_has_surely_written_nothing() {
        for code in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
            let error = outcome(["None", code, "None"]).unwrap_err();
            assert!(matches!(error, StoreError::Nothing(_)), "{error}");
        }
    }
}
