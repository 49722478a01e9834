//! Invariant 1: money. One authorization at a time, charged once, given back once.

use serde_json::json;

use crate::shop::{Shop, TABLE, brl};

#[tokio::test]
async fn money_is_authorized_captured_and_refunded() {
    let shop = Shop::open().await;
    let mut references = Vec::new();
    for (action, status) in [
        ("authorize", "authorized"),
        ("capture", "captured"),
        ("refund", "refunded"),
    ] {
        let body = shop.pay("b1", action, json!({})).await.expect(200);
        assert_eq!(body["status"], status);
        references.push(body["reference"].as_str().unwrap().to_owned());
    }
    assert!(references[0].starts_with("PAY-"));
    assert!(
        references
            .iter()
            .all(|reference| *reference == references[0])
    );
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_bad_card_is_declined_and_another_attempt_may_follow() {
    let shop = Shop::open().await;
    for (attempt, token, message) in [
        (1, "tok_declined", "card declined"),
        (2, "tok_insufficient_funds", "insufficient funds"),
        (3, "tok_amex", "unknown token"),
    ] {
        let card = json!({ "attempt": attempt, "token": token });
        let said = shop
            .pay("b1", "authorize", card)
            .await
            .problem(402, "declined");
        assert_eq!(said, message);
    }
    assert!(shop.audit("").await.is_empty());
    shop.pay("b1", "authorize", json!({ "attempt": 4 }))
        .await
        .expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
}

#[tokio::test]
async fn a_second_attempt_is_refused_while_an_authorization_lives() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({})).await.expect(200);
    let message = shop
        .pay("b1", "authorize", json!({ "attempt": 2 }))
        .await
        .problem(409, "refused");
    assert!(message.contains("attempt 1"), "{message}");
    assert_eq!(shop.audit("").await.len(), 1);
}

#[tokio::test]
async fn a_void_refuses_the_authorization_that_comes_late() {
    let shop = Shop::open().await;
    let voided = shop.pay("b1", "void", json!({})).await.expect(200);
    assert_eq!(voided["status"], "voided");
    shop.pay("b1", "authorize", json!({}))
        .await
        .problem(409, "refused");
    shop.pay("b1", "authorize", json!({ "attempt": 2 }))
        .await
        .problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_void_undoes_whichever_attempt_was_authorized() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({ "token": "tok_declined" }))
        .await
        .problem(402, "declined");
    shop.pay("b1", "authorize", json!({ "attempt": 2 }))
        .await
        .expect(200);
    shop.pay("b1", "void", json!({})).await.expect(200);
    shop.pay("b1", "capture", json!({}))
        .await
        .problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_withdrawal_refuses_its_attempt_that_comes_late_and_those_before_it() {
    let shop = Shop::open().await;
    let second = || json!({ "attempt": 2 });
    shop.pay("b1", "withdraw", second()).await.expect(200);
    for late in [1, 2] {
        let late = json!({ "attempt": late });
        let refused = shop.pay("b1", "authorize", late).await;
        refused.problem(409, "refused");
    }
    assert!(shop.audit("").await.is_empty());
    let third = json!({ "attempt": 3 });
    shop.pay("b1", "authorize", third).await.expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
    shop.pay("b1", "capture", json!({})).await.expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment captured"]);
}

