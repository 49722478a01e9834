//! The traveller's commands while the booking waits.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::LegStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_core::timer::State;
use holdfast_tests::{Stack, Trip, waits};
use serde_json::json;

fn car() -> serde_json::Value {
    json!({"id": "car2", "kind": "car", "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}})
}

#[tokio::test]
async fn a_traveller_who_pays_in_time_is_booked() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_waiting("pays", &Trip::sample().unpaid()).await;
    stack.pay(&name, "tok_visa").await.unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
    stack.booking(&name).await;
    assert_eq!(stack.audit(&name).await.len(), 5);
}

#[tokio::test]
async fn a_payment_that_is_null_is_none_and_the_booking_waits() {
    let stack = Stack::connect().await;
    let mut trip = Trip::flight().unpaid();
    trip.0["payment"] = json!(null);
    let (name, arn) = stack.start_waiting("null", &trip).await;
    stack.pay(&name, "tok_visa").await.unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
}

#[tokio::test]
async fn a_declined_card_gives_the_time_back_and_another_card_may_pay() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("declined", &Trip::sample().unpaid())
        .await;
    for (declined, token) in (1..).zip(["tok_declined", "tok_insufficient_funds"]) {
        stack.pay(&name, token).await.unwrap();
        let again = |s: &_| waits(s) && s.payment.state.attempts == declined;
        let waiting = stack.until(&name, "it waits again", again).await;
        assert_eq!(waiting.booking.state.timer.state, State::Running);
    }
    stack.pay(&name, "tok_visa").await.unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
    let snapshot = stack.booking(&name).await;
    assert_eq!(snapshot.payment.state.attempts, 3);
    let captured = stack
        .audit(&name)
        .await
        .into_iter()
        .filter(|item| item["status"] == "captured");
    assert_eq!(captured.count(), 1);
}

#[tokio::test]
async fn a_traveller_who_cancels_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("cancels", &Trip::sample().unpaid())
        .await;
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
    let ended = stack.end_of(&arn).await;
    assert_eq!(
        (ended.status, &ended.output["status"]),
        (ExecutionStatus::Succeeded, &json!("cancelled"))
    );
    assert!(stack.audit(&name).await.is_empty());
    let released = stack.legs_in_order(&name, EventName::LegReleased).await;
    assert_eq!(released, ["car", "hotel", "back", "out"]);
    stack.booking(&name).await;
}

#[tokio::test]
async fn a_leg_is_added_and_another_dropped_before_paying() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("changes", &Trip::sample().unpaid())
        .await;
    stack
        .command(&name, json!({"command": "add_leg", "leg": car()}))
        .await
        .unwrap();
    let added = |s: &_| {
        waits(s)
            && s.leg(&"car2".parse().unwrap())
                .is_some_and(|leg| leg.state.status == LegStatus::Held)
    };
    stack.until(&name, "the leg is held", added).await;
    stack
        .command(&name, json!({"command": "drop_leg", "leg": "car"}))
        .await
        .unwrap();
    let dropped = |s: &_| {
        waits(s)
            && s.leg(&"car".parse().unwrap())
                .is_some_and(|leg| leg.state.status == LegStatus::Released)
    };
    stack.until(&name, "the leg is released", dropped).await;
    stack.pay(&name, "tok_visa").await.unwrap();
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    let snapshot = stack.booking(&name).await;
    let paid: u64 = snapshot
        .legs
        .iter()
        .filter(|leg| leg.state.status == LegStatus::Confirmed)
        .map(|leg| leg.state.price.as_ref().unwrap().amount)
        .sum();
    assert_eq!(ended.output["total"]["amount"], paid);
    let mut kept: Vec<_> = stack
        .audit(&name)
        .await
        .into_iter()
        .map(|item| item["leg"].as_str().unwrap().to_owned())
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, ["back", "car2", "hotel", "out", "payment"]);
}

