//! Whatever is no order is refused, by the name of its field, before anything is done.

use serde_json::{Value, json};

use crate::stage::{Stage, goods};

/// An order with another value somewhere; `null` takes the field away.
fn with(pointer: &str, value: Value) -> Value {
    let mut order = goods(json!({}));
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let place = order.pointer_mut(parent).unwrap();
    match (value.is_null(), place) {
        (true, Value::Object(fields)) => drop(fields.remove(field)),
        (_, place) => place[field] = value,
    }
    order
}

fn item(sku: &str) -> Value {
    json!({"sku": sku, "quantity": 1})
}

#[tokio::test]
async fn a_field_that_is_wrong_missing_or_unknown_is_named() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let many: Vec<_> = (0..21).map(|_| item("BOOK-001")).collect();
    let twice = json!([item("BOOK-001"), item("BOOK-001")]);
    for (order, field) in [
        (json!([]), "body"),
        (json!({}), "items"),
        (with("/items", Value::Null), "items"),
        (with("/items", json!([])), "items"),
        (with("/items", json!("BOOK-001")), "items"),
        (with("/items", json!(many)), "items"),
        (with("/items", twice), "items[1].sku"),
        (with("/items", json!([item("NO-SUCH")])), "items[0].sku"),
        (
            with("/items", json!([{"sku": 7, "quantity": 1}])),
            "items[0].sku",
        ),
        (
            with("/items", json!([{"sku": "BOOK-001"}])),
            "items[0].quantity",
        ),
        (
            with("/items", json!([{"sku": "BOOK-001", "quantity": 0}])),
            "items[0].quantity",
        ),
        (
            with("/items", json!([{"sku": "BOOK-001", "quantity": 100}])),
            "items[0].quantity",
        ),
        (
            with("/items", json!([{"sku": "BOOK-001", "quantity": 1.5}])),
            "items[0].quantity",
        ),
        (
            with("/items", json!([{"sku": "BOOK-001", "quantity": "1"}])),
            "items[0].quantity",
        ),
        (
            with(
                "/items",
                json!([{"sku": "BOOK-001", "quantity": 1, "price": 1}]),
            ),
            "items[0].price",
        ),
        (
            with("/total", json!({"amount": 1, "currency": "BRL"})),
            "total",
        ),
        (with("/deliver_to", Value::Null), "deliver_to"),
        (
            with("/deliver_to/postcode", json!("1310")),
            "deliver_to.postcode",
        ),
        (
            with("/deliver_to/country", json!("br")),
            "deliver_to.country",
        ),
        (
            with("/deliver_to/name", json!("x".repeat(20_000))),
            "deliver_to.name",
        ),
        (with("/deliver_to/floor", json!(7)), "deliver_to.floor"),
        (with("/payment", Value::Null), "payment"),
        (
            with("/payment", json!({"token": "4111111111111111"})),
            "payment.token",
        ),
        (
            with("/payment", json!({"token": "tok_visa", "cvc": "123"})),
            "payment",
        ),
        (with("/colour", json!("red")), "colour"),
        (
            with(
                "/customer",
                json!({"id": "cus_1", "email": "a@example.com"}),
            ),
            "customer",
        ),
        (with("/trace_id", json!("0".repeat(32))), "trace_id"),
        (
            with("/simulate", json!({"hold": "refuse"})),
            "simulate.hold",
        ),
        (
            with("/simulate", json!({"place_order": "crash_before"})),
            "simulate.place_order",
        ),
    ] {
        let refused = stage.place(&ana, "key", &order).await;
        let refused = refused.problem(422, "invalid-fields");
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        assert!(!refused.to_string().contains("4111"), "{refused}");
    }
    let large = with("/deliver_to/name", json!("x".repeat(300_000)));
    let refused = stage.place(&ana, "key", &large).await;
    refused.problem(413, "too-large");
    let missing = stage.post(&ana, "/orders", &goods(json!({}))).await;
    missing.problem(400, "idempotency-key-required");
    assert_eq!(stage.executions(), 0);
    stage.orders(&ana, "key", json!({})).await;
}

#[tokio::test]
async fn a_query_that_is_no_good_is_refused() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let id = stage.orders(&olga, "key", json!({})).await;
    for (path, field) in [
        ("/orders?limit=0".to_owned(), "limit"),
        ("/orders?limit=26".to_owned(), "limit"),
        ("/orders?after=nonsense".to_owned(), "after"),
        ("/orders?colour=red".to_owned(), "colour"),
        (format!("/orders/{id}/events?wait=21"), "wait"),
        (format!("/orders/{id}/events?after=%7B%7D"), "after"),
        ("/sagas?limit=26".to_owned(), "limit"),
        ("/sagas?kind=trip".to_owned(), "kind"),
        ("/sagas?status=invoiced&kind=booking".to_owned(), "status"),
        ("/sagas?after=nonsense".to_owned(), "after"),
    ] {
        let refused = stage.get(&olga, &path).await;
        let refused = refused.problem(422, "invalid-fields");
        assert_eq!(refused["errors"][0]["field"], field, "{path}: {refused}");
    }
}