#[tokio::test]
async fn a_late_authorization_of_what_was_withdrawn_is_refused_though_the_next_was_declined() {
    let shop = Shop::open().await;
    shop.pay("b1", "withdraw", json!({})).await.expect(200);
    let second = json!({ "attempt": 2, "token": "tok_pending" });
    shop.pay("b1", "authorize", second).await.expect(202);
    shop.bank("b1", "decline").await.expect(200);
    shop.pay("b1", "authorize", json!({}))
        .await
        .problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_withdrawal_leaves_another_attempt_alone() {
    let shop = Shop::open().await;
    shop.pay("b1", "withdraw", json!({})).await.expect(200);
    let second = || json!({ "attempt": 2 });
    shop.pay("b1", "authorize", second()).await.expect(200);
    let body = json!({ "booking": "b1", "attempt": 1 });
    shop.post("/payment/withdraw", "late-1", &body)
        .await
        .expect(200);
    let body = json!({ "booking": "b1", "attempt": 3 });
    shop.post("/payment/withdraw", "late-3", &body)
        .await
        .problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
    shop.pay("b1", "capture", json!({})).await.expect(200);
    shop.pay("b1", "withdraw", second())
        .await
        .problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 payment captured"]);
}

#[tokio::test]
async fn a_void_is_final_after_a_withdrawal_too() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({})).await.expect(200);
    shop.pay("b1", "withdraw", json!({})).await.expect(200);
    shop.pay("b1", "void", json!({})).await.expect(200);
    let body = json!({ "booking": "b1", "attempt": 2 });
    let withdrawn = shop.post("/payment/withdraw", "late", &body).await;
    assert_eq!(withdrawn.expect(200)["status"], "voided");
    let late = json!({ "attempt": 3 });
    shop.pay("b1", "authorize", late)
        .await
        .problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn capturing_twice_charges_once() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({})).await.expect(200);
    let first = shop.pay("b1", "capture", json!({})).await.expect(200);
    assert_eq!(
        shop.pay("b1", "capture", json!({})).await.expect(200),
        first
    );
    let under = |key, amount| {
        let body = json!({ "booking": "b1", "amount": brl(amount) });
        let shop = &shop;
        async move { shop.post("/payment/capture", key, &body).await }
    };
    assert_eq!(under("other-1", 1000).await.expect(200), first);
    under("other-2", 500).await.problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b1 payment captured"]);
}

#[tokio::test]
async fn only_what_was_authorized_is_captured() {
    let shop = Shop::open().await;
    shop.pay("b1", "capture", json!({}))
        .await
        .problem(409, "refused");
    shop.pay("b2", "authorize", json!({})).await.expect(200);
    shop.pay("b2", "capture", json!({ "amount": brl(1001) }))
        .await
        .problem(409, "refused");
    assert_eq!(shop.audit("").await, ["b2 payment authorized"]);
}

#[tokio::test]
async fn what_is_captured_is_refunded_and_not_voided() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({})).await.expect(200);
    shop.pay("b1", "refund", json!({}))
        .await
        .problem(409, "refused");
    shop.pay("b1", "capture", json!({})).await.expect(200);
    let message = shop
        .pay("b1", "void", json!({}))
        .await
        .problem(409, "refused");
    assert!(message.contains("refund"), "{message}");
    let body = json!({ "booking": "b1" });
    let first = shop.post("/payment/refund", "r1", &body).await.expect(200);
    assert_eq!(
        shop.post("/payment/refund", "r2", &body).await.expect(200),
        first
    );
    let again = json!({ "booking": "b1", "amount": brl(1000) });
    shop.post("/payment/capture", "late", &again)
        .await
        .problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn accounts_are_unknown_to_the_simulated_supplier() {
    let shop = Shop::open().await;
    for (booking, token) in [("b1", "acct_123"), ("b2", "acct_"), ("b3", "acct_a b")] {
        let card = json!({ "token": token });
        let refusal = shop.pay(booking, "authorize", card).await;
        assert_eq!(refusal.problem(402, "declined"), "unknown token");
    }
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn no_token_is_ever_kept() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", json!({ "token": "tok_secret_1" }))
        .await
        .problem(402, "declined");
    shop.pay("b1", "authorize", json!({ "attempt": 2 }))
        .await
        .expect(200);
    let everything = shop.client.scan().table_name(TABLE).send().await.unwrap();
    let everything = format!("{:?}", everything.items());
    assert!(everything.contains("b1"), "{everything}");
    assert!(!everything.contains("tok_"), "{everything}");
}
