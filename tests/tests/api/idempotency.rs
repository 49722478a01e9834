//! One request, sent many times.

use futures_util::future::join_all;
use holdfast_tests::{Stack, fresh_name};
use serde_json::json;

use holdfast_tests::guest::{Guest, flight};

#[tokio::test]
async fn the_same_request_many_times_makes_one_booking() {
    let stack = Stack::connect().await;
    let ana = Guest::arrives("once").await;
    let key = fresh_name("key");
    let trip = flight();
    let many = join_all((0..4).map(|_| ana.book_as(&key, &trip))).await;
    let mut ids: Vec<_> = many
        .into_iter()
        .map(|answer| {
            answer.expect(202)["booking_id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let booking = ana.comes_to(&ids[0], "awaiting_payment").await;
    let later = ana.book_as(&key, &trip).await;
    assert_eq!(later.header("location"), format!("bookings/{}", ids[0]));
    let later = later.expect(202);
    assert_eq!(later["booking_id"], booking["booking_id"]);
    assert_eq!(
        later["status"], "awaiting_payment",
        "it tells how the booking stands now"
    );
    assert_eq!(stack.audit(&ids[0]).await.len(), 1);
}

#[tokio::test]
async fn the_order_of_fields_makes_no_other_request() {
    let ana = Guest::arrives("order").await;
    let key = fresh_name("key");
    let spec = r#"{"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}"#;
    let one = format!(
        r#"{{"legs": [{{"id": "out", "kind": "flight", "spec": {spec}}}], "hold_seconds": 60}}"#
    );
    let other =
        format!(r#"{{"hold_seconds":60,"legs":[{{"spec":{spec},"kind":"flight","id":"out"}}]}}"#);
    let mut ids = Vec::new();
    for body in [one, other] {
        let asking = ana.ask("POST", "/bookings").body(&body);
        let asking = asking.header("content-type", "application/json");
        let booked = asking
            .header("idempotency-key", &key)
            .send()
            .await
            .expect(202);
        ids.push(booked["booking_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_a_conflict() {
    let ana = Guest::arrives("other").await;
    let key = fresh_name("key");
    ana.book_as(&key, &flight()).await.expect(202);
    let mut other = flight();
    other["hold_seconds"] = json!(60);
    let refused = ana.book_as(&key, &other).await;
    refused.problem(409, "idempotency-conflict");
}

#[tokio::test]
async fn the_key_of_one_customer_is_nothing_to_another() {
    let (ana, bea) = tokio::join!(Guest::arrives("ana"), Guest::arrives("bea"));
    let key = fresh_name("key");
    let first = ana.book_as(&key, &flight()).await.expect(202);
    let second = bea.book_as(&key, &flight()).await.expect(202);
    assert_ne!(first["booking_id"], second["booking_id"]);
}

#[tokio::test]
async fn a_request_that_was_refused_does_not_use_its_key_up() {
    let ana = Guest::arrives("refused").await;
    let key = fresh_name("key");
    let mut wrong = flight();
    wrong["legs"][0]["spec"]["date"] = json!("soon");
    ana.book_as(&key, &wrong)
        .await
        .problem(422, "invalid-fields");
    ana.book_as(&key, &flight()).await.expect(202);
}
