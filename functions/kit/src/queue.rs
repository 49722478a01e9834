//! Messages from a queue, all at once and each on its own: one that fails comes again, the others are done.
//!
//! A message that cannot be understood, or names nothing that exists, will never be anything else: it
//! goes through its tries without a pause, and so into the dead-letter queue, past all others.

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;
use futures_util::future::join_all;
use holdfast_core::failure::Failure;
use holdfast_core::reading;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

use crate::batch::{Answer, Batch, Message};
use crate::later::Later;
use crate::logging::about;
use crate::subject::{Subject, invalid};

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

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Talks to queues.
    pub sqs: Later<aws_sdk_sqs::Client>,
    /// Its address.
    pub url: String,
}

impl Queue {
    /// Sends a message, to be delivered after a delay. `doing` says what for.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the queue does not answer.
    pub async fn send(
        &self,
        message: &impl Serialize,
        delay: Duration,
        doing: &str,
    ) -> Result<(), Failure> {
        let body = serde_json::to_string(message)
            .map_err(|problem| Failure::unavailable(doing, problem))?;
        let sent = self
            .sqs
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(i32::try_from(delay.as_secs()).unwrap_or(0))
            .send()
            .await;
        sent.map(drop)
            .map_err(|error| Failure::unavailable(doing, DisplayErrorContext(error)))
    }
}

impl Postpones for Queue {
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

/// Handles every message of a batch, by the number of its try. One that cannot be read or handled is
/// reported, so that the queue brings it again, after the pause that this try is to be followed by
/// or else the queue's own, and finally puts it into its dead-letter queue.
///
/// # Errors
/// None: what failed is in the answer.
pub async fn each<S, M, F>(
    batch: Batch<Message>,
    source: &impl Postpones,
    pause: impl Fn(u32) -> Option<Duration>,
    handle: impl Fn(M, u32) -> F,
) -> Result<Answer, Failure>
where
    S: Subject,
    M: DeserializeOwned,
    F: Future<Output = Result<(), Failure>>,
{
    let (pause, handle) = (&pause, &handle);
    let handled = batch.records.into_iter().map(|message| {
        let body = serde_json::from_str(&message.body);
        let span = about::<S>(body.as_ref().unwrap_or(&Value::Null));
        let handled = async move {
            let tries = tries(&message);
            let failure = handle_one::<S, M, F>(body, tries, handle).await.err()?;
            Some(report(message, tries, &failure, source, pause(tries)).await)
        };
        handled.instrument(span)
    });
    Ok(Answer::failed(
        join_all(handled).await.into_iter().flatten(),
    ))
}

async fn report(
    message: Message,
    tries: u32,
    failure: &Failure,
    source: &impl Postpones,
    pause: Option<Duration>,
) -> String {
    let (id, error) = (message.message_id, failure.name());
    let problem = failure.to_string();
    tracing::warn!(message_id = id, tries, error, problem, "a message failed");
    let pause = match failure.is_invalid() {
        true => Some(Duration::ZERO),
        false => pause,
    };
    if let Some(pause) = pause {
        source.postpone(&message.receipt_handle, pause).await;
    }
    id
}

async fn handle_one<S, M, F>(
    body: serde_json::Result<Value>,
    tries: u32,
    handle: impl Fn(M, u32) -> F,
) -> Result<(), Failure>
where
    S: Subject,
    M: DeserializeOwned,
    F: Future<Output = Result<(), Failure>>,
{
    let body = body.map_err(|_| S::invalid("message".to_owned(), "must be JSON".to_owned()))?;
    let read = reading::read_part("message", &body).map_err(invalid::<S>)?;
    handle(read, tries).await
}

fn tries(message: &Message) -> u32 {
    let count = &message.attributes.approximate_receive_count;
    count.parse().unwrap_or(1)
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
