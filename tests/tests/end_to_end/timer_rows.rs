//! Every row of the hold timer's table, on the deployed stack. A test is named after its row.

use std::time::Duration;

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State};
use holdfast_tests::{Stack, Trip, eventually, output, waits};
use serde_json::{Value, json};

fn now() -> Timestamp {
    holdfast_kit::clock::Clock::system().now()
}

fn state(snapshot: &Snapshot) -> State {
    snapshot.booking.state.timer.state
}

fn is_paused(snapshot: &Snapshot) -> bool {
    matches!(state(snapshot), State::Paused { .. })
}

/// A booking without an execution, with one flight held.
async fn held(stack: &Stack, what: &str, seconds: u32) -> String {
    let (name, opened) = stack.open(what, &Trip::flight().held_for(seconds)).await;
    let leg = &opened["legs"][0];
    let step =
        json!({"booking_id": name, "leg": leg["leg"], "order": leg["order"], "action": "hold"});
    stack
        .invoke_patiently("FlightFunction", &step)
        .await
        .unwrap();
    name
}

fn authorize(name: &str, payment: Value) -> Value {
    json!({"booking_id": name, "action": "authorize", "attempt": 1, "payment": payment})
}

async fn wake(stack: &Stack, name: &str, generation: u32) {
    stack
        .fire(&json!({"booking_id": name, "generation": generation, "due": now()}))
        .await;
}

async fn passed(deadline: Timestamp) {
    eventually("the deadline", Duration::from_secs(60), async || {
        (now() >= deadline).then_some(())
    })
    .await;
}

#[tokio::test]
async fn start_none_to_running() {
    let stack = Stack::connect().await;
    let before = now();
    let (name, _) = stack.open("start", &Trip::flight().held_for(600)).await;
    let timer = stack.booking(&name).await.booking.state.timer;
    assert_eq!((timer.state, timer.generation), (State::Running, 1));
    let hold = before.until(timer.deadline);
    assert!((590..=610).contains(&hold.as_secs()), "{hold:?}");
}

#[tokio::test]
async fn tighten_running_to_running_with_the_next_generation() {
    let stack = Stack::connect().await;
    let (name, _) = stack
        .start_waiting("tighten", &Trip::flight().unpaid().held_for(3600))
        .await;
    let snapshot = stack.booking(&name).await;
    let timer = snapshot.booking.state.timer;
    assert_eq!((timer.state, timer.generation), (State::Running, 2));
    assert!(timer.deadline < snapshot.legs[0].state.hold_expires.unwrap());
    let schedules = stack.schedules(&name).await;
    assert_eq!(
        schedules,
        [format!("{name}.2")],
        "the wake-up of the old deadline is gone"
    );
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
}

#[tokio::test]
async fn pause_running_to_paused_before_the_deadline() {
    let stack = Stack::connect().await;
    let name = held(&stack, "pause", 600).await;
    stack
        .invoke_patiently(
            "PaymentFunction",
            &authorize(&name, json!({"token": "tok_visa"})),
        )
        .await
        .unwrap();
    let snapshot = stack.booking(&name).await;
    assert!(is_paused(&snapshot), "{:?}", state(&snapshot));
    assert_eq!(snapshot.booking.state.status, BookingStatus::Confirming);
}

#[tokio::test]
async fn pause_running_to_fired_once_the_deadline_has_passed() {
    let stack = Stack::connect().await;
    let name = held(&stack, "late", 2).await;
    passed(stack.booking(&name).await.booking.state.timer.deadline).await;
    let refused = stack
        .invoke_patiently(
            "PaymentFunction",
            &authorize(&name, json!({"token": "tok_visa"})),
        )
        .await;
    assert_eq!(refused.unwrap_err().name, "HoldExpired");
    let snapshot = stack.booking(&name).await;
    assert_eq!(
        (state(&snapshot), snapshot.payment.state.attempts),
        (State::Fired, 0)
    );
}

#[tokio::test]
async fn fire_running_to_fired_when_due_and_of_the_same_generation() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("fire", &Trip::sample().unpaid().held_for(3))
        .await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "expired", "{ended:?}");
    assert_eq!(state(&stack.booking(&name).await), State::Fired);
    assert!(stack.audit(&name).await.is_empty());
    let released = stack.legs_in_order(&name, EventName::LegReleased).await;
    assert_eq!(released, ["car", "hotel", "back", "out"]);
}

#[tokio::test]
async fn fire_running_unchanged_when_early_or_stale() {
    let stack = Stack::connect().await;
    let (name, _) = stack
        .start_waiting("early", &Trip::flight().unpaid().held_for(600))
        .await;
    let before = stack.booking(&name).await;
    for generation in [0, 1, 2, 99] {
        wake(&stack, &name, generation).await;
    }
    stack.queue_is_quiet().await;
    assert_eq!(stack.booking(&name).await, before);
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
}

#[tokio::test]
async fn fire_paused_unchanged_while_the_lease_is_alive_and_then_committed() {
    let stack = Stack::connect().await;
    // The confirmation outlasts the deadline, and keeps the timer paused meanwhile.
    let slow = Trip::flight().simulate("out", "confirm", "slow:3500");
    let trip = slow.unpaid().held_for(4);
    let (name, arn) = stack.start_waiting("lease", &trip).await;
    stack.pay(&name, "tok_visa").await.unwrap();
    let paused = stack.until(&name, "the timer is paused", is_paused).await;
    passed(paused.booking.state.timer.deadline).await;
    wake(&stack, &name, paused.booking.state.timer.generation).await;
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
    assert!(
        stack
            .booking(&name)
            .await
            .booking
            .state
            .timer
            .is_committed()
    );
}

