//! What the traveller agrees to, and who travels: offers, amounts, names.

use holdfast_core::money::Money;
use serde_json::{Value, json};

use super::{field_of, read, refused_for, taken, with};

fn money(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

#[test]
fn what_was_agreed_is_read_as_it_was_written() {
    let mut trip = with("/max_total", money(700_000));
    trip["passengers"] = json!(["Ana Souza", "Rui O'Neill"]);
    trip["legs"][0]["offer"] = json!("BRL.172920.1800000000.6f1c");
    trip["payment"]["amount"] = money(660_120);
    let read = read(&trip).unwrap();
    assert_eq!(read.max_total, Some(Money::new(700_000, "BRL")));
    let names: Vec<_> = read.passengers.iter().map(|one| one.name()).collect();
    assert_eq!(names, ["Ana Souza", "Rui O'Neill"]);
    let offers: Vec<_> = read.legs.iter().map(|leg| leg.offer.as_ref()).collect();
    let first = "BRL.172920.1800000000.6f1c".parse().unwrap();
    assert_eq!(offers, [Some(&first), None, None, None, None]);
    assert_eq!(
        read.payment.unwrap().amount,
        Some(Money::new(660_120, "BRL"))
    );
}

#[test]
fn none_of_it_must_be_said() {
    for pointer in [
        "/max_total",
        "/passengers",
        "/legs/0/offer",
        "/payment/amount",
    ] {
        assert!(taken(pointer, Value::Null), "{pointer}");
    }
}

#[test]
fn an_amount_is_bounded_and_its_fields_are_named() {
    for pointer in ["/max_total", "/payment/amount"] {
        let field = pointer[1..].replace('/', ".");
        assert!(taken(pointer, money(10_000_000_000)), "{pointer}");
        for (value, part) in [
            (money(0), ".amount"),
            (money(10_000_000_001), ".amount"),
            (json!({"amount": 1, "currency": "brl"}), ".currency"),
            (json!({"amount": 1}), ".currency"),
            (json!(660_120), ""),
            (json!("BRL 1"), ""),
            (json!([]), ""),
        ] {
            let named = refused_for(&with(pointer, value.clone()));
            assert_eq!(named, Some(format!("{field}{part}")), "{value}");
        }
    }
}

#[test]
fn what_stands_in_a_payments_amount_is_never_repeated() {
    let amount = json!({"amount": 1, "currency": "BRL", "tok_5ecret": 1});
    let failure = read(&with("/payment/amount", amount)).unwrap_err();
    assert_eq!(field_of(&failure), "payment.amount");
    assert!(!failure.to_string().contains("5ecret"), "{failure}");
}

#[test]
fn one_to_nine_passengers_have_names_and_nothing_else() {
    let many = |count: usize| json!(vec!["Ana Souza"; count]);
    assert!(taken("/passengers", many(1)));
    assert!(taken("/passengers", many(9)));
    for list in [
        many(0),
        many(10),
        json!("Ana Souza"),
        json!({"name": "Ana"}),
    ] {
        assert!(!taken("/passengers", list.clone()), "{list}");
    }
    for name in [
        json!(""),
        json!("x".repeat(101)),
        json!("Ana\nSouza"),
        json!("4111 1111"),
        json!(7),
        Value::Null,
        json!({"name": "Ana"}),
    ] {
        let failure = read(&with("/passengers", json!(["Ana", name]))).unwrap_err();
        assert_eq!(field_of(&failure), "passengers[1]", "{name}");
        assert!(failure.to_string().contains("must be "), "{failure}");
    }
}

#[test]
fn an_offer_is_named_by_its_id() {
    assert!(taken("/legs/0/offer", json!("x".repeat(160))));
    for bad in [json!(""), json!("x".repeat(161)), json!("a b"), json!(1)] {
        assert!(!taken("/legs/0/offer", bad.clone()), "{bad}");
    }
}
