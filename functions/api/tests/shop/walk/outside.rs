//! What the simulated suppliers are sent, and what terminals send.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use holdfast_authorizer::terminal::read;
use holdfast_authorizer_rules::request::TransactionId;
use lambda_http::Service;
use serde_json::{Value, json};

use super::nonsense::changes;
use super::payloads::trip;
use super::{Came, Walk};
use crate::support::Bench;

/// What a supplier's answer to a call means.
async fn told(bench: &Bench, path: &str, key: &str, body: &Value) -> Came {
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    let answer = Service::call(&mut bench.suppliers.clone(), request.unwrap()).await;
    let (parts, body) = answer.unwrap().into_parts();
    let body = to_bytes(body, 100_000).await.unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap();
    let message = json["message"].as_str().unwrap_or_default();
    match parts.status.as_u16() {
        422 => {
            let (field, problem) = message.split_once('`').map_or(("", message), |(_, rest)| {
                rest.split_once('`').unwrap_or((rest, ""))
            });
            Came::Refused {
                field: field.to_owned(),
                problem: problem.to_owned(),
            }
        }
        500 => Came::Broken(message.to_owned()),
        _ => Came::Taken,
    }
}

#[tokio::test]
async fn suppliers_tell_what_is_wrong_with_a_call_in_plain_words() {
    let bench = Bench::new().await;
    let money = json!({"amount": 100, "currency": "BRL"});
    let deliver_to = crate::support::order(json!({}))["deliver_to"].clone();
    let mut walk = Walk::default();
    for (path, good) in [
        (
            "/flight/hold",
            json!({"booking": "b", "leg": "out", "spec": trip()["legs"][0]["spec"], "simulate": "ok",
                "offer": "BRL.172920.1800000000.6f1c", "passengers": ["Ana Souza"]}),
        ),
        ("/hotel/release", json!({"booking": "b", "leg": "out"})),
        (
            "/payment/authorize",
            json!({"booking": "b", "attempt": 1, "token": "tok_visa", "amount": money}),
        ),
        ("/payment/capture", json!({"booking": "b", "amount": money})),
        (
            "/credit/check",
            json!({"order": "o", "customer": {"id": "c", "email": "a@b.c"}, "amount": money}),
        ),
        (
            "/carrier/book",
            json!({"order": "o", "deliver_to": deliver_to, "items": [{"sku": "A", "quantity": 1}]}),
        ),
    ] {
        for (number, changed) in changes(&good).into_iter().enumerate() {
            let key = format!("{path}/{number}");
            let came = told(&bench, path, &key, &changed.json).await;
            walk.count(path, &changed.path, &changed.nonsense, came);
        }
    }
    walk.tell("suppliers");
}

#[test]
fn terminals_are_told_what_is_wrong_in_plain_words() {
    let good = json!({"id": "t-1", "account": "123", "totalAmount": 1.5, "mcc": "5811",
        "merchant": "PADARIA DO ZE"});
    let mut walk = Walk::default();
    for changed in changes(&good) {
        let came = match read(&changed.json.to_string(), || TransactionId::made(1)) {
            Ok(_) => Came::Taken,
            Err(bad) => {
                let told = bad.refusal.to_string();
                let (field, problem) = told.split_once(": ").unwrap_or(("", &told));
                Came::Refused {
                    field: field.to_owned(),
                    problem: problem.to_owned(),
                }
            }
        };
        walk.count("a transaction", &changed.path, &changed.nonsense, came);
    }
    walk.tell("terminals");
}
