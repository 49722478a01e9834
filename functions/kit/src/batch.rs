//! Batches of records that a queue or a table's stream delivers, and the answer that says which of
//! them are to come again.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_dynamo::Item;

/// Some records at once.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch<R> {
    /// The records, oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<R>,
}

/// A message of a queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Names it in the answer.
    pub message_id: String,
    /// Names this delivery of it.
    pub receipt_handle: String,
    /// What was sent.
    pub body: String,
    /// What the queue knows of it.
    pub attributes: Attributes,
}

/// What a queue knows of a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attributes {
    /// How often it was delivered, this time included.
    pub approximate_receive_count: String,
}

/// A record of a table's stream.
#[derive(Clone, Debug, Deserialize)]
pub struct Change {
    /// What was changed.
    pub dynamodb: Changed,
}

/// What a record of a table's stream tells.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Changed {
    /// The key of the item.
    pub keys: Item,
    /// The item as it is now; empty when it is gone.
    pub new_image: Item,
    /// Names the record in the answer.
    pub sequence_number: String,
}

// An item may hold personal data.
impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Changed({})", self.sequence_number)
    }
}

/// The answer: all that is not named here is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// What is to come again.
    pub batch_item_failures: Vec<Failed>,
}

/// A record that is to come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// Its name in the batch.
    pub item_identifier: String,
}

impl Answer {
    /// These are to come again.
    pub fn failed(names: impl IntoIterator<Item = String>) -> Self {
        let failed = |item_identifier| Failed { item_identifier };
        Self {
            batch_item_failures: names.into_iter().map(failed).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_queues_batch_is_read_as_lambda_delivers_it() {
        let batch: Batch<Message> = serde_json::from_value(json!({"Records": [{
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": "{}",
            "attributes": {
                "ApproximateReceiveCount": "3",
                "SentTimestamp": "1545082649183",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1545082649185",
            },
            "messageAttributes": {},
            "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:saga-errors",
            "awsRegion": "us-east-1",
        }]}))
        .unwrap();
        let [message] = &batch.records[..] else {
            panic!("{batch:?}");
        };
        assert_eq!(message.attributes.approximate_receive_count, "3");
        assert_eq!(message.body, "{}");
    }

    #[test]
    fn a_streams_batch_is_read_as_lambda_delivers_it_and_an_item_that_is_gone_is_empty() {
        let batch: Batch<Change> = serde_json::from_value(json!({"Records": [{
            "eventID": "1",
            "eventName": "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_700_000_000,
                "Keys": {"pk": {"S": "BOOKING#b"}, "sk": {"S": "BOOKING"}},
                "SequenceNumber": "111",
                "SizeBytes": 26,
                "StreamViewType": "NEW_IMAGE",
            },
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/bookings/stream/x",
        }]}))
        .unwrap();
        let changed = &batch.records[0].dynamodb;
        assert_eq!(changed.sequence_number, "111");
        assert_eq!(changed.keys.len(), 2);
        assert!(changed.new_image.is_empty());
    }

    #[test]
    fn the_answer_names_what_comes_again() {
        let answer = Answer::failed(["a".to_owned()]);
        let named = json!({"batchItemFailures": [{"itemIdentifier": "a"}]});
        assert_eq!(serde_json::to_value(answer).unwrap(), named);
        let none = json!({"batchItemFailures": []});
        assert_eq!(serde_json::to_value(Answer::default()).unwrap(), none);
    }
}
