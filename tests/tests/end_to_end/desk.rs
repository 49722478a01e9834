//! What could not be undone is done again by itself, until it succeeds or is left to a person.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use holdfast_booking_rules::booking::{BookingStatus, LegStatus};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip, eventually, output};
use serde_json::{Value, json};

use crate::poison::dead_letter;

/// The first try and as many more as the template's `RetryMaxAttempts`: what the state machine does.
pub(crate) const CALLS_OF_THE_STATE_MACHINE: u32 = 6;
/// Long enough for a few pauses of the desk.
const A_FEW_PAUSES: Duration = Duration::from_secs(150);

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
    let cause =
        json!({"step": "release hotel", "error": "Refused", "message": "refused, as scripted"});
    assert_eq!(item["cause"], cause);
}
