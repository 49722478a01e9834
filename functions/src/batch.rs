//! Messages from a queue, each handled on its own: one that fails comes again, the others are done.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use holdfast_domain::failure::Failure;
use serde::de::DeserializeOwned;

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
    let mut response = SqsBatchResponse::default();
    for message in batch.records {
        let handled = match serde_json::from_str(message.body.as_deref().unwrap_or_default()) {
            Ok(read) => handle(read).await.map_err(|failure| failure.to_string()),
            Err(problem) => Err(format!("not understood: {problem}")),
        };
        if let Err(problem) = handled {
            let id = message.message_id.unwrap_or_default();
            tracing::warn!(message_id = id, problem, "a message failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
    }
    Ok(response)
}
