//! Who may ask, and for what.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use serde_json::json;

use crate::till::{KEY, Till};

#[tokio::test]
async fn without_the_key_no_route_answers() {
    let till = Till::with(5_000).await;
    let body =
        json!({ "booking": "b1", "token": "acct_123", "amount": {"amount": 1, "currency": "BRL"} });
    for (method, path) in [
        (Method::POST, "/payment/authorize"),
        (Method::POST, "/payment/void"),
        (Method::GET, "/operations?key=k"),
        (Method::GET, "/audit"),
        (Method::GET, "/healthz"),
        (Method::GET, "/nothing"),
        (Method::DELETE, "/healthz"),
    ] {
        let wrong = [
            None,
            Some(String::new()),
            Some(KEY.to_owned()),
            Some(format!("Basic {KEY}")),
            Some("Bearer ".to_owned()),
            Some(format!("Bearer {KEY}x")),
            Some(format!("Bearer {}", &KEY[1..])),
        ];
        for sent in wrong {
            let mut request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header("Idempotency-Key", "k");
            if let Some(sent) = &sent {
                request = request.header(header::AUTHORIZATION, sent);
            }
            let request = request.body(Body::from(body.to_string())).unwrap();
            let refusal = till.send(request).await;
            assert_eq!(
                refusal.expect(401)["error"],
                "unauthorized",
                "{path} {sent:?}"
            );
        }
    }
    assert_eq!(till.sums("123").await, [5_000, 0, 0]);
}

#[tokio::test]
async fn with_the_key_there_are_payments_and_no_other_supplier() {
    let till = Till::with(5_000).await;
    assert_eq!(till.get("/healthz").await.expect(200)["status"], "ok");
    till.get("/operations?key=nothing").await.problem(404);
    for path in [
        "/flight/hold",
        "/bank/b1/approve",
        "/carrier/pickup",
        "/payment/hold",
        "/payment/",
    ] {
        let body = json!({ "booking": "b1" });
        till.post(path, "k1", &body).await.problem(404);
    }
    till.get("/offers").await.problem(404);
    till.get("/outage/payment").await.problem(404);
    till.get("/payment/void").await.problem(405);
}

#[tokio::test]
async fn nothing_is_alive_that_no_money_is_taken_for() {
    let till = Till::with(5_000).await;
    for (booking, actions) in [
        ("b1", &["authorize"][..]),
        ("b2", &["authorize", "capture"]),
        ("b3", &["authorize", "capture", "refund"]),
        ("b4", &["void"]),
    ] {
        for action in actions {
            till.pay(booking, action, json!({})).await.expect(200);
        }
    }
    let alive = ["b1 authorized 1000", "b2 captured 1000"];
    assert_eq!(till.audit("").await, alive);
    assert!(till.audit("?booking=b3").await.is_empty());
}
