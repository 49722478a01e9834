//! Bad input is answered with its field and a remedy, and does nothing.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::shop::{Shop, TABLE, brl, shipment, spec};

#[tokio::test]
async fn a_bad_body_is_invalid_by_the_name_of_its_field() {
    let shop = Shop::open().await;
    let leg = |more: Value| {
        (
            "/flight/hold",
            with(
                json!({"booking": "b", "leg": "l", "spec": spec("flight")}),
                more,
            ),
        )
    };
    let pay = |more: Value| {
        (
            "/payment/authorize",
            with(
                json!({"booking": "b", "token": "tok_visa", "amount": brl(1)}),
                more,
            ),
        )
    };
    for ((path, body), field) in [
        (leg(json!({"booking": null})), "booking"),
        (leg(json!({"booking": "a/b"})), "booking"),
        (leg(json!({"leg": "x".repeat(33)})), "leg"),
        (leg(json!({"spec": null})), "spec"),
        (leg(json!({"spec": {"from": "GRU"}})), "spec"),
        (
            leg(
                json!({"spec": {"from": "GRU", "to": "gru", "date": "2027-03-01", "passengers": 1}}),
            ),
            "spec.to",
        ),
        (leg(json!({"spec": spec("hotel")})), "spec"),
        (leg(json!({"simulate": "explode"})), "simulate"),
        (pay(json!({"token": null})), "token"),
        (pay(json!({"token": 4})), "token"),
        (pay(json!({"amount": null})), "amount"),
        (pay(json!({"amount": brl(0)})), "amount.amount"),
        (
            pay(json!({"amount": {"amount": -1, "currency": "BRL"}})),
            "amount.amount",
        ),
        (
            pay(json!({"amount": {"amount": 1, "currency": "reais"}})),
            "amount.currency",
        ),
        (pay(json!({"attempt": 0})), "attempt"),
        (pay(json!({"booking": null})), "`booking` or `order`"),
        (pay(json!({"order": "o"})), "`order`"),
        (pay(json!({"booking": null, "order": "a/b"})), "order"),
    ] {
        let message = shop.post(path, "k", &body).await.problem(422, "invalid");
        assert!(message.contains(field), "{field}: {message}");
    }
    nothing_was_done(&shop).await;
}

#[tokio::test]
async fn a_bad_body_of_an_order_is_invalid_by_the_name_of_its_field() {
    let shop = Shop::open().await;
    let credit = |more: Value| {
        let customer = json!({"id": "cus_1", "email": "buyer@example.com"});
        let body = json!({"order": "o", "customer": customer, "amount": brl(1)});
        ("/credit/check", with(body, more))
    };
    let book = |more: Value| ("/carrier/book", with(shipment("o"), more));
    let to =
        |more: Value| book(json!({"deliver_to": with(shipment("o")["deliver_to"].clone(), more)}));
    let items = |items: Value| book(json!({"items": items}));
    for ((path, body), field) in [
        (credit(json!({"order": null})), "order"),
        (credit(json!({"customer": null})), "customer"),
        (credit(json!({"customer": "cus_1"})), "customer"),
        (
            credit(json!({"customer": {"id": "a/b", "email": "a@b.c"}})),
            "customer.id",
        ),
        (
            credit(json!({"customer": {"id": "a", "email": "b.c"}})),
            "customer.email",
        ),
        (credit(json!({"amount": null})), "amount"),
        (credit(json!({"amount": brl(0)})), "amount.amount"),
        (credit(json!({"simulate": "explode"})), "simulate"),
        (book(json!({"order": "a b"})), "order"),
        (book(json!({"deliver_to": null})), "deliver_to"),
        (to(json!({"city": null})), "city"),
        (to(json!({"name": " "})), "deliver_to.name"),
        (
            to(json!({"postcode": "1".repeat(201)})),
            "deliver_to.postcode",
        ),
        (to(json!({"country": "Brazil"})), "deliver_to.country"),
        (book(json!({"items": null})), "items"),
        (items(json!([])), "items"),
        (items(json!([{"sku": "", "quantity": 1}])), "items[0].sku"),
        (
            items(json!([{"sku": "A", "quantity": 0}])),
            "items[0].quantity",
        ),
        (("/carrier/cancel", json!({})), "order"),
        (("/carrier/pickup", json!({})), "order"),
    ] {
        let message = shop.post(path, "k", &body).await.problem(422, "invalid");
        assert!(message.contains(field), "{field}: {message}");
    }
    nothing_was_done(&shop).await;
}

