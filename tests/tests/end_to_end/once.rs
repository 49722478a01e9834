//! Invariant 4: a step delivered twice, late, or many times at once has its effect once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip};
use serde_json::{Value, json};

/// Invokes a step ten times at once and twice more afterwards; all must be told the same.
async fn many_times(stack: &Stack, function: &str, payload: &Value) -> Value {
    let answers = join_all((0..10).map(|_| stack.invoke_patiently(function, payload))).await;
    let mut told = answers
        .into_iter()
        .map(|answer| answer.unwrap_or_else(|e| panic!("{payload}: {e:?}")));
    let first = told.next().unwrap();
    assert!(
        told.all(|other| other == first),
        "{payload}: told differently"
    );
    for _ in 0..2 {
        assert_eq!(
            stack.invoke_patiently(function, payload).await,
            Ok(first.clone()),
            "{payload}"
        );
    }
    first
}

async fn events(stack: &Stack, name: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for event in stack.history(name).await {
        *counted.entry(format!("{:?}", event.name)).or_default() += 1;
    }
    counted
}

fn step(name: &str, leg: &Value, action: &str) -> Value {
    json!({"booking_id": name, "trace_id": "0".repeat(32), "leg": leg["leg"], "order": leg["order"], "action": action})
}

fn function(kind: &Value) -> String {
    let kind = kind.as_str().unwrap();
    format!("{}{}Function", kind[..1].to_uppercase(), &kind[1..])
}

fn every_kind() -> Trip {
    let mut trip = Trip::sample().held_for(3600);
    let insurance = json!({"id": "insurance", "kind": "insurance",
        "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}});
    trip.0["legs"].as_array_mut().unwrap().push(insurance);
    trip
}

#[tokio::test]
async fn every_step_on_the_way_to_booked_acts_once_and_writes_one_event() {
    let stack = Stack::connect().await;
    let (name, opened) = stack.open("once", &every_kind()).await;
    let legs = opened["legs"].as_array().unwrap();
    for leg in legs {
        many_times(&stack, &function(&leg["kind"]), &step(&name, leg, "hold")).await;
    }
    assert_eq!(stack.audit(&name).await.len(), 5);
    let authorize = json!({"booking_id": name, "action": "authorize", "attempt": 1, "payment": {"token": "tok_visa"}});
    many_times(&stack, "PaymentFunction", &authorize).await;
    for leg in legs {
        many_times(
            &stack,
            &function(&leg["kind"]),
            &step(&name, leg, "confirm"),
        )
        .await;
    }
    let booked = many_times(&stack, "SettleFunction", &json!({"booking_id": name})).await;
    assert_eq!(booked["status"], "booked");
    stack.booking(&name).await;
    let expected = [
        ("BookingOpened", 1),
        ("LegHeld", 5),
        ("PaymentStarted", 1),
        ("PaymentAuthorized", 1),
        ("LegConfirmed", 5),
        ("Committed", 1),
        ("Booked", 1),
    ];
    assert_eq!(
        events(&stack, &name).await,
        expected
            .map(|(name, count)| (name.to_owned(), count))
            .into()
    );
    assert_eq!(stack.audit(&name).await.len(), 6);
}

#[tokio::test]
async fn every_step_on_the_way_back_acts_once_and_writes_one_event() {
    let stack = Stack::connect().await;
    let (name, opened) = stack.open("once", &every_kind()).await;
    let legs = opened["legs"].as_array().unwrap();
    for leg in legs {
        stack
            .invoke_patiently(&function(&leg["kind"]), &step(&name, leg, "hold"))
            .await
            .unwrap();
    }
    let authorize = json!({"booking_id": name, "action": "authorize", "attempt": 1, "payment": {"token": "tok_visa"}});
    stack
        .invoke_patiently("PaymentFunction", &authorize)
        .await
        .unwrap();
    let cause = json!([{"step": "confirm car", "error": "Refused", "message": "no"}]);
    let plan = many_times(
        &stack,
        "UnwindFunction",
        &json!({"booking_id": name, "causes": cause}),
    )
    .await;
    let order: Vec<_> = plan["work"]
        .as_array()
        .unwrap()
        .iter()
        .map(|work| work["leg"].as_str().unwrap())
        .collect();
    assert_eq!(
        order,
        ["insurance", "car", "hotel", "back", "out", "payment"]
    );
    for leg in legs.iter().rev() {
        many_times(
            &stack,
            &function(&leg["kind"]),
            &step(&name, leg, "release"),
        )
        .await;
    }
    many_times(
        &stack,
        "PaymentFunction",
        &json!({"booking_id": name, "action": "void"}),
    )
    .await;
    let closed = many_times(&stack, "CloseFunction", &json!({"booking_id": name})).await;
    assert_eq!(closed["status"], "failed");
    stack.booking(&name).await;
    let counted = events(&stack, &name).await;
    for (event, count) in [
        ("UnwindingStarted", 1),
        ("LegReleased", 5),
        ("PaymentVoided", 1),
        ("BookingClosed", 1),
    ] {
        assert_eq!(counted[event], count, "{event}");
    }
    assert!(stack.audit(&name).await.is_empty());
}

#[tokio::test]
async fn a_hold_that_arrives_after_its_release_is_refused() {
    let stack = Stack::connect().await;
    let (name, opened) = stack.open("late", &every_kind()).await;
    let unwind = json!({"booking_id": name, "causes": []});
    stack
        .invoke_patiently("UnwindFunction", &unwind)
        .await
        .unwrap();
    for leg in opened["legs"].as_array().unwrap() {
        let function = function(&leg["kind"]);
        stack
            .invoke_patiently(&function, &step(&name, leg, "release"))
            .await
            .unwrap();
        for late in ["hold", "confirm"] {
            let refused = stack
                .invoke_patiently(&function, &step(&name, leg, late))
                .await
                .unwrap_err();
            assert_eq!(refused.name, "Refused", "{leg}: {late}");
        }
    }
    assert!(stack.audit(&name).await.is_empty());
    let history = stack.history(&name).await;
    assert!(history.iter().all(|event| event.name != EventName::LegHeld));
}

#[tokio::test]
async fn a_declined_card_is_asked_once_however_often_it_is_tried() {
    let stack = Stack::connect().await;
    let (name, opened) = stack.open("declined", &Trip::flight().held_for(3600)).await;
    let leg = &opened["legs"][0];
    stack
        .invoke_patiently("FlightFunction", &step(&name, leg, "hold"))
        .await
        .unwrap();
    let authorize = json!({"booking_id": name, "action": "authorize", "attempt": 1, "payment": {"token": "tok_declined"}});
    let answers =
        join_all((0..10).map(|_| stack.invoke_patiently("PaymentFunction", &authorize))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_err_and(|e| e.name == "Declined")),
        "{answers:?}"
    );
    let counted = events(&stack, &name).await;
    assert_eq!(
        (counted["PaymentStarted"], counted["PaymentDeclined"]),
        (1, 1)
    );
    stack.booking(&name).await;
}
