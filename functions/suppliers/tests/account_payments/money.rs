//! The account's sums follow the payment.

use holdfast_authorizer_rules::movement::Kind;
use serde_json::json;

use crate::till::{Till, brl};

#[tokio::test]
async fn money_is_put_aside_then_taken_then_given_back() {
    let till = Till::with(5_000).await;
    for (action, status, sums) in [
        ("authorize", "authorized", [4_000, 1_000, 0]),
        ("capture", "captured", [4_000, 0, 1_000]),
        ("refund", "refunded", [5_000, 0, 0]),
    ] {
        let body = till.pay("b1", action, json!({})).await.expect(200);
        assert_eq!(body["status"], status);
        assert_eq!(till.sums("123").await, sums, "{action}");
    }
    let lines = till.statement("123").await;
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    assert_eq!(
        kinds,
        [Kind::Credit, Kind::Reserve, Kind::Capture, Kind::Refund]
    );
    let reserve = &lines[1];
    assert_eq!(reserve.mark, "booking b1");
    assert_eq!(reserve.id.as_deref(), Some("b1/payment.1/authorize"));
    assert_eq!(reserve.mcc.as_ref().map(|mcc| mcc.as_str()), Some("4722"));
}

#[tokio::test]
async fn the_payment_of_an_order_is_marked_as_one() {
    let till = Till::with(5_000).await;
    let body = json!({ "order": "o1", "token": "acct_123", "amount": brl(700) });
    let reply = till.post("/payment/authorize", "o1/payment/authorize", &body);
    reply.await.expect(200);
    let line = till.statement("123").await.pop().unwrap();
    assert_eq!(line.mark, "order o1");
    assert_eq!(line.mcc.as_ref().map(|mcc| mcc.as_str()), Some("5999"));
    till.pay("o1", "void", json!({})).await.problem(409);
    assert_eq!(till.sums("123").await, [4_300, 700, 0]);
}

#[tokio::test]
async fn what_a_capture_leaves_goes_back() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    let more = json!({ "amount": brl(1_001) });
    let key = "b1/payment/too-much";
    let body = json!({ "booking": "b1", "amount": more["amount"] });
    till.post("/payment/capture", key, &body).await.problem(409);
    assert_eq!(till.sums("123").await, [4_000, 1_000, 0]);
    let part = json!({ "amount": brl(600) });
    till.pay("b1", "capture", part).await.expect(200);
    assert_eq!(till.sums("123").await, [4_400, 0, 600]);
    assert_eq!(till.audit("").await, ["b1 captured 600"]);
    till.pay("b1", "void", json!({})).await.problem(409);
    till.pay("b1", "refund", json!({})).await.expect(200);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    till.statement("123").await;
}

#[tokio::test]
async fn a_void_gives_back_what_was_put_aside() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    assert_eq!(till.audit("").await, ["b1 authorized 1000"]);
    assert_eq!(till.audit("?booking=b1").await, ["b1 authorized 1000"]);
    till.pay("b1", "void", json!({})).await.expect(200);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    till.pay("b1", "capture", json!({})).await.problem(409);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert!(till.audit("").await.is_empty());
    till.statement("123").await;
}

