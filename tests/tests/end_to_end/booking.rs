//! Trips that go well.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_core::timer::State;
use holdfast_tests::{Stack, Trip, fresh_name};

#[tokio::test]
async fn the_sample_trip_ends_booked() {
    let stack = Stack::connect().await;
    let ended = stack.book("sample", &Trip::sample()).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    let output = &ended.output;
    assert_eq!(
        (&output["booking_id"], &output["status"]),
        (&ended.name.as_str().into(), &"booked".into())
    );
    assert!(output["reason"].is_null(), "{output}");
    assert_eq!(output["payment"]["status"], "captured");
    assert_eq!(output["timer"]["state"], "cancelled");
    let legs = output["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 4);
    let prices: u64 = legs
        .iter()
        .map(|leg| leg["price"]["amount"].as_u64().unwrap())
        .sum();
    assert_eq!(output["total"]["amount"], prices);
    for leg in legs {
        assert_eq!(leg["status"], "confirmed", "{leg}");
        assert!(leg["reference"].is_string(), "{leg}");
    }
    let confirmed = stack
        .legs_in_order(&ended.name, EventName::LegConfirmed)
        .await;
    assert_eq!(confirmed, ["out", "back", "hotel", "car"]);
    let audit = stack.audit(&ended.name).await;
    let mut statuses: Vec<_> = audit
        .iter()
        .map(|item| item["status"].as_str().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [
            "captured",
            "confirmed",
            "confirmed",
            "confirmed",
            "confirmed"
        ]
    );
    let snapshot = stack.booking(&ended.name).await;
    assert!(snapshot.booking.state.timer.is_committed());
}

#[tokio::test]
async fn the_sample_trip_takes_at_most_14_state_transitions() {
    let stack = Stack::connect().await;
    let arn = stack
        .start(&fresh_name("transitions"), &Trip::sample().0)
        .await;
    assert_eq!(stack.end_of(&arn).await.status, ExecutionStatus::Succeeded);
    let transitions = stack.transitions(&arn).await;
    assert!(
        (10..=14).contains(&transitions),
        "{transitions} state transitions"
    );
}

#[tokio::test]
async fn a_trip_of_a_single_leg_and_one_of_every_kind_are_booked() {
    let stack = Stack::connect().await;
    let insurance = serde_json::json!({"id": "insurance", "kind": "insurance",
        "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}});
    let train = serde_json::json!({"id": "train", "kind": "train",
        "spec": {"from": "LIS", "to": "OPO", "date": "2027-03-05", "passengers": 2}});
    let mut every_kind = Trip::sample();
    let legs = every_kind.0["legs"].as_array_mut().unwrap();
    legs.extend([insurance, train]);
    for trip in [Trip::flight(), every_kind] {
        let ended = stack.book("legs", &trip).await;
        assert_eq!(ended.output["status"], "booked", "{ended:?}");
        stack.booking(&ended.name).await;
    }
}

#[tokio::test]
async fn the_same_name_started_twice_books_once() {
    let stack = Stack::connect().await;
    let (name, trip) = (fresh_name("twice"), Trip::sample());
    let (one, other) = tokio::join!(stack.start(&name, &trip.0), stack.start(&name, &trip.0));
    assert_eq!(one, other);
    assert_eq!(stack.end_of(&one).await.output["status"], "booked");
    assert_eq!(stack.audit(&name).await.len(), 5);
    let opened = stack.history(&name).await.into_iter();
    assert_eq!(
        opened
            .filter(|event| event.name == EventName::BookingOpened)
            .count(),
        1
    );
}

#[tokio::test]
async fn a_supplier_that_is_unavailable_for_a_while_is_tried_again() {
    let stack = Stack::connect().await;
    let trip = Trip::sample()
        .simulate("hotel", "hold", "unavailable:2")
        .simulate("car", "confirm", "lost:1")
        .simulate("payment", "authorize", "unavailable:1")
        .simulate("payment", "capture", "lost:1");
    let ended = stack.book("patience", &trip).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    let snapshot = stack.booking(&ended.name).await;
    assert_eq!(snapshot.booking.state.status, BookingStatus::Booked);
    assert!(matches!(
        snapshot.booking.state.timer.state,
        State::Cancelled { .. }
    ));
    assert_eq!(stack.audit(&ended.name).await.len(), 5);
}
