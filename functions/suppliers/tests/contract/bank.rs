//! Payments that are pending: decided once, by the traveller's bank, and reported.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;
use serde_json::{Value, json};

use crate::shop::{SECRET, Shop};

fn pending() -> Value {
    json!({"token": "tok_pending"})
}

#[tokio::test]
async fn what_is_pending_is_decided_once_and_its_key_answers_with_the_decision() {
    let shop = Shop::open().await;
    let asked = shop.pay("b1", "authorize", pending()).await.expect(202);
    assert_eq!(asked["status"], "pending");
    assert_eq!(
        shop.pay("b1", "authorize", pending()).await.expect(202),
        asked
    );
    assert_eq!(shop.audit("").await, ["b1 payment pending"]);
    let decided = shop.bank("b1", "approve").await.expect(200);
    assert_eq!(decided["status"], "authorized");
    let answer = shop.pay("b1", "authorize", pending()).await.expect(200);
    assert_eq!(answer["status"], "authorized");
    assert_eq!(answer["reference"], asked["reference"]);
    let inspected = shop.get("/operations?key=b1/payment/authorize").await;
    assert_eq!(inspected.expect(200)["body"], answer);
    shop.bank("b1", "decline").await.problem(409, "refused");
    shop.bank("b1", "approve").await.expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
    shop.pay("b1", "capture", json!({})).await.expect(200);
}

#[tokio::test]
async fn what_the_bank_declines_leaves_nothing_behind_and_another_attempt_may_follow() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", pending()).await.expect(202);
    let second = json!({"attempt": 2});
    shop.pay("b1", "authorize", second)
        .await
        .problem(409, "refused");
    shop.bank("b1", "decline").await.expect(200);
    assert!(shop.audit("").await.is_empty());
    let again = shop.pay("b1", "authorize", pending()).await;
    assert_eq!(
        again.problem(402, "declined"),
        "declined at the traveller's bank"
    );
    shop.bank("b1", "approve").await.problem(409, "refused");
    shop.pay("b1", "capture", json!({}))
        .await
        .problem(409, "refused");
    let third = json!({"attempt": 3});
    shop.pay("b1", "authorize", third).await.expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
}

#[tokio::test]
async fn what_is_voided_before_it_was_decided_is_never_decided() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", pending()).await.expect(202);
    shop.pay("b1", "capture", json!({}))
        .await
        .problem(409, "refused");
    shop.pay("b1", "void", json!({})).await.expect(200);
    shop.bank("b1", "approve").await.problem(409, "refused");
    let answer = shop.pay("b1", "authorize", pending()).await;
    answer.problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn what_is_withdrawn_before_it_was_decided_is_never_decided_and_another_attempt_may_follow() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", pending()).await.expect(202);
    let withdrawn = shop.pay("b1", "withdraw", json!({})).await.expect(200);
    assert_eq!(withdrawn["status"], "withdrawn");
    assert!(shop.audit("").await.is_empty());
    shop.bank("b1", "approve").await.problem(409, "refused");
    let answer = shop.pay("b1", "authorize", pending()).await;
    let said = answer.problem(409, "refused");
    assert!(said.contains("attempt 1 is withdrawn"), "{said}");
    let second = json!({"attempt": 2});
    shop.pay("b1", "authorize", second).await.expect(200);
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
}

#[tokio::test]
async fn what_the_bank_has_decided_is_withdrawn_all_the_same() {
    for decision in ["approve", "decline"] {
        let shop = Shop::open().await;
        shop.pay("b1", "authorize", pending()).await.expect(202);
        shop.bank("b1", decision).await.expect(200);
        shop.pay("b1", "withdraw", json!({})).await.expect(200);
        assert!(shop.audit("").await.is_empty(), "{decision}");
        shop.pay("b1", "capture", json!({}))
            .await
            .problem(409, "refused");
        let second = json!({"attempt": 2, "token": "tok_pending"});
        shop.pay("b1", "authorize", second).await.expect(202);
        assert_eq!(
            shop.bank("b1", "approve").await.expect(200)["status"],
            "authorized"
        );
    }
}

#[tokio::test]
async fn what_was_declined_is_voided_for_good() {
    let shop = Shop::open().await;
    shop.pay("b1", "authorize", pending()).await.expect(202);
    shop.bank("b1", "decline").await.expect(200);
    shop.pay("b1", "void", json!({})).await.expect(200);
    let late = json!({"attempt": 2});
    shop.pay("b1", "authorize", late)
        .await
        .problem(409, "refused");
}

#[tokio::test]
async fn a_bank_that_is_asked_for_nonsense_says_so() {
    let shop = Shop::open().await;
    shop.bank("b1", "approve").await.problem(409, "refused");
    shop.bank("b1", "hesitate").await.problem(400, "invalid");
    let unknown = shop.bank("b1", "approve?report=twice").await;
    let said = unknown.problem(400, "invalid");
    assert!(said.contains("sent or lost"), "{said}");
    let far = json!({"token": "tok_pending", "report_to": "ftp://example.com"});
    let said = shop.pay("b1", "authorize", far).await;
    assert!(said.problem(422, "invalid").starts_with("`report_to`"));
}

/// Messages as they arrive: headers and body.
pub(crate) type Arrived = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A receiver that is out of order for the first call, and its address.
pub(crate) async fn receiver() -> (Arrived, String) {
    async fn receive(
        State(arrived): State<Arrived>,
        headers: HeaderMap,
        body: Bytes,
    ) -> StatusCode {
        let mut arrived = arrived.lock().unwrap();
        arrived.push((headers, body));
        match arrived.len() {
            1 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::OK,
        }
    }
    let arrived = Arrived::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/reports", listener.local_addr().unwrap());
    let router = Router::new().route("/reports", post(receive));
    tokio::spawn(axum::serve(listener, router.with_state(arrived.clone())).into_future());
    (arrived, address)
}

#[tokio::test]
async fn a_decision_is_reported_signed_and_again_until_it_is_received() {
    let shop = Shop::open().await;
    let (arrived, address) = receiver().await;
    let asked = json!({"token": "tok_pending", "report_to": address});
    let asked = shop.pay("b1", "authorize", asked).await.expect(202);
    let decided = shop.bank("b1", "approve").await.expect(200);
    assert_eq!(decided["reported"], true);
    let arrived = arrived.lock().unwrap().clone();
    assert_eq!(arrived.len(), 2, "one was not received");
    for (headers, body) in arrived {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(text("webhook-id"), "b1.1.authorized");
        let signed = format!("{}.{}.", text("webhook-id"), text("webhook-timestamp"));
        let signed = [signed.as_bytes(), &body].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let signature = text("webhook-signature");
        let signature = BASE64.decode(signature.strip_prefix("v1,").unwrap());
        hmac::verify(&key, &signed, &signature.unwrap()).expect("it is signed");
        let report: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(report["type"], "payment.authorized");
        let payment = json!({"booking": "b1", "attempt": 1, "reference": asked["reference"]});
        assert_eq!(report["data"], payment);
    }
}

#[tokio::test]
async fn a_report_may_get_lost_and_the_decision_stands() {
    let shop = Shop::open().await;
    let (arrived, address) = receiver().await;
    let asked = json!({"token": "tok_pending", "report_to": address});
    shop.pay("b1", "authorize", asked).await.expect(202);
    let decided = shop.bank("b1", "approve?report=lost").await.expect(200);
    assert_eq!(decided["reported"], false);
    assert!(arrived.lock().unwrap().is_empty());
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
}
