//! Payments that are decided later: reported, not reported, or never decided.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip, eventually};

async fn count(stack: &Stack, name: &str, event: EventName) -> usize {
    let history = stack.history(name).await;
    history.iter().filter(|past| past.name == event).count()
}

#[tokio::test]
async fn a_decision_that_is_reported_books_the_trip() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("reported", Trip::sample()).await;
    assert!(stack.bank(&name, "approve").await, "it is reported");
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    assert_eq!(count(&stack, &name, EventName::PaymentPending).await, 1);
    stack.booking(&name).await;
}

#[tokio::test]
async fn a_decision_that_is_not_reported_is_asked_for() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("unreported", Trip::flight()).await;
    assert!(!stack.bank(&name, "approve?report=lost").await);
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    stack.booking(&name).await;
}

#[tokio::test]
async fn a_decision_against_a_trip_that_is_paid_up_front_undoes_it() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("declined-later", Trip::sample()).await;
    stack.bank(&name, "decline").await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "failed", "{ended:?}");
    assert_eq!(ended.output["payment"]["status"], "declined");
    assert!(stack.audit(&name).await.is_empty());
    stack.booking(&name).await;
}

#[tokio::test]
async fn a_decision_against_it_lets_a_traveller_who_has_time_pay_otherwise() {
    let stack = Stack::connect().await;
    let trip = Trip::flight().unpaid();
    let (name, arn) = stack.start_waiting("otherwise", &trip).await;
    stack.pay(&name, "tok_pending").await.expect("it is taken");
    stack.is_pending(&name).await;
    let drop = serde_json::json!({"command": "drop_leg", "leg": "out"});
    let refused = stack.command(&name, drop).await.unwrap_err();
    assert_eq!(refused.name, "Conflict", "{refused:?}");
    stack.bank(&name, "decline").await;
    stack.until(&name, "it waits", holdfast_tests::waits).await;
    stack.pay(&name, "tok_visa").await.expect("it is taken");
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    stack.booking(&name).await;
}

#[tokio::test]
async fn while_a_decision_is_waited_for_the_deadline_passes_and_nothing_fires() {
    let stack = Stack::connect().await;
    let trip = Trip::flight().held_for(8);
    let (name, arn) = stack.start_pending("slow-bank", trip).await;
    let renewed = |snapshot: &holdfast_booking_rules::booking::Snapshot| {
        let timer = snapshot.booking.state.timer;
        snapshot.booking.updated > timer.deadline
    };
    stack
        .until(&name, "its lease is renewed past its deadline", renewed)
        .await;
    stack.bank(&name, "approve").await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    assert_eq!(count(&stack, &name, EventName::TimerFired).await, 0);
    stack.booking(&name).await;
}

#[tokio::test]
async fn a_decision_that_never_comes_is_waited_for_so_long_and_then_ruled_out() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("never", Trip::sample()).await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!(ended.output["status"], "failed", "{ended:?}");
    assert_eq!(ended.output["payment"]["status"], "voided");
    assert!(stack.audit(&name).await.is_empty());
    assert!(
        count(&stack, &name, EventName::LeaseRenewed).await > 2,
        "it was kept alive"
    );
    stack.booking(&name).await;
}

#[tokio::test]
async fn the_token_of_a_try_that_was_killed_is_good_for_nothing() {
    let stack = Stack::connect().await;
    let trip = Trip::flight().simulate("booking", "await", "crash_after");
    let (name, arn) = stack.start_pending("killed-wait", trip).await;
    let tokens = eventually("a second try", Duration::from_secs(60), async || {
        let tokens = stack.tokens(&arn).await;
        (tokens.len() > 1).then_some(tokens)
    })
    .await;
    let answer = stack.step_functions.send_task_success();
    let answered = answer.task_token(&tokens[0]).output("{}").send().await;
    let refused = answered
        .expect_err("nobody waits for it")
        .into_service_error();
    assert!(refused.is_task_timed_out(), "{refused:?}");
    stack.bank(&name, "approve").await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    stack.booking(&name).await;
}

#[tokio::test]
async fn an_execution_that_is_stopped_while_it_waits_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    let trip = Trip::sample().held_for(10);
    let (name, arn) = stack.start_pending("stopped-pending", trip).await;
    let stop = stack.step_functions.stop_execution().execution_arn(&arn);
    stop.send().await.expect("it is stopped");
    let ended = |snapshot: &holdfast_booking_rules::booking::Snapshot| {
        snapshot.booking.state.status == BookingStatus::Expired
    };
    stack.until(&name, "it has expired", ended).await;
    assert!(stack.audit(&name).await.is_empty());
    stack.booking(&name).await;
}
