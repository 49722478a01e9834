//! What nobody captures in time is given back, once.

use serde_json::json;

use crate::till::{RESERVATION, Till, brl};

const NOT_IN_TIME: &str = "given back: it was not captured in time";

#[tokio::test]
async fn what_is_not_captured_in_time_is_given_back_for_good() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    till.wait(RESERVATION - 1);
    assert_eq!(till.sweep().await, 0);
    assert_eq!(till.sums("123").await, [4_000, 1_000, 0]);
    till.wait(1);
    assert_eq!(till.sweep().await, 1);
    assert_eq!(till.sweep().await, 0);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert!(till.audit("").await.is_empty());
    let capture = till.pay("b1", "capture", json!({})).await;
    assert_eq!(capture.problem(409), NOT_IN_TIME);
    let again = till.pay("b1", "authorize", json!({ "attempt": 2 })).await;
    assert_eq!(again.problem(409), NOT_IN_TIME);
    till.pay("b1", "refund", json!({})).await.problem(409);
    till.pay("b1", "void", json!({})).await.expect(200);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    let line = till.statement("123").await.pop().unwrap();
    assert_eq!(line.mark, "booking b1");
}

#[tokio::test]
async fn what_is_captured_or_voided_is_not_looked_for_any_more() {
    let till = Till::with(5_000).await;
    for booking in ["b1", "b2", "b3"] {
        till.pay(booking, "authorize", json!({})).await.expect(200);
    }
    till.pay("b1", "capture", json!({})).await.expect(200);
    till.pay("b2", "void", json!({})).await.expect(200);
    till.wait(RESERVATION);
    assert_eq!(till.sweep().await, 1);
    assert_eq!(till.sums("123").await, [4_000, 0, 1_000]);
    assert_eq!(till.audit("").await, ["b1 captured 1000"]);
}

#[tokio::test]
async fn a_payment_is_forgotten_in_time_unless_its_money_is_taken() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    assert!(till.payment("b1").await.contains_key("expires"));
    till.pay("b1", "capture", json!({})).await.expect(200);
    assert!(!till.payment("b1").await.contains_key("expires"));
    for (number, amount, is_forgotten) in [(1, 400, false), (2, 600, true)] {
        let part = json!({ "booking": "b1", "refund": number, "amount": brl(amount) });
        let key = format!("b1/payment/refund.{number}");
        till.post("/payment/refund", &key, &part).await.expect(200);
        let kept = till.payment("b1").await;
        assert_eq!(kept.contains_key("expires"), is_forgotten, "{kept:?}");
    }
}

#[tokio::test]
async fn late_captures_are_taken_until_the_sweep_has_come() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    till.wait(RESERVATION + 1_800);
    till.pay("b1", "capture", json!({})).await.expect(200);
    assert_eq!(till.sweep().await, 0);
    assert_eq!(till.sums("123").await, [4_000, 0, 1_000]);
}

#[tokio::test]
async fn many_reservations_end_in_one_sweep() {
    let till = Till::with(5_000).await;
    for n in 0..30 {
        let part = json!({ "amount": brl(100) });
        let reply = till.pay(&format!("b{n}"), "authorize", part).await;
        reply.expect(200);
    }
    assert_eq!(till.sums("123").await, [2_000, 3_000, 0]);
    till.wait(RESERVATION);
    let (one, other) = tokio::join!(till.sweep(), till.sweep());
    assert!(one + other >= 30, "{one} and {other}");
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert_eq!(till.statement("123").await.len(), 61);
}

#[tokio::test]
async fn of_a_capture_and_a_sweep_at_the_same_moment_exactly_one_wins() {
    const ROUNDS: u64 = 100;
    let till = Till::with(100 * ROUNDS).await;
    let mut captured = 0;
    for round in 0..ROUNDS {
        let booking = format!("b{round}");
        let part = json!({ "amount": brl(100) });
        till.pay(&booking, "authorize", part).await.expect(200);
        till.wait(RESERVATION);
        let capture = async {
            // A head start for the sweep, longer and longer.
            for _ in 0..round % 30 {
                till.get("/healthz").await.expect(200);
            }
            till.pay(&booking, "capture", json!({})).await
        };
        let (capture, given_back) = tokio::join!(capture, till.sweep());
        let won = match capture.status {
            200 => true,
            _ => {
                assert_eq!(capture.problem(409), NOT_IN_TIME);
                false
            }
        };
        captured += u64::from(won);
        assert_eq!(won, given_back == 0, "round {round}");
        let balance = 100 * (ROUNDS - captured);
        assert_eq!(till.sums("123").await, [balance, 0, 100 * captured]);
    }
    assert!((1..ROUNDS).contains(&captured), "{captured} captures won");
    till.statement("123").await;
}
