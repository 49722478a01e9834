//! Messages from a queue, all at once and each on its own: one that fails comes again, the others are done.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures_util::future::join_all;
use holdfast_domain::failure::Failure;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::lambda::about;

/// Handles every message of a batch. One that cannot be read or handled is reported, so that the
/// queue brings it again and finally puts it into its dead-letter queue.
///
/// # Errors
/// None: what failed is in the answer.
pub async fn each<M, F>(
    batch: SqsEvent,
    handle: impl Fn(M) -> F,
) -> Result<SqsBatchResponse, Failure>
where
    M: DeserializeOwned,
    F: Future<Output = Result<(), Failure>>,
{
    let handled = batch.records.into_iter().map(|message| {
        let body = message.body.unwrap_or_default();
        let span = about(&serde_json::from_str(&body).unwrap_or_default());
        let id = message.message_id.unwrap_or_default();
        let handling = serde_json::from_str(&body).map(&handle);
        let handled = async move {
            let problem = match handling {
                Ok(handling) => handling.await.err()?.to_string(),
                Err(problem) => format!("not understood: {problem}"),
            };
            tracing::warn!(message_id = id, problem, "a message failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            Some(failure)
        };
        handled.instrument(span)
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = join_all(handled).await.into_iter().flatten().collect();
    Ok(response)
}
