//! Booked trips that are given back, and second thoughts about a payment that is pending.

use serde_json::{Value, json};

use crate::operators::stored;
use crate::stage::{Guest, Stage};

/// A traveller with a booking that was stored in this state.
async fn with_a_booking(state: &str) -> (Stage, Guest, String) {
    let stage = Stage::new().await;
    stage.nothing_is_written();
    stored(&stage, state).await;
    let ana = stage.customer("1").await;
    (stage, ana, format!("/bookings/{state}"))
}

fn whole(amount: u64) -> Value {
    json!({"refund": {"amount": amount, "currency": "BRL"}})
}

#[tokio::test]
async fn a_delete_points_to_the_cancellation_only_while_the_trip_is_booked() {
    let (stage, ana, booking) = with_a_booking("booked").await;
    let refused = stage.delete(&ana, &booking).await;
    let refused = refused.problem(409, "booking-conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("/bookings/booked/cancellation"), "{detail}");
    assert_eq!(refused["cancellation"]["refund"]["amount"], 0);

    let path = format!("{booking}/cancellation");
    for _ in 0..2 {
        let begun = stage.post(&ana, &path, &whole(0)).await.expect(202);
        assert_eq!(begun["status"], "cancelling");
    }
    let refused = stage.delete(&ana, &booking).await;
    let refused = refused.problem(409, "booking-conflict");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("it is being cancelled"), "{detail}");
    assert_eq!(refused["cancellation"], Value::Null);
}

#[tokio::test]
async fn a_refused_cancellation_says_what_comes_back_as_the_booking_stands_then() {
    for head_start in 0..20 {
        let (stage, ana, booking) = with_a_booking("booked").await;
        let path = format!("{booking}/cancellation");
        let (good, bad) = (whole(0), whole(1));
        let other = async || {
            for _ in 0..head_start {
                tokio::task::yield_now().await;
            }
            let refused = stage.post(&ana, &path, &bad).await;
            let refused = refused.problem(409, "booking-conflict");
            let is_booked = refused["booking"]["status"] == "booked";
            assert_eq!(refused["cancellation"].is_object(), is_booked, "{refused}");
        };
        let begun = stage.post(&ana, &path, &good);
        let (begun, ..) = tokio::join!(begun, other(), other(), other());
        begun.expect(202);
    }
}

#[tokio::test]
async fn a_second_thought_that_was_accepted_is_shown_before_the_execution_takes_it_up() {
    for (method, body, under_way) in [
        ("POST", Some(json!({"token": "tok_visa"})), "pay"),
        ("DELETE", None, "cancel"),
    ] {
        let (stage, ana, booking) = with_a_booking("paying_pending_awaited").await;
        let before = stage.get(&ana, &booking).await.expect(200);
        assert_eq!(before["under_way"], Value::Null);
        let path = match method {
            "POST" => format!("{booking}/payment"),
            _ => booking.clone(),
        };
        let answer = stage.ask(&ana, method, &path, &[], body.as_ref()).await;
        let accepted = answer.expect(202);
        assert_eq!(accepted["status"], "paying");
        assert_eq!(accepted["under_way"], under_way);
    }
}
