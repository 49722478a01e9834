//! The queue's consumer: does again what its messages name, with growing pauses between.
//!
//! The queue counts: after its bound a message goes to the dead-letter queue, and the booking goes
//! on waiting, in full view, for a person. A message that cannot be understood, or names nothing that
//! exists, gets no pauses: it is handed over to the dead-letter queue at once, past all others.

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::error::DisplayErrorContext;
use futures_util::future::join_all;
use holdfast_domain::failure::Failure;
use tracing::Instrument;

use super::act::{Clerk, Errand, Said};
use crate::lambda::about;
use crate::steps::DeskItem;
use crate::suppliers::Endpoint;

/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How long a message waits between tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// The first pause; each is twice as long as the one before, at most a quarter of an hour.
    pub first: Duration,
}

impl Pauses {
    /// The pause after so many tries.
    pub fn after(self, tries: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        self.first.saturating_mul(doubled).min(LONGEST_PAUSE)
    }
}

/// Says when a message comes again.
pub trait Postpones {
    /// Hides a message for a while. If that fails the queue's own pause holds.
    fn postpone(&self, receipt: &str, pause: Duration) -> impl Future<Output = ()> + Send;
}

/// The queue `saga-errors`.
#[derive(Clone, Debug)]
pub struct SagaErrors {
    /// Talks to queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Its address.
    pub url: String,
}

impl Postpones for SagaErrors {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        let seconds = i32::try_from(pause.as_secs()).unwrap_or(i32::MAX);
        let change = self
            .sqs
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(seconds);
        if let Err(error) = change.send().await {
            let error = DisplayErrorContext(error).to_string();
            tracing::warn!(error, "the pause could not be set; the queue's own holds");
        }
    }
}

/// The automatic redrive.
#[derive(Clone, Debug)]
pub struct Automatic<P> {
    /// Does the work.
    pub clerk: Clerk,
    /// The suppliers.
    pub supplier: Endpoint,
    /// Where the messages come from.
    pub queue: P,
    /// How long they wait.
    pub pauses: Pauses,
}

impl<P: Postpones> Automatic<P> {
    /// Handles every message of a batch, each on its own; what failed is in the answer, so that the
    /// queue brings it again.
    ///
    /// # Errors
    /// None.
    pub async fn consume(&self, batch: SqsEvent) -> Result<SqsBatchResponse, Failure> {
        let handled = batch.records.into_iter().map(|message| {
            let body = message.body.as_deref().unwrap_or_default();
            let span = about(&serde_json::from_str(body).unwrap_or_default());
            self.handle(message).instrument(span)
        });
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = join_all(handled).await.into_iter().flatten().collect();
        Ok(response)
    }

    async fn handle(&self, message: SqsMessage) -> Option<BatchItemFailure> {
        let tries = message
            .attributes
            .get("ApproximateReceiveCount")
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        let body = message.body.as_deref().unwrap_or_default();
        let tried = match serde_json::from_str::<DeskItem>(body) {
            Ok(item) => Box::pin(self.try_again(&item, tries)).await,
            Err(problem) => Err(Failure::invalid("message", problem.to_string())),
        };
        let failure = tried.err()?;
        let id = message.message_id.unwrap_or_default();
        let (error, problem) = (failure.name(), failure.to_string());
        tracing::warn!(message_id = id, tries, error, problem, "a redrive failed");
        let pause = match failure {
            // It will never be anything else.
            Failure::InvalidBooking { .. } => Duration::ZERO,
            _ => self.pauses.after(tries),
        };
        let receipt = message.receipt_handle.unwrap_or_default();
        self.queue.postpone(&receipt, pause).await;
        let mut failed = BatchItemFailure::default();
        failed.item_identifier = id;
        Some(failed)
    }

    /// One try. Nothing left to do is success: somebody else was first, or gave it up.
    async fn try_again(&self, item: &DeskItem, tries: u32) -> Result<(), Failure> {
        let errand = Errand {
            booking_id: item.booking_id.clone(),
            part: Some(item.work.leg.clone()),
            reason: Some(format!("try {tries} of the automatic redrive")),
            dry_run: false,
        };
        let report = self.clerk.redrive(&errand, &self.supplier).await?;
        let failed = report.did.into_iter().find_map(|did| match did.outcome {
            Said::Failed(why) => Some(why),
            _ => None,
        });
        failed.map_or(Ok(()), |why| Err(Failure::Unavailable(why)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let pauses = Pauses {
            first: Duration::from_secs(30),
        };
        let seconds: Vec<_> = (1..=7).map(|tries| pauses.after(tries).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(pauses.after(u32::MAX), LONGEST_PAUSE);
    }
}
