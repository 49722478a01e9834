//! What is a request of an order, and what is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use holdfast_core::fault::Fault;
use holdfast_order_rules::broker::{GoodsRequest, UndoRequest};
use holdfast_stock_rules::request::{Request, Wish};
use serde_json::{Value, json};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// An event as the bus delivers it, with all that stands around it.
fn event(name: &str, request: &Value) -> Value {
    json!({
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": name,
        "source": "holdfast",
        "account": "123456789012",
        "time": "2027-01-10T09:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "id": "o-1/order.3",
            "order_id": "o-1",
            "name": name,
            "at": "2027-01-10T09:00:00.000Z",
            "actor": "remove_from_stock",
            "trace_id": TRACE,
            "request": request,
            "order": {"version": 3, "after": {"status": "pending"}},
        },
    })
}

fn wanted(items: &Value) -> Value {
    event("stock_requested", &json!({ "items": items }))
}

fn read(event: &Value) -> Result<Request, String> {
    let text = event.to_string();
    serde_json::from_str(&text).map_err(|problem| problem.to_string())
}

#[test]
fn an_order_asks_for_goods() {
    let items = json!([{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}]);
    let request = read(&wanted(&items)).unwrap();
    assert_eq!(request.id.as_str(), "o-1/order.3");
    assert_eq!(request.order_id.as_str(), "o-1");
    assert_eq!(request.trace_id.as_str(), TRACE);
    assert_eq!(request.fault, Fault::Ok);
    let Wish::Take(wanted) = request.wish else {
        panic!("{request:?}");
    };
    assert_eq!(serde_json::to_value(wanted).unwrap(), items);
}

#[test]
fn an_order_gives_up_its_goods() {
    let request = read(&event("stock_return_requested", &json!({}))).unwrap();
    assert_eq!(request.wish, Wish::PutBack);
}

#[test]
fn each_name_is_that_of_a_request_and_no_other_is() {
    let items = json!([{"sku": "BOOK-001", "quantity": 2}]);
    for name in Request::NAMES {
        let event = event(name, &json!({ "items": items }));
        assert!(read(&event).is_ok(), "{name}");
    }
    for name in ["stock_available", "order_filled", ""] {
        let refused = read(&event(name, &json!({ "items": items })));
        assert!(refused.unwrap_err().contains("unknown variant"), "{name}");
    }
}

#[test]
fn each_wish_has_a_fault_of_its_own_and_those_of_others_do_not_matter() {
    let simulate = json!({
        "remove_from_stock": "lost:1",
        "return_stock": "slow:20",
        "generate_invoice": "crash_before",
    });
    let items = json!([{"sku": "BOOK-001", "quantity": 2}]);
    let request = json!({"items": items, "simulate": simulate});
    let fault = |name| read(&event(name, &request)).unwrap().fault;
    assert_eq!(fault("stock_requested"), Fault::Lost(Some(1)));
    assert_eq!(fault("stock_return_requested"), Fault::Slow(20));
}

#[test]
fn what_an_order_asks_is_understood_with_the_fault_that_it_scripts() {
    let goods = json!({"items": [{"sku": "BOOK-001", "quantity": 2}], "simulate": "lost:2"});
    let goods: GoodsRequest = serde_json::from_value(goods).expect("what orders ask");
    let taking = event("stock_requested", &serde_json::to_value(goods).unwrap());
    assert_eq!(read(&taking).unwrap().fault, Fault::Lost(Some(2)));
    let undo = UndoRequest {
        simulate: Fault::Refuse,
    };
    let undo = serde_json::to_value(undo).unwrap();
    let back = read(&event("stock_return_requested", &undo)).unwrap();
    assert_eq!(back.fault, Fault::Refuse);
}

#[test]
fn goods_that_no_order_can_want_are_refused() {
    let many: Vec<_> = (0..21)
        .map(|number| json!({"sku": format!("BOOK-{number}"), "quantity": 1}))
        .collect();
    let book = |quantity: Value| json!([{"sku": "BOOK-001", "quantity": quantity}]);
    for (items, problem) in [
        (json!([]), "1 to 20"),
        (json!(many), "1 to 20"),
        (
            json!([{"sku": "A", "quantity": 1}, {"sku": "A", "quantity": 2}]),
            "A is there twice",
        ),
        (book(json!(0)), "1 to 99"),
        (book(json!(100)), "1 to 99"),
        (book(json!(1.5)), "floating point"),
        (book(json!(-1)), "integer"),
        (book(json!("2")), "string"),
        (json!([{"sku": "a b", "quantity": 1}]), "letters"),
        (json!([{"sku": "x".repeat(33), "quantity": 1}]), "letters"),
        (json!([{"quantity": 1}]), "missing field `sku`"),
        (json!("BOOK-001"), "sequence"),
    ] {
        let refused = read(&wanted(&items)).unwrap_err();
        assert!(refused.contains(problem), "{items}: {refused}");
    }
}

#[test]
fn an_event_that_lacks_something_is_refused() {
    let whole = wanted(&json!([{"sku": "BOOK-001", "quantity": 2}]));
    for field in ["id", "order_id", "trace_id", "request"] {
        let mut broken = whole.clone();
        broken["detail"].as_object_mut().unwrap().remove(field);
        let refused = read(&broken).unwrap_err();
        assert!(refused.contains(&format!("`{field}`")), "{refused}");
    }
    for nothing in [json!({}), json!([]), json!("stock_requested"), json!(null)] {
        assert!(read(&nothing).is_err(), "{nothing}");
    }
}

#[test]
fn an_event_of_another_order_is_refused() {
    let long = format!("o-1/{}", "x".repeat(201));
    for id in ["o-2/order.3", "o-1", "o-1/", "o-10/order.3", "", &long] {
        let mut broken = wanted(&json!([{"sku": "BOOK-001", "quantity": 2}]));
        broken["detail"]["id"] = json!(id);
        let refused = read(&broken).unwrap_err();
        assert!(refused.contains("no id of an event of o-1"), "{refused}");
    }
}
