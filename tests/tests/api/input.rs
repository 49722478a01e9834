//! Whatever cannot be read is refused by name, and before anything is done.

use holdfast_tests::fresh_name;
use serde_json::{Value, json};

use holdfast_tests::client::ask;
use holdfast_tests::guest::{Guest, car_leg, flight};

const KEY: (&str, &str) = ("idempotency-key", "bad-input");

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_with_the_position() {
    let ana = Guest::arrives("json").await;
    for (body, line, column) in [
        ("", 1, 0),
        ("{\n  \"legs\": [}", 2, 12),
        ("{\"legs\": []", 1, 11),
        ("{'legs': []}", 1, 2),
    ] {
        let asking = ana.ask("POST", "/bookings").header(KEY.0, KEY.1);
        let asking = asking.header("content-type", "application/json").body(body);
        let problem = asking.send().await.problem(400, "bad-json");
        let position = json!({"line": line, "column": column});
        assert_eq!(problem["position"], position, "{body}");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let ana = Guest::arrives("type").await;
    let body = flight().to_string();
    for content_type in [
        "text/plain",
        "application/xml",
        "application/json; charset=latin1",
        "",
    ] {
        let mut asking = ana
            .ask("POST", "/bookings")
            .header(KEY.0, KEY.1)
            .body(&body);
        if !content_type.is_empty() {
            asking = asking.header("content-type", content_type);
        }
        asking.send().await.problem(415, "unsupported-media-type");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let ana = Guest::arrives("large").await;
    let mut trip = flight();
    trip["legs"][0]["id"] = json!("x".repeat(40_000));
    ana.book_as(KEY.1, &trip).await.problem(413, "too-large");
}

#[tokio::test]
async fn a_booking_without_a_proper_key_is_refused() {
    let ana = Guest::arrives("key").await;
    let missing = ana.post("/bookings", &flight()).await;
    missing.problem(400, "idempotency-key-required");
    let long = "x".repeat(129);
    for key in ["two words", long.as_str()] {
        let refused = ana.book_as(key, &flight()).await;
        refused.problem(400, "idempotency-key-required");
    }
}

/// A trip with another value somewhere.
fn trip_with(pointer: &str, value: Value) -> Value {
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    trip.pointer_mut(parent).unwrap()[field] = value;
    trip
}

#[tokio::test]
async fn a_field_that_is_wrong_missing_or_unknown_is_named() {
    let ana = Guest::arrives("fields").await;
    let leg = || trip_with("/legs", json!([]))["legs"].clone();
    for (trip, field) in [
        (json!({}), "legs"),
        (json!({"legs": leg()}), "legs"),
        (json!({"legs": "none"}), "legs"),
        (json!([]), "body"),
        (trip_with("/colour", json!("red")), "colour"),
        (trip_with("/trace_id", json!("0".repeat(32))), "trace_id"),
        (trip_with("/hold_seconds", json!(0)), "hold_seconds"),
        (trip_with("/hold_seconds", json!(-1)), "hold_seconds"),
        (trip_with("/hold_seconds", json!("900")), "hold_seconds"),
        (
            trip_with("/legs", json!([flight()["legs"][0], flight()["legs"][0]])),
            "legs[1].id",
        ),
        (trip_with("/payment", json!({})), "payment.token"),
        (
            trip_with("/payment", json!({"token": "4111111111111111"})),
            "payment.token",
        ),
        (
            trip_with("/payment", json!({"token": "tok_visa", "cvc": "123"})),
            "payment",
        ),
        (
            trip_with("/simulate", json!({"hold": "refuse"})),
            "simulate",
        ),
    ] {
        let problem = ana.book_as(KEY.1, &trip).await;
        let problem = problem.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{trip}: {problem}");
        assert!(!problem.to_string().contains("4111"), "{problem}");
    }
}

#[tokio::test]
async fn a_leg_that_is_wrong_is_named_by_the_place_in_its_own_body() {
    let ana = Guest::arrives("legs").await;
    let id = ana.holds(&flight()).await;
    let path = format!("/bookings/{id}/legs");
    let mut wrong_day = car_leg("car");
    wrong_day["spec"]["drop_off"] = json!("2027-02-01");
    let mut colour = car_leg("car");
    colour["colour"] = json!("red");
    for (leg, field) in [
        (wrong_day, "spec.drop_off"),
        (colour, "colour"),
        (car_leg("payment"), "id"),
        (car_leg("out"), "id"),
        (json!({"id": "car", "kind": "boat", "spec": {}}), "kind"),
    ] {
        let problem = ana.post(&path, &leg).await.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{leg}: {problem}");
    }
    let missing = ana.delete(&format!("{path}/boat")).await;
    missing.problem(404, "not-found");
    let payment = format!("/bookings/{id}/payment");
    let card = json!({"token": "4111111111111111"});
    let problem = ana
        .post(&payment, &card)
        .await
        .problem(422, "invalid-fields");
    assert_eq!(problem["errors"][0]["field"], "token", "{problem}");
}

#[tokio::test]
async fn credentials_that_are_no_good_are_refused_and_not_repeated() {
    let good = json!({"email": "ana@example.com", "password": "long enough for this"});
    for (field, value) in [
        ("email", json!("ana")),
        ("email", json!("ana@example")),
        ("email", json!(12)),
        ("password", json!("short")),
        ("password", json!("x".repeat(129))),
        ("password", json!(["long enough for this"])),
        ("name", json!("Ana")),
    ] {
        let mut bad = good.clone();
        bad[field] = value.clone();
        for path in ["/customers", "/sessions"] {
            let problem = ask("POST", path).json(&bad).send().await;
            let problem = problem.problem(422, "invalid-fields");
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
            if field == "password" {
                assert!(!problem.to_string().contains("enough for"), "{problem}");
            }
        }
    }
}

#[tokio::test]
async fn a_query_that_is_no_good_is_refused() {
    let ana = Guest::arrives("query").await;
    let id = ana.books(&flight()).await;
    for (path, field) in [
        ("/bookings?limit=0".to_owned(), "limit"),
        ("/bookings?limit=26".to_owned(), "limit"),
        ("/bookings?limit=many".to_owned(), "limit"),
        ("/bookings?after=nonsense".to_owned(), "after"),
        ("/bookings?colour=red".to_owned(), "colour"),
        (format!("/bookings/{id}/events?wait=21"), "wait"),
        (format!("/bookings/{id}/events?wait=-1"), "wait"),
        (format!("/bookings/{id}/events?after=%7B%7D"), "after"),
    ] {
        let problem = ana.get(&path).await.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{path}: {problem}");
    }
}

#[tokio::test]
async fn an_address_or_a_method_that_is_not_there_is_refused_in_the_same_form() {
    for path in [
        "/nothing",
        "/customers/1",
        "/v1/bookings",
        "/bookings/a/b/c/d",
        "/%ff",
    ] {
        ask("GET", path).send().await.problem(404, "not-found");
    }
    for (method, path, allowed) in [
        ("GET", "/customers", "POST"),
        ("PUT", "/sessions", "POST"),
        ("PUT", "/bookings", "POST"),
        ("PATCH", "/bookings/b-1", "DELETE"),
    ] {
        let answer = ask(method, path).send().await;
        assert!(
            answer.header("allow").contains(allowed),
            "{method} {path}: {answer:?}"
        );
        answer.problem(405, "method-not-allowed");
    }
    let ana = Guest::arrives("address").await;
    let odd = format!("/bookings/{}", "x".repeat(61));
    for path in [
        odd.as_str(),
        "/bookings/a%20b",
        "/bookings/%ff",
        &format!("/bookings/{}", fresh_name("x")),
    ] {
        ana.get(path).await.problem(404, "not-found");
    }
}