#[tokio::test]
async fn an_added_leg_that_is_refused_harms_nothing_else() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("refused", &Trip::sample().unpaid())
        .await;
    let mut sold_out = car();
    sold_out["spec"]["city"] = json!("XXX");
    stack
        .command(&name, json!({"command": "add_leg", "leg": sold_out}))
        .await
        .unwrap();
    let refused = |s: &_| {
        waits(s)
            && s.leg(&"car2".parse().unwrap())
                .is_some_and(|leg| leg.state.status == LegStatus::Refused)
    };
    stack.until(&name, "the leg is refused", refused).await;
    stack.pay(&name, "tok_visa").await.unwrap();
    assert_eq!(stack.end_of(&arn).await.output["status"], "booked");
    stack.booking(&name).await;
}

#[tokio::test]
async fn of_two_commands_at_once_one_wins_and_the_other_may_try_again() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_waiting("two", &Trip::sample().unpaid()).await;
    let add = |id: &str| {
        let mut leg = car();
        leg["id"] = json!(id);
        // The booking is busy with the winner for long enough that the other command meets it.
        leg["simulate"] = json!({"hold": "slow:3000"});
        json!({"command": "add_leg", "leg": leg})
    };
    let (one, other) = tokio::join!(
        stack.command(&name, add("c1")),
        stack.command(&name, add("c2"))
    );
    let (winner, loser) = if one.is_ok() {
        ("c1", other)
    } else {
        ("c2", one)
    };
    assert_eq!(loser.unwrap_err().name, "Conflict");
    let held = |id: &'static str| move |s: &_| waits(s) && holds(s, id);
    let again = stack
        .until(&name, "the winner's leg is held", held(winner))
        .await;
    let second = if winner == "c1" { "c2" } else { "c1" };
    assert!(
        again.leg(&second.parse().unwrap()).is_none(),
        "the loser left a leg"
    );
    stack.command(&name, add(second)).await.unwrap();
    stack
        .until(&name, "the loser's leg is held", held(second))
        .await;
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
    stack.end_of(&arn).await;
    assert!(stack.audit(&name).await.is_empty());
    stack.booking(&name).await;
}

fn holds(snapshot: &holdfast_booking_rules::booking::Snapshot, id: &str) -> bool {
    let leg = snapshot.legs.iter().find(|leg| leg.id.as_str() == id);
    leg.is_some_and(|leg| leg.state.status == LegStatus::Held)
}

#[tokio::test]
async fn bad_commands_are_refused_by_name_and_change_nothing() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_waiting("bad", &Trip::flight().unpaid()).await;
    let before = stack.booking(&name).await;
    let mut twice = car();
    twice["id"] = json!("out");
    for (bad, field) in [
        (json!({"command": "fly"}), "command"),
        (json!({"command": "pay"}), "payment"),
        (
            json!({"command": "pay", "payment": {"token": "4242424242424242"}}),
            "payment.token",
        ),
        (json!({"command": "add_leg", "leg": twice}), "leg.id"),
        (
            json!({"command": "add_leg", "leg": {"id": "x", "kind": "rocket", "spec": {}}}),
            "leg.kind",
        ),
        (json!({"command": "drop_leg", "leg": "nobody"}), "leg"),
    ] {
        let refused = stack.command(&name, bad.clone()).await.unwrap_err();
        assert_eq!(refused.name, "InvalidBooking", "{bad}: {refused:?}");
        assert!(refused.message.contains(field), "{bad}: {refused:?}");
        assert!(!refused.message.contains("4242"), "{refused:?}");
    }
    assert_eq!(stack.booking(&name).await, before);
    stack
        .command(&name, json!({"command": "cancel"}))
        .await
        .unwrap();
    stack.end_of(&arn).await;
    let late = stack.pay(&name, "tok_visa").await.unwrap_err();
    assert_eq!(late.name, "Conflict", "{late:?}");
}