#[tokio::test]
async fn a_withdrawal_gives_back_what_its_attempt_put_aside_and_the_next_puts_aside_anew() {
    let till = Till::with(5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    till.pay("b1", "withdraw", json!({})).await.expect(200);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert!(till.audit("").await.is_empty());
    till.account_of("456", 2_000).await;
    let second = || json!({ "attempt": 2, "token": "acct_456" });
    till.pay("b1", "authorize", second()).await.expect(200);
    assert_eq!(till.sums("456").await, [1_000, 1_000, 0]);
    till.pay("b1", "withdraw", second()).await.expect(200);
    let key = "b1/payment.1/authorize-again";
    let body = json!({
        "booking": "b1", "attempt": 1, "token": "acct_123", "amount": brl(700),
    });
    till.post("/payment/authorize", key, &body)
        .await
        .problem(409);
    assert_eq!(till.sums("456").await, [2_000, 0, 0]);
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    till.statement("123").await;
    till.statement("456").await;
}

#[tokio::test]
async fn a_void_that_comes_first_refuses_the_authorization_and_moves_nothing() {
    let till = Till::with(5_000).await;
    till.pay("b1", "void", json!({})).await.expect(200);
    for attempt in [1, 2] {
        let late = json!({ "attempt": attempt });
        till.pay("b1", "authorize", late).await.problem(409);
    }
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert_eq!(till.statement("123").await.len(), 1);
}

#[tokio::test]
async fn a_payment_that_is_declined_is_paid_by_the_next_attempt_once_money_came_in() {
    let till = Till::with(999).await;
    let declined = till.pay("b1", "authorize", json!({})).await;
    assert_eq!(declined.problem(402), "insufficient balance");
    assert_eq!(till.sums("123").await, [999, 0, 0]);
    till.credit("123", "CASH", 1).await;
    // The answer to the first attempt stays what it was.
    assert_eq!(till.pay("b1", "authorize", json!({})).await, declined);
    let second = json!({ "attempt": 2 });
    till.pay("b1", "authorize", second).await.expect(200);
    assert_eq!(till.sums("123").await, [0, 1_000, 0]);
}

#[tokio::test]
async fn another_attempt_may_be_paid_from_another_account_and_goes_back_there() {
    let till = Till::with(500).await;
    till.account_of("456", 2_000).await;
    till.pay("b1", "authorize", json!({})).await.problem(402);
    let other = json!({ "attempt": 2, "token": "acct_456" });
    till.pay("b1", "authorize", other).await.expect(200);
    assert_eq!(till.sums("456").await, [1_000, 1_000, 0]);
    till.pay("b1", "void", json!({})).await.expect(200);
    assert_eq!(till.sums("456").await, [2_000, 0, 0]);
    assert_eq!(till.sums("123").await, [500, 0, 0]);
}

#[tokio::test]
async fn one_balance_pays_all_of_it() {
    let till = Till::with(600).await;
    till.credit("123", "FOOD", 600).await;
    let declined = till.pay("b1", "authorize", json!({})).await;
    assert_eq!(declined.problem(402), "insufficient balance");
    assert_eq!(till.sums("123").await, [1_200, 0, 0]);
}

#[tokio::test]
async fn an_account_that_pays_often_does_not_grow() {
    let till = Till::with(5_000).await;
    for n in 0..60 {
        let booking = format!("b{n}");
        till.pay(&booking, "authorize", json!({})).await.expect(200);
        till.pay(&booking, "void", json!({})).await.expect(200);
        till.wait(11);
        let open = till.look("123").await.open.len();
        assert!(open <= 12, "{open} entries after {n} payments");
    }
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
    assert_eq!(till.statement("123").await.len(), 121);
}

#[tokio::test]
async fn what_a_dead_worker_of_a_terminal_took_is_given_back_first() {
    let till = Till::with(1_000).await;
    till.purchase_without_a_line("123", 300).await;
    till.pay("b1", "authorize", json!({})).await.problem(402);
    till.wait(11);
    let second = json!({ "attempt": 2 });
    till.pay("b1", "authorize", second).await.expect(200);
    assert_eq!(till.sums("123").await, [0, 1_000, 0]);
    till.statement("123").await;
}

#[tokio::test]
async fn what_is_no_account_does_not_pay() {
    let till = Till::with(5_000).await;
    for (n, (more, message)) in [
        (json!({ "token": "acct_999" }), "no such account"),
        (json!({ "token": "tok_visa" }), "unknown token"),
        (json!({ "token": "tok_pending" }), "unknown token"),
        (json!({ "token": "acct_a b" }), "unknown token"),
        (
            json!({ "amount": {"amount": 1, "currency": "EUR"} }),
            "accounts pay in BRL only",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let declined = till.pay(&format!("b{n}"), "authorize", more).await;
        assert_eq!(declined.problem(402), message);
    }
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
}
