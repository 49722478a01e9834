//! Puts events from a table's stream on the bus: the other half of the transactional outbox. What a record
//! tells is said by [`Tells`]; for the events of aggregates [`Events`] says it.
//!
//! What the stream delivers is published at least once, and in order for each partition of the table; an
//! event's `id` tells repetitions apart. What is not published is reported back by number, so that the
//! stream tries again from there. A record that is no event will never be one, and would hold up all
//! behind it: it goes to the dead-letter queue at once.

use std::marker::PhantomData;

use aws_sdk_eventbridge::error::DisplayErrorContext;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use holdfast_core::failure::Failure;
use serde_json::{Value, json};

use crate::batch::{Answer, Batch, Change, Changed};
use crate::later::Later;
use crate::serve::Serves;
use crate::table::{Aggregate, Mark};

/// Publishes events.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Sends.
    pub bus: Later<aws_sdk_eventbridge::Client>,
    /// The bus they go on.
    pub bus_name: String,
    /// Talks to queues.
    pub sqs: Later<aws_sdk_sqs::Client>,
    /// Where records go that are no events.
    pub dead_letters_url: String,
}

/// An event as it goes on the bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Its name.
    pub detail_type: String,
    /// The event, with its `id`: whose it is, and what tells it from that one's others.
    pub detail: Value,
}

/// Says what the records of a table's stream tell.
pub trait Tells {
    /// The event that a record is.
    ///
    /// # Errors
    /// [`Untold`]
    fn tell(&self, changed: &Changed) -> impl Future<Output = Result<Published, Untold>>;
}

/// The events of an aggregate, each a row of its own.
#[derive(Clone, Copy, Debug)]
pub struct Events<A>(PhantomData<A>);

/// A record of the stream that is no event, and why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoEvent(pub String);

/// Why a record is not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    /// It is no event, and never will be one.
    #[error(transparent)]
    NoEvent(#[from] NoEvent),
    /// What it takes to tell it is not to be had now.
    #[error(transparent)]
    NotNow(#[from] Failure),
}

/// EventBridge takes no more at once.
const MOST_ENTRIES: usize = 10;

impl Publisher {
    /// Publishes what the stream of an aggregate's table delivers, until the process ends.
    ///
    /// # Errors
    /// When the Lambda runtime cannot be reached.
    pub async fn serve<A: Aggregate>(&self) -> Result<(), lambda_runtime::Error> {
        let events = Events::<A>(PhantomData);
        A::serve(|batch| self.publish(&events, batch)).await
    }

    /// Publishes a batch; the answer names the first record that could not be published.
    ///
    /// # Errors
    /// None: what cannot be published is in the answer.
    pub async fn publish(
        &self,
        tells: &impl Tells,
        batch: Batch<Change>,
    ) -> Result<Answer, Failure> {
        for records in batch.records.chunks(MOST_ENTRIES) {
            if let Some(failed) = self.publish_some(tells, records).await {
                let failed = &records[failed].dynamodb.sequence_number;
                return Ok(Answer::failed([failed.clone()]));
            }
        }
        Ok(Answer::default())
    }

    /// Publishes a few, and says which is the first that could not be.
    async fn publish_some(&self, tells: &impl Tells, records: &[Change]) -> Option<usize> {
        let mut entries = Vec::new();
        let mut places = Vec::new();
        for (place, Change { dynamodb: changed }) in records.iter().enumerate() {
            match tells.tell(changed).await {
                Ok(event) => {
                    entries.push(self.entry(event));
                    places.push(place);
                }
                Err(untold) if self.is_set_aside(changed, &untold).await => {}
                Err(_) => return Some(places.first().copied().unwrap_or(place)),
            }
        }
        if entries.is_empty() {
            return None;
        }
        let put = self.bus.put_events().set_entries(Some(entries));
        match put.send().await {
            Ok(answer) => first_failed(answer.entries()).map(|failed| places[failed]),
            Err(error) => {
                let error = DisplayErrorContext(error).to_string();
                tracing::warn!(
                    error,
                    "events not published; the stream will bring them again"
                );
                places.first().copied()
            }
        }
    }

    /// Puts a record that is no event where an operator sees it; false if it must come again. Only what
    /// names it is sent, for it may hold anything.
    async fn is_set_aside(&self, changed: &Changed, untold: &Untold) -> bool {
        let problem = untold.to_string();
        if matches!(untold, Untold::NotNow(_)) {
            tracing::warn!(problem, "an event that cannot be told now");
            return false;
        }
        tracing::warn!(problem, "a record that is no event");
        let named = json!({
            "problem": problem,
            "keys": serde_dynamo::from_item::<_, Value>(changed.keys.clone()).ok(),
            "sequence_number": changed.sequence_number,
        });
        let sent = self.sqs.send_message().queue_url(&self.dead_letters_url);
        let sent = sent.message_body(named.to_string()).send().await;
        sent.inspect_err(|error| {
            let error = DisplayErrorContext(error).to_string();
            tracing::warn!(error, "it could not be set aside");
        })
        .is_ok()
    }

    fn entry(&self, event: Published) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus_name)
            .source("holdfast")
            .detail_type(event.detail_type)
            .detail(event.detail.to_string())
            .build()
    }
}

impl<A: Aggregate> Tells for Events<A> {
    async fn tell(&self, changed: &Changed) -> Result<Published, Untold> {
        Ok(published::<A>(changed)?)
    }
}

/// What is published of a record of an aggregate's stream.
///
/// # Errors
/// [`NoEvent`] when the record is none.
pub fn published<A: Aggregate>(changed: &Changed) -> Result<Published, NoEvent> {
    let event: A::Event = serde_dynamo::from_item(changed.new_image.clone())
        .map_err(|problem| NoEvent(problem.to_string()))?;
    let mut detail =
        serde_json::to_value(&event).map_err(|problem| NoEvent(problem.to_string()))?;
    let Mark { id, unique, .. } = A::mark(&event);
    detail["id"] = Value::String(format!("{id}/{unique}"));
    Ok(Published {
        detail_type: detail["name"].as_str().unwrap_or_default().to_owned(),
        detail,
    })
}

fn first_failed(entries: &[PutEventsResultEntry]) -> Option<usize> {
    let failed = entries
        .iter()
        .position(|entry| entry.error_code().is_some())?;
    let code = entries[failed].error_code();
    tracing::warn!(
        code,
        "an event was not published; the stream will bring it again"
    );
    Some(failed)
}
