//! Every change is an event, and every event is put on the bus; what cannot be undone is put on the desk.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_eventbridge::types::Target;
use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_domain::booking::LegStatus;
use holdfast_tests::{Stack, Trip, eventually, fresh_name, output};
use serde_json::{Value, json};

/// A queue of this test's own.
async fn queue(stack: &Stack) -> (String, String) {
    let made = stack
        .sqs
        .create_queue()
        .queue_name(fresh_name("events"))
        .send()
        .await
        .unwrap();
    let url = made.queue_url.unwrap();
    let name = aws_sdk_sqs::types::QueueAttributeName::QueueArn;
    let asked = stack
        .sqs
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(name.clone());
    let arn = asked
        .send()
        .await
        .unwrap()
        .attributes
        .unwrap()
        .remove(&name)
        .unwrap();
    (url, arn)
}

async fn receive(stack: &Stack, url: &str) -> Vec<Value> {
    let asked = stack
        .sqs
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10)
        .wait_time_seconds(1);
    let messages = asked.send().await.unwrap().messages.unwrap_or_default();
    for message in &messages {
        let handle = message.receipt_handle().unwrap();
        stack
            .sqs
            .delete_message()
            .queue_url(url)
            .receipt_handle(handle)
            .send()
            .await
            .unwrap();
    }
    messages
        .iter()
        .map(|message| serde_json::from_str(message.body().unwrap()).unwrap())
        .collect()
}

#[tokio::test]
async fn every_event_of_a_booking_reaches_the_bus() {
    let stack = Stack::connect().await;
    let (name, (url, arn)) = (fresh_name("bus"), queue(&stack).await);
    let pattern = json!({"source": ["holdfast"], "detail": {"booking_id": [name]}});
    let bus = output("EVENT_BUS_NAME");
    let rule = stack
        .events
        .put_rule()
        .event_bus_name(&bus)
        .name(&name)
        .event_pattern(pattern.to_string());
    rule.send().await.unwrap();
    let target = Target::builder().id("queue").arn(arn).build().unwrap();
    stack
        .events
        .put_targets()
        .event_bus_name(&bus)
        .rule(&name)
        .targets(target)
        .send()
        .await
        .unwrap();
    let ended = stack
        .end_of(&stack.start(&name, &Trip::sample().0).await)
        .await;
    assert_eq!(ended.output["status"], "booked");
    let written: BTreeSet<_> = stack
        .history(&name)
        .await
        .iter()
        .map(|event| format!("{name}/{}", event.unique()))
        .collect();
    let mut published = BTreeSet::new();
    eventually(
        "all events on the bus",
        Duration::from_secs(60),
        async || {
            for message in receive(&stack, &url).await {
                assert!(
                    !message.to_string().contains("traveller@example.com"),
                    "{message}"
                );
                published.insert(message["detail"]["id"].as_str().unwrap().to_owned());
            }
            (published == written).then_some(())
        },
    )
    .await;
}

#[tokio::test]
async fn a_release_that_fails_for_good_goes_to_the_desk_and_the_rest_is_undone() {
    let stack = Stack::connect().await;
    let trip = Trip::sample()
        .simulate("hotel", "release", "refuse")
        .simulate("car", "confirm", "refuse");
    let ended = stack.book("desk", &trip).await;
    assert_eq!(ended.status, ExecutionStatus::Failed);
    assert_eq!(ended.error, "NeedsAttention", "{ended:?}");
    let booking: Value = serde_json::from_str(&ended.cause).unwrap();
    assert_eq!(booking["status"], "needs_attention");
    let left: Vec<_> = stack
        .audit(&ended.name)
        .await
        .iter()
        .map(|item| item["leg"].clone())
        .collect();
    assert_eq!(left, ["hotel"], "all else is undone");
    let snapshot = stack.booking(&ended.name).await;
    assert_eq!(snapshot.legs[2].state.status, LegStatus::ReleaseFailed);
    let queue = output("SAGA_ERRORS_QUEUE_URL");
    let item = eventually("the desk item", Duration::from_secs(60), async || {
        receive(&stack, &queue)
            .await
            .into_iter()
            .find(|item| item["booking_id"] == ended.name.as_str())
    })
    .await;
    assert_eq!(
        item["work"],
        json!({"kind": "hotel", "leg": "hotel", "order": 2, "action": "release"})
    );
    assert_eq!(item["cause"]["error"], "Refused", "{item}");
}
