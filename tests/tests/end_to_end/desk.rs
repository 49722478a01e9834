//! What could not be undone is done again by itself, until it succeeds or is left to a person.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use holdfast_domain::booking::{BookingStatus, LegStatus};
use holdfast_domain::event::EventName;
use holdfast_domain::unwinding::is_undone;
use holdfast_tests::{Stack, Trip, eventually, fresh_name, output};
use serde_json::{Value, json};

/// The first try and as many more as the template's `RetryMaxAttempts`: what the state machine does.
const CALLS_OF_THE_STATE_MACHINE: u32 = 6;
/// Long enough for a few pauses of the desk.
const A_FEW_PAUSES: Duration = Duration::from_secs(150);

/// Looks for a message of the dead-letter queue, and leaves all others there.
async fn dead_letter(stack: &Stack, url: &str, is: impl Fn(&Message) -> bool) -> Message {
    let found = eventually("the dead letter", A_FEW_PAUSES, async || {
        let asked = stack
            .sqs
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .visibility_timeout(1)
            .wait_time_seconds(1);
        let received = asked.message_system_attribute_names(
            aws_sdk_sqs::types::MessageSystemAttributeName::ApproximateReceiveCount,
        );
        let messages = received.send().await.unwrap().messages.unwrap_or_default();
        messages.into_iter().find(&is)
    })
    .await;
    let handle = found.receipt_handle().unwrap();
    let deleted = stack.sqs.delete_message().queue_url(url);
    deleted.receipt_handle(handle).send().await.unwrap();
    found
}

#[tokio::test]
async fn an_undo_that_failed_is_done_again_until_the_booking_has_its_proper_end() {
    let stack = Stack::connect().await;
    // The first try at the desk fails as well, the second succeeds.
    let outage = format!("unavailable:{}", CALLS_OF_THE_STATE_MACHINE + 1);
    let trip = Trip::sample()
        .simulate("hotel", "release", &outage)
        .simulate("car", "confirm", "refuse");
    let ended = stack.book("redrive", &trip).await;
    assert_eq!(ended.status, ExecutionStatus::Failed, "{ended:?}");
    assert_eq!(ended.error, "NeedsAttention", "{ended:?}");
    let name = &ended.name;
    eventually("the automatic redrive", A_FEW_PAUSES, async || {
        let snapshot = stack.booking(name).await;
        (snapshot.booking.state.status == BookingStatus::Failed).then_some(())
    })
    .await;
    let left = stack.audit(name).await;
    assert!(left.is_empty(), "the suppliers still have {left:?}");
    assert!(is_undone(&stack.booking(name).await));
    let history = stack.history(name).await;
    let redriven = history
        .iter()
        .find(|event| event.name == EventName::DeskRedriven)
        .expect("the redrive is told");
    assert_eq!(redriven.actor, "redrive");
}

#[tokio::test]
async fn a_message_that_makes_no_sense_ends_with_the_dead_letters_and_holds_up_no_other() {
    let stack = Stack::connect().await;
    let queue = output("SAGA_ERRORS_QUEUE_URL");
    let poison = format!("{{\"nonsense\": \"{}\"", fresh_name("poison"));
    let sent = stack.sqs.send_message().queue_url(&queue);
    sent.message_body(&poison).send().await.unwrap();
    let outage = format!("unavailable:{CALLS_OF_THE_STATE_MACHINE}");
    let trip = Trip::sample()
        .simulate("hotel", "release", &outage)
        .simulate("car", "confirm", "refuse");
    let ended = stack.book("behind", &trip).await;
    eventually("the message behind it", A_FEW_PAUSES, async || {
        let snapshot = stack.booking(&ended.name).await;
        (snapshot.booking.state.status == BookingStatus::Failed).then_some(())
    })
    .await;
    let dead = output("SAGA_ERRORS_DEAD_LETTERS_URL");
    let letter = dead_letter(&stack, &dead, |message| message.body() == Some(&*poison)).await;
    assert_eq!(letter.body(), Some(&*poison));
}

#[tokio::test]
async fn the_queue_of_errors_gives_up_into_the_dead_letters() {
    let stack = Stack::connect().await;
    let name = QueueAttributeName::RedrivePolicy;
    let asked = stack
        .sqs
        .get_queue_attributes()
        .queue_url(output("SAGA_ERRORS_QUEUE_URL"))
        .attribute_names(name.clone());
    let attributes = asked.send().await.unwrap().attributes.unwrap_or_default();
    let policy = attributes.get(&name).expect("a redrive policy");
    assert!(policy.contains("saga-errors-dead-letters"), "{policy}");
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
    let dead = output("SAGA_ERRORS_DEAD_LETTERS_URL");
    let ours = |message: &Message| {
        message
            .body()
            .is_some_and(|body| body.contains(&ended.name))
    };
    let letter = dead_letter(&stack, &dead, ours).await;
    let item: Value = serde_json::from_str(letter.body().unwrap()).unwrap();
    assert_eq!(
        item["work"],
        json!({"kind": "hotel", "leg": "hotel", "order": 2, "action": "release"})
    );
    assert_eq!(item["cause"]["error"], "Refused", "{item}");
}
