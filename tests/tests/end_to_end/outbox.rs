//! Every change is an event, and every event is put on the bus.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_eventbridge::types::Target;
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

/// The messages of a queue, as far as they have come.
pub(crate) async fn receive(stack: &Stack, url: &str) -> Vec<Value> {
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

/// Has the events of a booking put into a queue; answers with its address.
pub(crate) async fn listen(stack: &Stack, name: &str) -> String {
    listen_to(stack, name, &json!({"booking_id": [name]})).await
}

/// Has the events whose details are like this put into a queue; answers with its address.
pub(crate) async fn listen_to(stack: &Stack, name: &str, detail: &Value) -> String {
    let (url, arn) = queue(stack).await;
    let pattern = json!({"source": ["holdfast"], "detail": detail});
    let bus = output("EVENT_BUS_NAME");
    let rule = stack.events.put_rule().event_bus_name(&bus).name(name);
    let rule = rule.event_pattern(pattern.to_string());
    rule.send().await.unwrap();
    let target = Target::builder().id("queue").arn(arn).build().unwrap();
    let targets = stack.events.put_targets().event_bus_name(&bus).rule(name);
    targets.targets(target).send().await.unwrap();
    url
}

/// Waits until every event that was written has come, and no other.
pub(crate) async fn all_come(stack: &Stack, name: &str, url: &str) {
    let history = stack.history(name).await;
    let written: BTreeSet<_> = history
        .iter()
        .map(|event| format!("{name}/{}", event.unique()))
        .collect();
    let mut published = BTreeSet::new();
    eventually(
        "all events on the bus",
        Duration::from_secs(60),
        async || {
            for mut message in receive(stack, url).await {
                // Only an event that ends the booking tells whom to write to.
                if let Some(ended) = message["detail"]["ended"].as_object_mut() {
                    assert!(ended.remove("customer").is_some(), "{ended:?}");
                }
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
async fn every_event_of_a_booking_reaches_the_bus() {
    let stack = Stack::connect().await;
    let name = fresh_name("bus");
    let url = listen(&stack, &name).await;
    let ended = stack
        .end_of(&stack.start(&name, &Trip::sample().0).await)
        .await;
    assert_eq!(ended.output["status"], "booked");
    all_come(&stack, &name, &url).await;
}
