//! Books, changes and cancels.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::Method;
use serde_json::{Value, json};

use crate::fake::{Fake, booking, history, problem};
use crate::program::Program;

const TRIP: &str = r#"{
  "customer": {"id": "cus_1", "email": "x@example.com"},
  "legs": [
    {"id": "out", "kind": "flight", "spec": {"from": "GRU"}}
  ]
}"#;

#[tokio::test]
async fn a_trip_is_booked_for_the_customer_who_is_signed_in() {
    let fake = Fake::with(booking("holding", &[])).await;
    let program = Program::of(&fake.address);
    program.file("trip.json", TRIP);
    let ended = program.run("book trip.json --pay tok_visa").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.starts_with("UNDER WAY  b-1"), "{ended:?}");
    assert!(
        ended.err.contains("the traveller is ana@example.com"),
        "{ended:?}"
    );
    let asked = fake.asked();
    let post = &asked[0];
    assert_eq!(post.what(), "POST /bookings");
    assert_eq!(post.body.get("customer"), None);
    assert_eq!(post.body["payment"], json!({"token": "tok_visa"}));
    assert!(post.key.is_some());
}

#[tokio::test]
async fn a_request_without_an_answer_is_sent_again_with_the_same_key() {
    let fake = Fake::answering(|asked| match asked.path.as_str() {
        "/bookings" if asked.before < 3 => problem(503, "unavailable", "try again"),
        _ => (202, booking("holding", &[])),
    });
    let fake = fake.await;
    let program = Program::of(&fake.address);
    program.file("trip.json", TRIP);
    let ended = program.run("book trip.json --quiet").await;
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(0), "b-1\n"),
        "{ended:?}"
    );
    let keys: Vec<_> = fake.asked().into_iter().map(|asked| asked.key).collect();
    assert_eq!(keys.len(), 3);
    assert!(
        keys.iter().all(|key| key.is_some() && *key == keys[0]),
        "{keys:?}"
    );
}

#[tokio::test]
async fn a_trip_is_read_from_the_standard_input() {
    let fake = Fake::with(booking("holding", &[])).await;
    let program = Program::of(&fake.address);
    let ended = program
        .run_reading("book - --quiet", r#"{"legs": []}"#)
        .await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = program.run_reading("book -", "{\n]").await;
    let told = ended.complaint(2);
    assert!(
        told.starts_with("standard input, line 2, column 1: not JSON"),
        "{told}"
    );
}

#[tokio::test]
async fn a_field_that_the_api_refuses_is_named_with_its_line() {
    let fake = Fake::answering(|asked| {
        if asked.path == "/sessions" {
            return (200, Value::Null);
        }
        let (status, mut document) = problem(422, "invalid-fields", "a field is wrong");
        document["errors"] = json!([{"field": "legs[0].spec.to", "problem": "is missing"}]);
        (status, document)
    });
    let program = Program::of(&fake.await.address);
    program.file(
        "trip.json",
        &TRIP.replace("\"customer\"", "\"hold_seconds\": 9, \"extra\""),
    );
    let ended = program.run("book trip.json").await;
    assert_eq!(
        ended.complaint(2),
        "trip.json, line 4: legs[0].spec.to: is missing"
    );
}

#[tokio::test]
async fn paying_ends_with_what_came_of_it() {
    for (after, actions, code) in [
        ("booked", &[][..], 0),
        ("awaiting_payment", &["pay", "cancel"][..], 1),
        ("failed", &[][..], 3),
        ("needs_attention", &[][..], 4),
    ] {
        let fake = Fake::answering(move |asked| match (&asked.method, asked.path.as_str()) {
            (&Method::POST, _) => (202, booking("paying", &[])),
            (_, path) if path.contains("/events") => (200, history(&[], true)),
            _ => (200, booking(after, actions)),
        });
        let fake = fake.await;
        let ended = Program::of(&fake.address).run("pay b-1 tok_visa").await;
        assert_eq!(ended.code, Some(code), "{after}: {ended:?}");
    }
}

#[tokio::test]
async fn a_booked_trip_is_cancelled_for_the_amount_that_was_shown() {
    let back = json!({"amount": 138_336, "currency": "BRL"});
    let terms = json!({"legs": [{"id": "out", "refund": back}], "refund": back});
    let is_cancelled = AtomicBool::new(false);
    let fake = Fake::answering(move |asked| match asked.what().as_str() {
        "GET /bookings/b-1/cancellation" => (200, terms.clone()),
        "POST /bookings/b-1/cancellation" => {
            is_cancelled.store(true, Ordering::SeqCst);
            (202, booking("booked", &[]))
        }
        path if path.ends_with("/events") => (200, history(&[], true)),
        _ if is_cancelled.load(Ordering::SeqCst) => (200, booking("cancelled", &[])),
        _ => (200, booking("booked", &[])),
    });
    let fake = fake.await;
    let program = Program::of(&fake.address);
    let unsure = program.run("cancel b-1").await;
    assert_eq!(unsure.code, Some(2), "{unsure:?}");
    assert!(
        unsure.err.contains("BRL 1,383.36") && unsure.err.contains("--yes"),
        "{unsure:?}"
    );
    assert!(fake.asked().iter().all(|asked| asked.method == Method::GET));
    let sure = program.run("cancel b-1 --yes").await;
    assert_eq!(sure.code, Some(0), "{sure:?}");
    let asked = fake.asked();
    let post = asked.iter().find(|asked| asked.method == Method::POST);
    let post = post.unwrap();
    assert_eq!(post.body, json!({"refund": back}));
    assert!(post.key.is_some());
}

#[tokio::test]
async fn legs_that_are_given_back_are_named() {
    let none = json!({"amount": 0, "currency": "BRL"});
    let fake = Fake::answering(move |asked| match asked.what().as_str() {
        "GET /bookings/b-1/cancellation" => (200, json!({"legs": [], "refund": none})),
        "POST /bookings/b-1/cancellation" => problem(409, "refund-changed", "it is less now"),
        path if path.ends_with("/events") => (200, history(&[], true)),
        _ => (200, booking("booked", &[])),
    });
    let fake = fake.await;
    let ended = Program::of(&fake.address).run("cancel b-1 out --yes").await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .err
            .contains("it is less now; see what comes back now"),
        "{ended:?}"
    );
    let asked = fake.asked();
    assert!(
        asked
            .iter()
            .any(|asked| asked.path.ends_with("/cancellation?legs=out"))
    );
    let post = asked
        .iter()
        .find(|asked| asked.method == Method::POST)
        .unwrap();
    assert_eq!(post.body["legs"], json!(["out"]));
}

#[tokio::test]
async fn any_request_is_sent_and_its_answer_printed() {
    let fake = Fake::answering(|asked| match asked.what().as_str() {
        "GET /products" => (200, json!({"products": [{"sku": "BOOK-001"}]})),
        "POST /sessions" => (200, Value::Null),
        _ => problem(409, "order-conflict", "no"),
    });
    let fake = fake.await;
    let program = Program::of(&fake.address);
    let ended = program
        .run("api GET /products --field products.0.sku")
        .await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "BOOK-001\n"));
    let ended = program.run("api DELETE /orders/o-1").await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("order-conflict"), "{ended:?}");
}
