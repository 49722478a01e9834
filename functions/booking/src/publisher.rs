//! Puts the events of bookings on the bus: the other half of the transactional outbox.
//!
//! What the table's stream delivers is published at least once and in order for each booking; an
//! event's `id` tells repetitions apart. What is not published is reported back by number, so that the
//! stream tries again from there. A record that is no event will never be one, and would hold up all
//! behind it: it goes to the dead-letter queue at once.

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_eventbridge::error::DisplayErrorContext;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use holdfast_booking_rules::event::Event;
use holdfast_core::failure::Failure;
use serde_json::{Value, json};

/// Publishes events.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Sends.
    pub bus: aws_sdk_eventbridge::Client,
    /// The bus they go on.
    pub bus_name: String,
    /// Talks to queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Where records go that are no events.
    pub dead_letters_url: String,
}

/// EventBridge takes no more at once.
const MOST_ENTRIES: usize = 10;

impl Publisher {
    /// Publishes a batch; the answer names the first record that could not be published.
    ///
    /// # Errors
    /// None: what cannot be published is in the answer.
    pub async fn publish(&self, batch: StreamEvent) -> Result<DynamoDbEventResponse, Failure> {
        let mut response = DynamoDbEventResponse::default();
        for records in batch.records.chunks(MOST_ENTRIES) {
            if let Some(failed) = self.publish_some(records).await {
                response.batch_item_failures.push(failure(&records[failed]));
                break;
            }
        }
        Ok(response)
    }

    /// Publishes a few, and says which is the first that could not be.
    async fn publish_some(&self, records: &[EventRecord]) -> Option<usize> {
        let mut entries = Vec::new();
        let mut places = Vec::new();
        for (place, record) in records.iter().enumerate() {
            match self.entry(record) {
                Ok(entry) => {
                    entries.push(entry);
                    places.push(place);
                }
                Err(problem) if self.set_aside(record, &problem).await => {}
                Err(_) => return Some(places.first().copied().unwrap_or(place)),
            }
        }
        if entries.is_empty() {
            return None;
        }
        match self
            .bus
            .put_events()
            .set_entries(Some(entries))
            .send()
            .await
        {
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

    /// Puts a record where an operator sees it; false if that is not possible now. Only what names
    /// it is sent, for nobody knows what is in it.
    async fn set_aside(&self, record: &EventRecord, problem: &str) -> bool {
        tracing::warn!(problem, "a record that is no event");
        let named = json!({
            "problem": problem,
            "keys": serde_dynamo::from_item::<_, Value>(record.change.keys.clone()).ok(),
            "sequence_number": record.change.sequence_number,
        });
        let sent = self.sqs.send_message().queue_url(&self.dead_letters_url);
        let sent = sent.message_body(named.to_string()).send().await;
        sent.inspect_err(|error| {
            let error = DisplayErrorContext(error).to_string();
            tracing::warn!(error, "it could not be set aside");
        })
        .is_ok()
    }

    fn entry(&self, record: &EventRecord) -> Result<PutEventsRequestEntry, String> {
        let event: Event = serde_dynamo::from_item(record.change.new_image.clone())
            .map_err(|error| error.to_string())?;
        let mut detail = serde_json::to_value(&event).map_err(|error| error.to_string())?;
        let name = detail["name"].as_str().unwrap_or_default().to_owned();
        detail["id"] = Value::String(format!("{}/{}", event.booking_id, event.unique()));
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus_name)
            .source("holdfast")
            .detail_type(name)
            .detail(detail.to_string());
        Ok(entry.build())
    }
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

fn failure(record: &EventRecord) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = record.change.sequence_number.clone();
    failure
}
