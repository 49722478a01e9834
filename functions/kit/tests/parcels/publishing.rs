//! Records of a stream, published in order; what cannot be told now, or never, holds up no more than it
//! must.

use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_core::failure::Failure;
use holdfast_kit::batch::{Batch, Change, Changed};
use holdfast_kit::https::Https;
use holdfast_kit::outbox::{NoEvent, Published, Publisher, Tells, Untold};
use serde_json::{Value, json};

use crate::outside::{Asked, Outside};

/// Tells numbers. Seven is no event; what is above `most` cannot be told now.
struct Numbers {
    most: u64,
}

impl Tells for Numbers {
    async fn tell(&self, changed: &Changed) -> Result<Published, Untold> {
        let number: u64 = changed.sequence_number.parse().unwrap();
        if number == 7 {
            return Err(NoEvent("seven".to_owned()).into());
        }
        if number > self.most {
            return Err(Failure::Unavailable("not now".to_owned()).into());
        }
        Ok(Published {
            detail_type: "number".to_owned(),
            detail: json!({"id": number}),
        })
    }
}

/// EventBridge and SQS. The bus takes all entries, or fails the second of the first request.
async fn aws(takes_all: bool) -> Outside {
    let takes_all = AtomicBool::new(takes_all);
    let answers = move |asked: &Asked| match asked.what.as_str() {
        "PutEvents" => {
            let entries = asked.body["Entries"].as_array().unwrap().len();
            let taken = |_| json!({"EventId": "e"});
            let mut answers: Vec<Value> = (0..entries).map(taken).collect();
            if !takes_all.swap(true, Ordering::Relaxed) {
                answers[1] = json!({"ErrorCode": "ThrottlingException"});
            }
            (200, json!({"Entries": answers}))
        }
        _ => (200, json!({"MessageId": "m"})),
    };
    Outside::answering(answers).await
}

fn publisher(aws: &Outside) -> Publisher {
    use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
    let credentials = Credentials::new("test", "test", None, None, "test");
    let bus = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&aws.address)
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials.clone())
        .http_client(Https::default());
    let sqs = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&aws.address)
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .http_client(Https::default());
    Publisher {
        bus: aws_sdk_eventbridge::Client::from_conf(bus.build()).into(),
        bus_name: "bus".to_owned(),
        sqs: aws_sdk_sqs::Client::from_conf(sqs.build()).into(),
        dead_letters_url: "http://localhost/dead".to_owned(),
    }
}

fn batch(numbers: impl IntoIterator<Item = u64>) -> Batch<Change> {
    let record = |number: u64| Change {
        dynamodb: Changed {
            sequence_number: number.to_string(),
            ..Changed::default()
        },
    };
    Batch {
        records: numbers.into_iter().map(record).collect(),
    }
}

/// The numbers on the bus, in order.
fn told(aws: &Outside) -> Vec<u64> {
    let requests = aws.asked_to("PutEvents").into_iter();
    let entries = requests.flat_map(|asked| asked["Entries"].as_array().unwrap().clone());
    let numbers = entries.map(|entry| {
        assert_eq!(entry["DetailType"], "number");
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        detail["id"].as_u64().unwrap()
    });
    numbers.collect()
}

/// What comes again after a batch.
async fn again(aws: &Outside, most: u64, batch: Batch<Change>) -> Vec<String> {
    let answer = publisher(aws).publish(&Numbers { most }, batch).await;
    let failed = answer.unwrap().batch_item_failures.into_iter();
    failed.map(|failed| failed.item_identifier).collect()
}

#[tokio::test]
async fn events_are_published_in_order_and_what_is_none_is_set_aside() {
    let aws = aws(true).await;
    assert!(again(&aws, 99, batch(1..=23)).await.is_empty());
    let all: Vec<_> = (1..=23).filter(|number| *number != 7).collect();
    assert_eq!(told(&aws), all);
    assert_eq!(aws.asked_to("SendMessage").len(), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_told_now_comes_again_with_all_behind_it() {
    let aws = aws(true).await;
    assert_eq!(again(&aws, 12, batch(1..=23)).await, ["11"]);
    assert!(told(&aws).into_iter().all(|number| number <= 10));
    assert!(again(&aws, 99, batch(11..=23)).await.is_empty());
    let all: Vec<_> = (1..=23).filter(|number| *number != 7).collect();
    assert_eq!(told(&aws), all);
}

#[tokio::test]
async fn an_event_that_the_bus_does_not_take_comes_again_with_all_behind_it() {
    let aws = aws(false).await;
    assert_eq!(again(&aws, 99, batch(1..=3)).await, ["2"]);
}
