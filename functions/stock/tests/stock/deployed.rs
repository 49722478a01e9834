//! What others must know of this service: the template, and the orders that wait for answers.

use holdfast_kit::batch::Changed;
use holdfast_kit::outbox::published;
use holdfast_stock::handlers;
use holdfast_stock::store::Reservations;
use holdfast_stock_rules::request::Request;
use serde_json::{Value, json};

use crate::shop::{Shop, asks, gives_up};

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// The bus passes on what this service understands, and nothing else.
#[test]
fn the_rule_on_the_bus_names_all_requests_and_no_other_event() {
    let (_, rule) = TEMPLATE.split_once("\n  StockRequests:\n").unwrap();
    let line = rule
        .lines()
        .find(|line| line.contains("detail-type:"))
        .unwrap();
    let (_, names) = line.split_once('[').unwrap();
    let names = names.split(']').next().unwrap().split(", ");
    assert_eq!(names.collect::<Vec<_>>(), Request::NAMES);
}

#[test]
fn each_handler_has_a_name_that_its_program_knows() {
    let mut names = handlers::NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(names, handlers::NAMES, "in order, so that none is twice");
    let (_, section) = TEMPLATE
        .split_once("  # ================================================================ stock\n")
        .unwrap();
    for name in names {
        assert!(
            section.contains(&format!("      Handler: {name}\n")),
            "{name}"
        );
    }
}

/// The answers of a stock, by name, as its table's stream has them put on the bus.
async fn on_the_bus(shop: &Shop) -> Vec<(String, Value)> {
    let items = shop.items().await.into_iter();
    let events = items.filter(|item| item["sk"].as_s().unwrap().starts_with("EVENT#"));
    let told = events.map(|item| {
        let changed = Changed {
            new_image: serde_dynamo::Item::from(item),
            ..Changed::default()
        };
        let event = published::<Reservations>(&changed).unwrap();
        (event.detail_type, event.detail)
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|(_, detail)| detail["id"].to_string());
    told
}

#[tokio::test]
async fn answers_go_on_the_bus_as_orders_wait_for_them() {
    let shop = Shop::stocked().await;
    shop.take(&asks("o", 3, &[("MUG-001", 2)])).await.unwrap();
    shop.take(&gives_up("o", 9)).await.unwrap();
    shop.take(&asks("p", 3, &[("SOLD-OUT", 1)])).await.unwrap();
    let told = on_the_bus(&shop).await;
    let names: Vec<_> = told.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["stock_available", "stock_returned", "stock_unavailable"];
    assert_eq!(names, expected);
    for (answer, (id, order, request)) in told.iter().zip([
        ("o/reservation.1", "o", "o/order.3"),
        ("o/reservation.2", "o", "o/order.9"),
        ("p/reservation.1", "p", "p/order.3"),
    ]) {
        let (name, detail) = answer;
        assert_eq!(detail["name"], **name);
        assert_eq!(detail["id"], id);
        assert_eq!(detail["order_id"], order);
        assert_eq!(detail["request_id"], request);
        assert_eq!(detail["trace_id"], "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(detail["actor"], "stock");
        assert!(detail["at"].is_string(), "{detail}");
    }
    let [available, returned, unavailable] = [0, 1, 2].map(|place| &told[place].1);
    let mugs = json!([{"sku": "MUG-001", "quantity": 2}]);
    assert_eq!(available["items"], mugs);
    assert_eq!(unavailable["reason"], "SOLD-OUT: 1 wanted, 0 left");
    assert_eq!(returned["items"], json!(null));
}
