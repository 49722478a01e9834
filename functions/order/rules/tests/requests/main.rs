//! Reading a request: whatever comes in, the answer is an order or the name of a field, and what a
//! payment holds is never repeated.
#![allow(clippy::unwrap_used, clippy::panic)]

use holdfast_core::failure::Failure;
use holdfast_core::fault::{Fault, Mishap};
use holdfast_core::verb::Verb;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::catalogue::PRODUCTS;
use holdfast_order_rules::request::OrderRequest;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const LONGEST_MESSAGE: usize = 500;
const SECRET: &str = "tok_5ecret";

fn order() -> Value {
    json!({
        "customer": {"id": "cus_1", "email": "buyer@example.com"},
        "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}],
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
        "payment": {"token": SECRET},
    })
}

/// An order with another value at a place.
fn with(pointer: &str, value: Value) -> Value {
    let mut order = order();
    let (path, field) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(place) = order.pointer_mut(path) {
        match (field.parse::<usize>(), place) {
            (Ok(index), Value::Array(items)) => items[index] = value,
            (_, place) => place[field] = value,
        }
    }
    order
}

fn without(pointer: &str) -> Value {
    let mut order = order();
    let (path, field) = pointer.rsplit_once('/').unwrap_or_default();
    let place = order.pointer_mut(path).and_then(Value::as_object_mut);
    place.and_then(|fields| fields.remove(field));
    order
}

/// The field that a failure names, which must be fit to be shown.
fn field_of(failure: &Failure) -> String {
    let message = failure.to_string();
    let length = message.chars().count();
    assert!(length < LONGEST_MESSAGE, "{length} characters: {message}");
    assert!(!message.contains(SECRET), "{message}");
    match failure {
        Failure::InvalidOrder { field, problem } => {
            assert!(!field.is_empty() && !problem.is_empty(), "{message}");
            field.clone()
        }
        other => panic!("{other:?} is no InvalidOrder"),
    }
}

/// The field that a request is refused for.
fn refused_for(request: &Value) -> Option<String> {
    let read = OrderRequest::read(request);
    read.err().map(|failure| field_of(&failure))
}

fn refused(pointer: &str, value: Value) -> String {
    let read = OrderRequest::read(&with(pointer, value.clone()));
    match read {
        Ok(_) => panic!("{pointer}: {value} is taken"),
        Err(failure) => field_of(&failure),
    }
}

#[test]
fn an_order_is_read_as_it_was_written() {
    let read = OrderRequest::read(&order()).unwrap();
    let items: Vec<_> = read
        .items
        .iter()
        .map(|item| (item.sku.as_str(), item.quantity))
        .collect();
    assert_eq!(items, [("BOOK-001", 2), ("MUG-001", 1)]);
    assert_eq!(read.items[0].product.price().amount, 8_990);
    assert_eq!(read.payment.token, SECRET);
    assert_eq!(read.deliver_to.city, "São Paulo");
    assert!(!format!("{read:?}").contains(SECRET));
}

#[test]
fn whatever_is_left_out_is_named() {
    for (pointer, word) in [
        ("/customer", "customer"),
        ("/customer/email", "email"),
        ("/items", "items"),
        ("/items/0/sku", "sku"),
        ("/items/0/quantity", "quantity"),
        ("/deliver_to", "deliver_to"),
        ("/deliver_to/postcode", "postcode"),
        ("/payment", "payment"),
        ("/payment/token", "payment"),
    ] {
        let failure = OrderRequest::read(&without(pointer)).unwrap_err();
        field_of(&failure);
        let message = failure.to_string();
        assert!(message.contains(word), "{pointer}: {message}");
    }
}

#[test]
fn a_field_that_nobody_knows_is_refused_wherever_it_is() {
    for (place, field) in [
        ("", "note"),
        ("/customer", "note"),
        ("/items/0", "note"),
        ("/deliver_to", "note"),
        ("/payment", "note"),
        ("/payment", "simulate"),
        ("", "expires"),
    ] {
        refused(&format!("{place}/{field}"), json!(1));
    }
}

#[test]
fn a_price_that_is_sent_along_is_refused_by_its_own_name() {
    let price = || json!({"amount": 1, "currency": "BRL"});
    assert_eq!(refused("/items/0/price", price()), "items[0].price");
    assert_eq!(refused("/items/1/amount", json!(1)), "items[1].amount");
    assert_eq!(refused("/total", price()), "total");
}

