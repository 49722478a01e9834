//! Goods from the shop: placed, followed, cancelled, invoiced.

use holdfast_tests::fresh_name;
use holdfast_tests::guest::{Guest, goods};
use serde_json::{Value, json};

#[tokio::test]
async fn an_order_is_completed_and_its_invoice_is_a_page_for_its_owner_only() {
    let (ana, eve) = tokio::join!(Guest::arrives("ana"), Guest::arrives("eve"));
    let id = ana.orders(&goods(&json!({}))).await;
    let order = ana.order_comes_to(&id, "completed").await;
    assert_eq!(order["payment"]["status"], "captured", "{order}");
    assert_eq!(order["invoice"]["status"], "issued");
    assert_eq!(order["shipment"]["status"], "booked");
    assert_eq!(order["total"]["amount"], 2 * 8_990 + 3_990);
    let number = order["invoice"]["number"].as_str().unwrap();
    let path = format!("/orders/{id}/invoice");
    let asking = ana.ask("GET", &path);
    let page = asking.header("accept-language", "pt-BR").send().await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains(&format!("Fatura {number}")));
    let page = ana.get(&format!("{path}?lang=en")).await;
    assert!(page.text.contains(&format!("Invoice {number}")));
    eve.get(&path).await.problem(404, "not-found");
    let refused = ana.delete(&format!("/orders/{id}")).await;
    let refused = refused.problem(409, "order-conflict");
    assert_eq!(refused["order"]["status"], "completed");
}

#[tokio::test]
async fn the_same_request_many_times_makes_one_order() {
    let ana = Guest::arrives("once").await;
    let (key, order) = (fresh_name("key"), goods(&json!({})));
    let (one, other) = tokio::join!(ana.order_as(&key, &order), ana.order_as(&key, &order));
    let (one, other) = (one.expect(202), other.expect(202));
    assert_eq!(one["order_id"], other["order_id"]);
    let id = one["order_id"].as_str().unwrap();
    ana.order_comes_to(id, "completed").await;
    let later = ana.order_as(&key, &order).await;
    assert_eq!(later.header("location"), format!("orders/{id}"));
    assert_eq!(later.expect(202)["status"], "completed");
    let mut changed = order;
    changed["items"][0]["quantity"] = json!(1);
    let refused = ana.order_as(&key, &changed).await;
    refused.problem(409, "idempotency-conflict");
}

#[tokio::test]
async fn the_order_of_another_is_not_there_on_any_route() {
    let (ana, eve) = tokio::join!(Guest::arrives("ana"), Guest::arrives("eve"));
    let id = ana.orders(&goods(&json!({}))).await;
    for path in ["", "/events", "/invoice"] {
        let seen = eve.get(&format!("/orders/{id}{path}")).await;
        seen.problem(404, "not-found");
    }
    let seen = eve.delete(&format!("/orders/{id}")).await;
    seen.problem(404, "not-found");
    assert_eq!(eve.get("/orders").await.expect(200)["orders"], json!([]));
    ana.order_comes_to(&id, "completed").await;
}

#[tokio::test]
async fn an_order_is_cancelled_until_it_is_shipped() {
    let ana = Guest::arrives("cancels").await;
    let slow = goods(&json!({"generate_invoice": "slow:5000"}));
    let id = ana.orders(&slow).await;
    let taken = ana.delete(&format!("/orders/{id}")).await.expect(202);
    assert_eq!(taken["status"], "cancelling");
    let order = ana.order_comes_to(&id, "cancelled").await;
    assert_eq!(order["reason"], "cancelled by the customer");
    assert_ne!(order["invoice"]["status"], "issued");
}

#[tokio::test]
async fn an_order_is_followed_to_its_end() {
    let ana = Guest::arrives("follows").await;
    let id = ana.orders(&goods(&json!({}))).await;
    let (mut after, mut told) = (String::new(), Vec::new());
    loop {
        let path = format!("/orders/{id}/events?wait=20&after={after}");
        let answer = ana.get(&path).await.expect(200);
        told.extend(answer["events"].as_array().unwrap().iter().cloned());
        after = answer["next"].as_str().unwrap().to_owned();
        if answer["ended"] == true {
            assert_eq!(answer["status"], "completed");
            break;
        }
    }
    let name = |event: &Value| event["name"].as_str().unwrap().to_owned();
    assert_eq!(told.first().map(name).as_deref(), Some("order_filled"));
    assert_eq!(told.last().map(name).as_deref(), Some("order_completed"));
    let mut known: Vec<_> = told.iter().map(|event| event["id"].to_string()).collect();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), told.len(), "nothing is told twice");
}

#[tokio::test]
async fn products_tell_their_prices_and_what_is_left() {
    let ana = Guest::arrives("looks").await;
    let products = ana.get("/products").await.expect(200);
    let products = products["products"].as_array().unwrap();
    let book = products.iter().find(|it| it["sku"] == "BOOK-001").unwrap();
    assert_eq!(book["price"], json!({"amount": 8_990, "currency": "BRL"}));
    let gone = products.iter().find(|it| it["sku"] == "SOLD-OUT").unwrap();
    assert!(
        gone["available"].is_null() || gone["available"] == 0,
        "{gone}"
    );
}

/// An order with another value somewhere.
fn with(pointer: &str, value: Value) -> Value {
    let mut order = goods(&json!({}));
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    order.pointer_mut(parent).unwrap()[field] = value;
    order
}

#[tokio::test]
async fn a_field_that_is_wrong_missing_or_unknown_is_named() {
    let ana = Guest::arrives("fields").await;
    let item = |quantity: Value| json!([{"sku": "BOOK-001", "quantity": quantity}]);
    let many: Vec<_> = (0..21)
        .map(|_| json!({"sku": "BOOK-001", "quantity": 1}))
        .collect();
    for (order, field) in [
        (json!([]), "body"),
        (json!({}), "items"),
        (with("/items", json!([])), "items"),
        (with("/items", json!(7)), "items"),
        (with("/items", json!(many)), "items"),
        (with("/items/0/sku", json!("NO-SUCH")), "items[0].sku"),
        (with("/items/1/sku", json!("BOOK-001")), "items[1].sku"),
        (with("/items", item(json!(0))), "items[0].quantity"),
        (with("/items", item(json!(100))), "items[0].quantity"),
        (with("/items", item(json!(1.5))), "items[0].quantity"),
        (with("/items", item(json!("2"))), "items[0].quantity"),
        (
            with("/items/0/price", json!({"amount": 1})),
            "items[0].price",
        ),
        (
            with("/deliver_to/postcode", json!("1310")),
            "deliver_to.postcode",
        ),
        (
            with("/deliver_to/name", json!("x".repeat(20_000))),
            "deliver_to.name",
        ),
        (
            with("/payment", json!({"token": "4111111111111111"})),
            "payment.token",
        ),
        (with("/colour", json!("red")), "colour"),
        (with("/customer", json!({"id": "cus_1"})), "customer"),
        (
            with("/simulate", json!({"hold": "refuse"})),
            "simulate.hold",
        ),
    ] {
        let problem = ana.order_as("bad-input", &order).await;
        let problem = problem.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert!(
            !problem.to_string().contains("4111111111111111"),
            "{problem}"
        );
    }
    let large = with("/deliver_to/name", json!("x".repeat(300_000)));
    let problem = ana.order_as("bad-input", &large).await;
    problem.problem(413, "too-large");
    let missing = ana.post("/orders", &goods(&json!({}))).await;
    missing.problem(400, "idempotency-key-required");
}
