//! Every change is an event, and every event is put on the bus.

use std::collections::BTreeSet;
use std::time::Duration;

use holdfast_tests::{Stack, Trip, eventually, fresh_name};
use serde_json::json;

/// Has the events of a booking put into a queue; answers with its address.
pub(crate) async fn listen(stack: &Stack, name: &str) -> String {
    stack
        .hears(name, &json!({"detail": {"booking_id": [name]}}))
        .await
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
            for mut message in stack.receive(url).await {
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
