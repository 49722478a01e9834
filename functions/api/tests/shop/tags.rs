//! Who asks again gets an answer only where it is another; and every answer tells the time.

use std::time::Duration;

use serde_json::json;

use crate::operators::stored;
use crate::stage::{Answer, Guest, Stage};

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

/// Asks again, with the tag of an answer.
async fn again(stage: &Stage, guest: &Guest, path: &str, first: &Answer) -> Answer {
    let known = [("if-none-match", header(first, "etag"))];
    stage.ask(guest, "GET", path, &known, None).await
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let id = stage.orders(&ana, "key", json!({})).await;
    let path = format!("/orders/{id}");
    let first = stage.get(&ana, &path).await;
    let same = again(&stage, &ana, &path, &first).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    assert_eq!(same.headers["etag"], first.headers["etag"]);
    stage.delete(&ana, &path).await.expect(202);
    let other = again(&stage, &ana, &path, &first).await;
    assert_eq!(other.status, 200, "it was cancelled");
    assert_ne!(other.headers["etag"], first.headers["etag"]);
}

#[tokio::test]
async fn a_booking_that_waits_is_the_same_a_second_later() {
    let stage = Stage::new().await;
    stored(&stage, "awaiting_payment").await;
    let traveller = stage.customer("1").await;
    let path = "/bookings/awaiting_payment";
    let first = stage.get(&traveller, path).await;
    stage.bench.pass(Duration::from_secs(1));
    assert_eq!(again(&stage, &traveller, path, &first).await.status, 304);
}

#[tokio::test]
async fn nothing_of_another_is_told_by_a_tag() {
    let stage = Stage::new().await;
    let (ana, eve) = (stage.customer("ana").await, stage.customer("eve").await);
    let id = stage.orders(&ana, "key", json!({})).await;
    let path = format!("/orders/{id}");
    let first = stage.get(&ana, &path).await;
    again(&stage, &eve, &path, &first)
        .await
        .problem(404, "not-found");
    let all = [("if-none-match", "*")];
    let asked = stage.ask(&eve, "GET", &path, &all, None).await;
    asked.problem(404, "not-found");
}

#[tokio::test]
async fn every_answer_tells_the_servers_time() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    for path in ["/products", "/orders/none", "/nowhere"] {
        let answer = stage.get(&ana, path).await;
        let now = stage.bench.clock().now().to_string();
        assert_eq!(header(&answer, "holdfast-now"), now, "{path}");
    }
}

#[tokio::test]
async fn operators_see_the_state_machines_as_they_are_deployed() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    for kind in ["booking", "order"] {
        let path = format!("/definitions/{kind}");
        let shown = stage.get(&olga, &path).await.expect(200);
        assert_eq!(shown["StartAt"], kind);
    }
    let other = stage.get(&olga, "/definitions/parcel").await;
    other.problem(404, "not-found");
    let asked = stage.get(&ana, "/definitions/order").await;
    asked.problem(403, "forbidden");
}
