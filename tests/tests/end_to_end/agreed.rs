//! The price that was agreed, by executions and commands alone.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip, waits};
use serde_json::{Value, json};

fn brl(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// What the sample trip costs.
const TOTAL: u64 = 1_093_540;

#[tokio::test]
async fn a_trip_beyond_its_bound_is_undone_before_money_is_asked_for() {
    let stack = Stack::connect().await;
    let mut trip = Trip::sample();
    trip.0["max_total"] = brl(TOTAL - 1);
    let ended = stack.book("beyond", &trip).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!(ended.output["status"], "failed", "{ended:?}");
    let reason = ended.output["reason"].as_str().unwrap();
    assert!(
        reason.contains("the trip costs BRL 10,935.40, more than its `max_total`"),
        "{reason}"
    );
    assert_eq!(ended.output["payment"]["status"], "none");
    let history = stack.history(&ended.name).await;
    assert!(
        history
            .iter()
            .all(|event| event.name != EventName::PaymentStarted)
    );
    assert!(stack.audit(&ended.name).await.is_empty());
}

#[tokio::test]
async fn a_trip_within_its_bound_is_booked_for_the_amount_agreed() {
    let stack = Stack::connect().await;
    let mut trip = Trip::sample();
    trip.0["max_total"] = brl(TOTAL);
    trip.0["payment"]["amount"] = brl(TOTAL);
    trip.0["passengers"] = json!(["Ana Souza", "Rui Souza"]);
    let ended = stack.book("within", &trip).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    assert!(!ended.output.to_string().contains("Souza"), "{ended:?}");
    let booking = stack.booking(&ended.name).await.booking;
    let names: Vec<_> = booking.passengers.iter().map(|one| one.name()).collect();
    assert_eq!(names, ["Ana Souza", "Rui Souza"]);
}

#[tokio::test]
async fn another_amount_up_front_undoes_the_trip_and_pays_nothing() {
    let stack = Stack::connect().await;
    let mut trip = Trip::sample();
    trip.0["payment"]["amount"] = brl(TOTAL - 1);
    let ended = stack.book("another-up-front", &trip).await;
    assert_eq!(ended.output["status"], "failed", "{ended:?}");
    assert_eq!(ended.output["payment"]["status"], "none");
    let reason = ended.output["reason"].as_str().unwrap();
    assert!(reason.ends_with("nothing is paid"), "{reason}");
    assert!(stack.audit(&ended.name).await.is_empty());
}

#[tokio::test]
async fn a_command_to_pay_another_amount_is_a_conflict_and_the_booking_goes_on_waiting() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("another", &Trip::sample().unpaid())
        .await;
    let pay = |amount| {
        let payment = json!({"token": "tok_visa", "amount": brl(amount)});
        stack.command(&name, json!({"command": "pay", "payment": payment}))
    };
    let refused = pay(TOTAL + 1).await.unwrap_err();
    assert_eq!(refused.name, "Conflict");
    assert!(refused.message.contains("nothing is paid"), "{refused:?}");
    stack.until(&name, "it waits all the same", waits).await;
    pay(TOTAL).await.unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
}