#[tokio::test]
async fn an_answer_never_repeats_personal_data() {
    let shop = Shop::open().await;
    let secret = "Rua Example 1";
    let customer = json!({"order": "o", "customer": secret, "amount": brl(1)});
    let email = json!({"order": "o", "customer": {"id": "c", "email": secret}, "amount": brl(1)});
    let deliver_to = with(shipment("o"), json!({"deliver_to": secret}));
    for (path, body) in [
        ("/credit/check", customer),
        ("/credit/check", email),
        ("/carrier/book", deliver_to),
    ] {
        let message = shop.post(path, "k", &body).await.problem(422, "invalid");
        assert!(!message.contains(secret), "{message}");
    }
}

#[tokio::test]
async fn a_call_that_is_none_is_told_what_to_send() {
    let shop = Shop::open().await;
    let body = json!({"booking": "b", "leg": "l", "spec": spec("flight")});
    for (path, remedy) in [
        ("/boat/hold", "hotel"),
        ("/flight/book", "hold"),
        ("/flight/authorize", "release"),
        ("/payment/hold", "refund"),
        ("/credit/cancel", "check"),
        ("/carrier/hold", "book, cancel"),
        ("/flight", "/audit"),
        ("/%ff/hold", "/audit"),
    ] {
        let message = shop.post(path, "k", &body).await.problem(404, "not_found");
        assert!(message.contains(remedy), "{path}: {message}");
    }
    shop.get("/flight/hold")
        .await
        .problem(405, "method_not_allowed");
    for key in ["", "with blanks", &"x".repeat(201)] {
        let message = shop
            .post("/flight/hold", key, &body)
            .await
            .problem(400, "invalid");
        assert!(message.contains("Idempotency-Key"), "{message}");
    }
    nothing_was_done(&shop).await;
}

#[tokio::test]
async fn a_missing_key_broken_json_and_a_large_body_are_refused() {
    let shop = Shop::open().await;
    let post = || Request::post("/flight/hold");
    let keyless = post().body(Body::from("{}")).unwrap();
    let message = shop.send(keyless).await.problem(400, "invalid");
    assert!(message.contains("Idempotency-Key is missing"), "{message}");
    let broken = post()
        .header("Idempotency-Key", "k")
        .body(Body::from("{\"booking\":"))
        .unwrap();
    let message = shop.send(broken).await.problem(400, "invalid");
    assert!(message.contains("not JSON"), "{message}");
    let large = "x".repeat(20_000);
    let large = post()
        .header("Idempotency-Key", "k")
        .body(Body::from(large))
        .unwrap();
    let message = shop.send(large).await.problem(413, "invalid");
    assert!(message.contains("16384"), "{message}");
}

#[tokio::test]
async fn a_bad_query_is_refused_and_an_unknown_key_is_unknown() {
    let shop = Shop::open().await;
    shop.get("/operations").await.problem(400, "invalid");
    shop.get("/operations?key=a&key=b")
        .await
        .problem(400, "invalid");
    shop.get("/operations?key=b1/leg-1/hold")
        .await
        .problem(404, "unknown_key");
    shop.get("/audit?booking=a%2Fb")
        .await
        .problem(422, "invalid");
}

#[tokio::test]
async fn health_is_whether_the_table_can_be_reached() {
    let shop = Shop::open().await;
    shop.get("/healthz").await.expect(200);
    shop.client
        .delete_table()
        .table_name(TABLE)
        .send()
        .await
        .unwrap();
    shop.get("/healthz").await.problem(503, "unavailable");
    shop.flight("b1", "hold").await.problem(503, "unavailable");
}

async fn nothing_was_done(shop: &Shop) {
    let everything = shop.client.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(everything.count(), 0);
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        }
    }
    body
}
