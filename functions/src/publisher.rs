//! Puts the events of bookings on the bus: the other half of the transactional outbox.
//!
//! What the table's stream delivers is published at least once and in order for each booking; an
//! event's `id` tells repetitions apart. Whatever cannot be published is reported back by number,
//! so that the stream tries again from there and finally puts it where an operator sees it.

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_eventbridge::error::DisplayErrorContext;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use holdfast_domain::event::Event;
use holdfast_domain::failure::Failure;
use serde_json::Value;

/// Publishes events.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Sends.
    pub bus: aws_sdk_eventbridge::Client,
    /// The bus they go on.
    pub bus_name: String,
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
        let read: Vec<_> = records
            .iter()
            .map_while(|record| self.entry(record))
            .collect();
        let readable = read.len();
        let unreadable = (readable < records.len()).then_some(readable);
        if readable == 0 {
            return unreadable;
        }
        match self.bus.put_events().set_entries(Some(read)).send().await {
            Ok(answer) => first_failed(answer.entries()).or(unreadable),
            Err(error) => {
                let error = DisplayErrorContext(error).to_string();
                tracing::warn!(
                    error,
                    "events not published; the stream will bring them again"
                );
                Some(0)
            }
        }
    }

    fn entry(&self, record: &EventRecord) -> Option<PutEventsRequestEntry> {
        let event: Event = serde_dynamo::from_item(record.change.new_image.clone())
            .inspect_err(|error| tracing::warn!(%error, "a record that is no event"))
            .ok()?;
        let name = serde_json::to_value(event.name).ok()?;
        let mut detail = serde_json::to_value(&event).ok()?;
        detail["id"] = Value::String(format!("{}/{}", event.booking_id, event.unique()));
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus_name)
            .source("holdfast")
            .detail_type(name.as_str()?)
            .detail(detail.to_string());
        Some(entry.build())
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