#[tokio::test]
async fn fire_paused_to_fired_when_lease_and_deadline_are_over() {
    let stack = Stack::connect().await;
    let name = held(&stack, "over", 3).await;
    stack
        .invoke_patiently(
            "PaymentFunction",
            &authorize(&name, json!({"token": "tok_visa"})),
        )
        .await
        .unwrap();
    // No execution goes on with it: its wake-up waits for the lease, fires, and has it undone.
    stack
        .until(&name, "it has ended", |s| {
            s.booking.state.status.has_ended()
        })
        .await;
    let snapshot = stack.booking(&name).await;
    assert_eq!(
        (state(&snapshot), snapshot.booking.state.status),
        (State::Fired, BookingStatus::Expired)
    );
    assert!(stack.audit(&name).await.is_empty());
}

#[tokio::test]
async fn fire_paused_to_running_when_the_lease_is_over_before_the_deadline() {
    let stack = Stack::connect().await;
    let name = held(&stack, "resumed", 600).await;
    stack
        .invoke_patiently(
            "PaymentFunction",
            &authorize(&name, json!({"token": "tok_visa"})),
        )
        .await
        .unwrap();
    let State::Paused { lease_ends } = state(&stack.booking(&name).await) else {
        panic!("not paused")
    };
    passed(lease_ends).await;
    wake(&stack, &name, 1).await;
    stack
        .until(&name, "it runs on", |s| state(s) == State::Running)
        .await;
    let refused = stack
        .invoke_patiently("SettleFunction", &json!({"booking_id": name}))
        .await
        .unwrap_err();
    assert_eq!(refused.name, "Refused", "{refused:?}");
    stack.booking(&name).await;
}

#[tokio::test]
async fn resume_paused_to_running_before_the_deadline() {
    let stack = Stack::connect().await;
    let name = held(&stack, "resume", 600).await;
    let declined = stack
        .invoke_patiently(
            "PaymentFunction",
            &authorize(&name, json!({"token": "tok_declined"})),
        )
        .await;
    assert_eq!(declined.unwrap_err().name, "Declined");
    assert_eq!(state(&stack.booking(&name).await), State::Running);
}

#[tokio::test]
async fn resume_paused_to_fired_in_one_write_once_the_deadline_has_passed() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("resume", &Trip::flight().unpaid().held_for(4))
        .await;
    let slow = json!({"token": "tok_declined", "simulate": {"authorize": "slow:3500"}});
    stack
        .until(&name, "little time is left", |s| {
            now().until(s.booking.state.timer.deadline) < Duration::from_secs(2)
        })
        .await;
    stack
        .command(&name, json!({"command": "pay", "payment": slow}))
        .await
        .unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "expired");
    let history = stack.history(&name).await;
    let declined = history
        .iter()
        .find(|event| event.name == EventName::PaymentDeclined)
        .unwrap();
    assert_eq!(
        declined.booking.as_ref().unwrap().after.timer.state,
        State::Fired
    );
    assert!(stack.audit(&name).await.is_empty());
}

#[tokio::test]
async fn commit_paused_to_cancelled_committed() {
    let stack = Stack::connect().await;
    let ended = stack.book("commit", &Trip::flight()).await;
    assert_eq!(ended.output["status"], "booked");
    assert_eq!(
        state(&stack.booking(&ended.name).await),
        State::Cancelled {
            by: Cancellation::Committed
        }
    );
}

#[tokio::test]
async fn cancel_running_or_paused_to_cancelled_released() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("cancel", &Trip::flight().unpaid())
        .await;
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
    stack.end_of(&arn).await;
    assert_eq!(
        state(&stack.booking(&name).await),
        State::Cancelled {
            by: Cancellation::Released
        }
    );
    let refused = stack
        .book(
            "cancel",
            &Trip::flight().simulate("out", "confirm", "refuse"),
        )
        .await;
    assert_eq!(
        state(&stack.booking(&refused.name).await),
        State::Cancelled {
            by: Cancellation::Released
        }
    );
}

#[tokio::test]
async fn a_booking_that_waits_has_a_wake_up_and_one_that_has_ended_has_none() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("schedule", &Trip::flight().unpaid())
        .await;
    let waiting = stack.until(&name, "it waits", waits).await;
    let generation = waiting.booking.state.timer.generation;
    // The wake-up of the generation before is deleted after the write.
    let only = [format!("{name}.{generation}")];
    eventually("the one wake-up", Duration::from_secs(30), async || {
        (stack.schedules(&name).await == only).then_some(())
    })
    .await;
    stack.pay(&name, "tok_visa").await.unwrap();
    stack.end_of(&arn).await;
    assert!(stack.schedules(&name).await.is_empty());
}

#[tokio::test]
async fn a_wake_up_that_outlived_its_deadline_goes_with_the_booking() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("outlived", &Trip::flight().unpaid().held_for(3600))
        .await;
    // As if the function that brought the deadline forward had died before it forgot the first.
    let group = output("SCHEDULE_GROUP_NAME");
    let second = stack.scheduler.get_schedule().group_name(&group);
    let second = second.name(format!("{name}.2")).send().await.unwrap();
    let first = stack.scheduler.create_schedule().group_name(&group);
    first
        .name(format!("{name}.1"))
        .set_schedule_expression(second.schedule_expression)
        .set_flexible_time_window(second.flexible_time_window)
        .set_target(second.target)
        .send()
        .await
        .unwrap();
    assert_eq!(stack.schedules(&name).await.len(), 2);
    stack.pay(&name, "tok_visa").await.unwrap();
    stack.end_of(&arn).await;
    assert!(stack.schedules(&name).await.is_empty());
}