#[test]
fn items_are_bounded() {
    let named = |pointer: &str, value| refused(pointer, value);
    assert_eq!(named("/items", json!([])), "items");
    assert_eq!(named("/items", json!("BOOK-001")), "items");
    assert_eq!(named("/items/0", json!("BOOK-001")), "items[0]");
    assert_eq!(named("/items/0/sku", json!("NO-SUCH")), "items[0].sku");
    assert_eq!(named("/items/0/sku", json!(7)), "items[0].sku");
    assert_eq!(named("/items/1/sku", json!("BOOK-001")), "items[1].sku");
    for quantity in [
        json!(0),
        json!(100),
        json!(1.5),
        json!(-1),
        json!("2"),
        json!(null),
    ] {
        assert_eq!(named("/items/0/quantity", quantity), "items[0].quantity");
    }
    for quantity in [1, 99] {
        assert_eq!(
            refused_for(&with("/items/0/quantity", json!(quantity))),
            None
        );
    }
}

#[test]
fn an_order_has_at_most_twenty_items() {
    let items = |count: usize| -> Value {
        let products = PRODUCTS.iter().take(count);
        products
            .map(|product| json!({"sku": product.sku, "quantity": 1}))
            .collect()
    };
    assert_eq!(refused_for(&with("/items", items(20))), None);
    assert_eq!(refused("/items", items(21)), "items");
}

#[test]
fn an_address_is_bounded() {
    let long = "x".repeat(101);
    for (field, bad) in [
        ("name", json!("")),
        ("name", json!(" blank ")),
        ("name", json!("two\nlines")),
        ("name", json!(long)),
        ("city", json!("")),
        ("city", json!(long)),
        ("country", json!("br")),
        ("country", json!("XX")),
        ("postcode", json!("1310")),
        ("postcode", json!("")),
        ("postcode", json!(1_310_100)),
    ] {
        let pointer = format!("/deliver_to/{field}");
        assert_eq!(
            refused(&pointer, bad.clone()),
            format!("deliver_to.{field}"),
            "{bad}"
        );
    }
}

#[test]
fn who_buys_is_bounded_and_a_card_number_is_no_token() {
    assert_eq!(refused("/customer/id", json!("a b")), "customer.id");
    assert_eq!(
        refused("/customer/email", json!("nobody")),
        "customer.email"
    );
    for token in ["", "with blank", "4111-1111-1111-1111", &"t".repeat(129)] {
        assert_eq!(
            refused("/payment/token", json!(token)),
            "payment.token",
            "{token}"
        );
    }
}

#[test]
fn every_action_can_be_scripted_and_no_supplier_hears_of_mishaps() {
    for action in Action::ALL {
        for mishap in Mishap::ALL {
            let script = json!({action.as_str(): mishap.as_str()});
            let read = OrderRequest::read(&with("/simulate", script)).unwrap();
            assert_eq!(read.simulate.mishap(*action), Some(*mishap));
            assert_eq!(read.simulate.of(*action), Fault::Ok);
        }
        let script = json!({action.as_str(): "unavailable:2"});
        let field = refused_for(&with("/simulate", script));
        match !action.is_asked() {
            true => assert_eq!(field, Some(format!("simulate.{action}"))),
            false => assert_eq!(field, None, "{action}"),
        }
    }
    assert_eq!(
        refused("/simulate", json!({"hold": "refuse"})),
        "simulate.hold"
    );
    assert_eq!(
        refused("/simulate", json!({"ship_order": "explode"})),
        "simulate.ship_order"
    );
}

#[test]
fn three_hundred_kilobytes_are_refused_briefly() {
    let long = "x".repeat(300_000);
    for pointer in [
        "/customer/id",
        "/items/0/sku",
        "/deliver_to/name",
        "/payment/token",
        "/note",
    ] {
        refused(pointer, json!(long));
    }
    let mut fields = Map::new();
    fields.insert(long, json!("ok"));
    refused("/simulate", Value::Object(fields));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,10}", inner, 0..4)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stands_in_a_field_is_taken_or_named(
        place in prop::sample::select(vec![
            "/customer", "/customer/id", "/customer/email", "/items", "/items/0", "/items/0/sku",
            "/items/0/quantity", "/deliver_to", "/deliver_to/name", "/deliver_to/country",
            "/payment", "/payment/token", "/simulate", "/trace_id",
        ]),
        value in any_json(),
    ) {
        if let Some(field) = refused_for(&with(place, value)) {
            prop_assert!(field.starts_with(place.split('/').nth(1).unwrap()), "{place}: {field}");
        }
    }

    #[test]
    fn whatever_comes_in_is_an_order_or_a_name(request in any_json()) {
        prop_assert!(refused_for(&request).is_some());
    }
}
