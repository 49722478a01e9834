//! Orders, from placing to the end.

use std::time::Duration;

use holdfast_order_rules::action::StepName;
use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::stage::{Stage, goods};

#[tokio::test]
async fn an_order_is_placed_followed_and_completed() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let placed = stage.place(&ana, "key", &goods(json!({}))).await;
    assert!(placed.header("location").starts_with("orders/o-"));
    let placed = placed.expect(202);
    assert_eq!(placed["status"], "pending");
    assert_eq!(placed["actions"], json!(["cancel"]));
    assert_eq!(placed["total"]["amount"], 2 * 8_990 + 3_990);
    assert_eq!(placed["deliver_to"]["city"], "São Paulo");
    let id = placed["order_id"].as_str().unwrap().to_owned();

    let path = format!("/orders/{id}");
    let first = stage.get(&ana, &format!("{path}/events")).await.expect(200);
    assert_eq!(first["events"][0]["name"], "order_filled");
    assert_eq!(
        (&first["status"], &first["ended"]),
        (&json!("pending"), &json!(false))
    );

    let mut machine = stage.machine(&id);
    let ended = machine.goes_on(StepName::CheckCredit).await;
    assert_eq!(ended, OrderStatus::Completed);
    let order = stage.get(&ana, &path).await.expect(200);
    assert_eq!(order["status"], "completed");
    assert_eq!(order["actions"], json!([]));
    assert_eq!(order["payment"]["status"], "captured");
    assert_eq!(
        order["invoice"],
        json!({"number": "2027-000001", "status": "issued"})
    );
    assert!(order["shipment"]["tracking"].is_string());
    assert_eq!(order["steps"].as_array().unwrap().len(), 7);

    let next = first["next"].as_str().unwrap();
    let rest = format!("{path}/events?after={next}");
    let rest = stage.get(&ana, &rest).await.expect(200);
    let events = rest["events"].as_array().unwrap();
    assert_eq!(
        events[0]["steps"],
        json!({"check_credit": {"type": "normal", "status": "running"}})
    );
    assert_eq!(events.last().unwrap()["name"], "order_completed");
    assert_eq!(
        (&rest["status"], &rest["ended"]),
        (&json!("completed"), &json!(true))
    );
    let next = rest["next"].as_str().unwrap();
    let nothing = stage
        .get(&ana, &format!("{path}/events?wait=20&after={next}"))
        .await;
    assert_eq!(
        nothing.expect(200)["events"],
        json!([]),
        "nothing comes after the end"
    );
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_order() {
    let stage = Stage::new().await;
    let (ana, bea) = (stage.customer("ana").await, stage.customer("bea").await);
    let first = stage.orders(&ana, "key", json!({})).await;
    assert_eq!(stage.orders(&ana, "key", json!({})).await, first);
    assert_eq!(stage.executions(), 1);
    let mut other = goods(json!({}));
    other["items"][0]["quantity"] = json!(3);
    let refused = stage.place(&ana, "key", &other).await;
    refused.problem(409, "idempotency-conflict");
    assert_ne!(stage.orders(&ana, "another", json!({})).await, first);
    assert_ne!(stage.orders(&bea, "key", json!({})).await, first);
    assert_eq!(stage.executions(), 3);
}

#[tokio::test]
async fn an_order_that_is_not_written_yet_is_shown_as_it_will_be() {
    let stage = Stage::new().await;
    let (ana, bea) = (stage.customer("ana").await, stage.customer("bea").await);
    stage.nothing_is_written();
    let asked = goods(json!({}));
    let time = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            stage.bench.pass(Duration::from_secs(1));
        }
    };
    let placed = tokio::select! {
        placed = stage.place(&ana, "key", &asked) => placed,
        () = time => unreachable!("time goes on"),
    };
    let placed = placed.expect(202);
    assert_eq!(placed["status"], "pending");
    let path = format!("/orders/{}", placed["order_id"].as_str().unwrap());
    stage.get(&ana, &path).await.expect(200);
    stage.get(&bea, &path).await.problem(404, "not-found");
    let refused = stage.delete(&ana, &path).await;
    let refused = refused.problem(409, "order-conflict");
    assert!(refused["detail"].as_str().unwrap().contains("try again"));
}

#[tokio::test]
async fn the_order_of_another_is_not_there_on_any_route() {
    let stage = Stage::new().await;
    let (ana, eve) = (stage.customer("ana").await, stage.customer("eve").await);
    let id = stage.orders(&ana, "key", json!({})).await;
    for path in ["", "/events", "/events?wait=1", "/invoice"] {
        let seen = stage.get(&eve, &format!("/orders/{id}{path}")).await;
        seen.problem(404, "not-found");
    }
    let seen = stage.delete(&eve, &format!("/orders/{id}")).await;
    seen.problem(404, "not-found");
    let none = stage.get(&eve, "/orders").await.expect(200);
    assert_eq!(none, json!({"orders": [], "next": null}));
    let order = stage.get(&ana, &format!("/orders/{id}")).await.expect(200);
    assert_eq!(order["status"], "pending", "nothing was done to it");
}

#[tokio::test]
async fn orders_come_page_by_page_the_newest_first() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let mut made = Vec::new();
    for key in ["1", "2", "3"] {
        made.push(stage.orders(&ana, key, json!({})).await);
        stage.bench.pass(Duration::from_secs(1));
    }
    made.reverse();
    let mut path = "/orders?limit=2".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = stage.get(&ana, &path).await.expect(200);
        let ids = page["orders"].as_array().unwrap().iter();
        seen.extend(ids.map(|order| order["order_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/orders?limit=2&after={next}");
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn products_have_prices_and_tell_what_is_left() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    holdfast_stock::seed::seed(&stage.bench.bus.stock)
        .await
        .unwrap();
    let products = stage.get(&ana, "/products").await.expect(200);
    let of = |sku: &str| -> Value {
        let products = products["products"].as_array().unwrap();
        products.iter().find(|it| it["sku"] == sku).unwrap().clone()
    };
    assert_eq!(
        of("BOOK-001")["price"],
        json!({"amount": 8_990, "currency": "BRL"})
    );
    assert_eq!(of("BOOK-001")["available"], 1_000);
    assert_eq!(of("LAST-ONE")["available"], 1);
    assert_eq!(of("SOLD-OUT")["available"], 0);
}
