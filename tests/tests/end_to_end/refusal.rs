//! Trips that do not go well: all is undone, from last to first, and nothing is left behind.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::{LegStatus, PaymentStatus};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Ended, Stack, Trip};

/// What must hold of every trip that failed.
async fn assert_nothing_left(stack: &Stack, case: &str, ended: &Ended) {
    assert_eq!(
        ended.status,
        ExecutionStatus::Succeeded,
        "{case}: {ended:?}"
    );
    assert_eq!(ended.output["status"], "failed", "{case}: {ended:?}");
    assert!(ended.output["reason"].is_string(), "{case}: {ended:?}");
    let left = stack.audit(&ended.name).await;
    assert!(left.is_empty(), "{case}: the suppliers still have {left:?}");
    let snapshot = stack.booking(&ended.name).await;
    assert!(is_undone(&snapshot), "{case}: {snapshot:?}");
    assert_ne!(
        snapshot.payment.state.status,
        PaymentStatus::Captured,
        "{case}"
    );
}

/// Releases come in exact reverse order of the legs that were held, the void of the payment last.
async fn assert_reverse_order(stack: &Stack, case: &str, trip: &Trip, ended: &Ended) {
    let held = stack.legs_in_order(&ended.name, EventName::LegHeld).await;
    let mut expected: Vec<_> = trip
        .leg_ids()
        .into_iter()
        .filter(|id| held.contains(id))
        .collect();
    expected.reverse();
    let released = stack
        .legs_in_order(&ended.name, EventName::LegReleased)
        .await;
    assert_eq!(released, expected, "{case}");
    let history = stack.history(&ended.name).await;
    let place = |name| history.iter().rposition(|event| event.name == name);
    if let Some(voided) = place(EventName::PaymentVoided) {
        assert!(
            place(EventName::LegReleased) < Some(voided),
            "{case}: the payment is not last"
        );
    }
}

async fn assert_fails_clean(stack: &Stack, case: &str, trip: &Trip) -> Ended {
    let ended = stack.book("refusal", trip).await;
    assert_nothing_left(stack, case, &ended).await;
    assert_reverse_order(stack, case, trip, &ended).await;
    ended
}

#[tokio::test]
async fn a_refused_hold_of_any_leg_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    for leg in Trip::sample().leg_ids() {
        let trip = Trip::sample().simulate(&leg, "hold", "refuse");
        let ended = assert_fails_clean(&stack, &format!("hold of {leg}"), &trip).await;
        let refused = stack.booking(&ended.name).await;
        let status = refused
            .legs
            .iter()
            .find(|known| known.id.as_str() == leg)
            .unwrap()
            .state
            .status;
        assert_eq!(status, LegStatus::Refused, "hold of {leg}");
        let reason = ended.output["reason"].as_str().unwrap();
        assert!(reason.contains(&format!("hold {leg}: Refused")), "{reason}");
    }
}

#[tokio::test]
async fn a_refused_confirmation_of_any_leg_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    for leg in Trip::sample().leg_ids() {
        let trip = Trip::sample().simulate(&leg, "confirm", "refuse");
        let ended = assert_fails_clean(&stack, &format!("confirm of {leg}"), &trip).await;
        let reason = ended.output["reason"].as_str().unwrap();
        assert!(
            reason.contains(&format!("confirm {leg}: Refused")),
            "{reason}"
        );
        let snapshot = stack.booking(&ended.name).await;
        assert_eq!(
            snapshot.payment.state.status,
            PaymentStatus::Voided,
            "confirm of {leg}"
        );
    }
}

#[tokio::test]
async fn several_refusals_at_once_leave_nothing_behind() {
    let stack = Stack::connect().await;
    let trip = Trip::sample()
        .simulate("out", "hold", "refuse")
        .simulate("car", "hold", "refuse");
    assert_fails_clean(&stack, "two holds", &trip).await;
}

#[tokio::test]
async fn a_declined_payment_given_up_front_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    for token in ["tok_declined", "tok_insufficient_funds", "tok_of_nobody"] {
        let trip = Trip::sample().paid_with(token);
        let ended = assert_fails_clean(&stack, token, &trip).await;
        let reason = ended.output["reason"].as_str().unwrap();
        assert!(reason.starts_with("payment: Declined"), "{reason}");
        assert_eq!(ended.output["payment"]["status"], "declined");
    }
    let trip = Trip::sample().simulate("payment", "authorize", "decline");
    assert_fails_clean(&stack, "scripted decline", &trip).await;
}

#[tokio::test]
async fn a_capture_refused_for_good_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    let trip = Trip::sample().simulate("payment", "capture", "refuse");
    let ended = assert_fails_clean(&stack, "capture", &trip).await;
    assert_eq!(ended.output["payment"]["status"], "voided");
}

#[tokio::test]
async fn what_is_sold_out_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    let mut trip = Trip::sample();
    trip.0["legs"][2]["spec"]["city"] = "XXX".into();
    let ended = assert_fails_clean(&stack, "sold out", &trip).await;
    assert_eq!(ended.output["legs"][2]["status"], "refused");
}
