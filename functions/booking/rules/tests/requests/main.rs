//! Reading a request: whatever comes in, the answer is a booking or the name of a field, and what a
//! payment holds is never repeated.
#![allow(clippy::unwrap_used, clippy::panic)]

mod agreed;
mod limits;

use std::time::Duration;

use holdfast_booking_rules::request::BookingRequest;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const LONGEST_MESSAGE: usize = 500;
const SECRET: &str = "tok_5ecret";

fn trip() -> Value {
    json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": [
            {"id": "flight", "kind": "flight",
             "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}},
            {"id": "hotel", "kind": "hotel",
             "spec": {"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2}},
            {"id": "car", "kind": "car",
             "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}},
            {"id": "insurance", "kind": "insurance",
             "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}},
            {"id": "train", "kind": "train",
             "spec": {"from": "LIS", "to": "OPO", "date": "2027-03-05", "passengers": 2}},
        ],
        "hold_seconds": 900,
        "payment": {"token": SECRET},
    })
}

/// Reads a request that comes two months before the trip.
fn read(request: &Value) -> Result<BookingRequest, Failure> {
    let now = "2027-01-01T12:00:00Z".parse().unwrap();
    BookingRequest::read(request, now)
}

/// A trip with another value at a place.
fn with(pointer: &str, value: Value) -> Value {
    let mut trip = trip();
    let (path, field) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(place) = trip.pointer_mut(path) {
        match (field.parse::<usize>(), place) {
            (Ok(index), Value::Array(items)) => items[index] = value,
            (_, place) => place[field] = value,
        }
    }
    trip
}

fn without(pointer: &str) -> Value {
    let mut trip = trip();
    let (path, field) = pointer.rsplit_once('/').unwrap_or_default();
    let place = trip.pointer_mut(path).and_then(Value::as_object_mut);
    place.and_then(|fields| fields.remove(field));
    trip
}

/// The field that a request is refused for.
fn refused_for(request: &Value) -> Option<String> {
    match read(request) {
        Ok(_) => None,
        Err(failure) => Some(field_of(&failure)),
    }
}

/// The field that a failure names, which must be fit to be shown.
fn field_of(failure: &Failure) -> String {
    let message = failure.to_string();
    let length = message.chars().count();
    assert!(length < LONGEST_MESSAGE, "{length} characters: {message}");
    match failure {
        Failure::InvalidBooking { field, problem } => {
            assert!(!field.is_empty() && !problem.is_empty(), "{message}");
            field.clone()
        }
        other => panic!("{other:?} is no InvalidBooking"),
    }
}

/// Whether a value at a place is taken; if not, the field must be the place.
fn taken(pointer: &str, value: Value) -> bool {
    let field = refused_for(&with(pointer, value));
    let named = match pointer
        .strip_prefix("/legs/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((index, rest)) => format!("legs[{index}].{}", rest.replace('/', ".")),
        None => pointer[1..].replace('/', "."),
    };
    if let Some(field) = &field {
        assert_eq!(*field, named);
    }
    field.is_none()
}

#[test]
fn a_trip_is_read_as_it_was_written() {
    let read = read(&trip()).unwrap();
    let kinds: Vec<_> = read.legs.iter().map(|leg| leg.spec.kind()).collect();
    assert_eq!(kinds, Kind::ALL);
    assert_eq!(read.hold, Duration::from_secs(900));
    assert_eq!(read.payment.unwrap().token, SECRET);
    assert_eq!(read.customer.id.as_str(), "cus_1");
}

#[test]
fn the_hold_and_the_payment_may_be_left_out() {
    let held = read(&without("/hold_seconds")).unwrap();
    assert_eq!(held.hold, Duration::from_secs(900));
    assert_eq!(read(&without("/payment")).unwrap().payment, None);
    assert_eq!(refused_for(&with("/payment", Value::Null)), None);
}

#[test]
fn whatever_else_is_left_out_is_named() {
    for (pointer, word) in [
        ("/customer", "customer"),
        ("/customer/email", "email"),
        ("/legs", "legs"),
        ("/legs/0/kind", "kind"),
        ("/legs/0/spec", "spec"),
        ("/legs/1/spec/guests", "guests"),
        ("/payment/token", "payment"),
    ] {
        let failure = read(&without(pointer)).unwrap_err();
        field_of(&failure);
        let message = failure.to_string();
        assert!(message.contains(word), "{pointer}: {message}");
    }
}

#[test]
fn a_trip_in_the_past_is_refused_once_its_day_is_over_at_its_place() {
    let refused = |request: &Value, now: &str| {
        let read = BookingRequest::read(request, now.parse().unwrap());
        read.err().map(|failure| failure.to_string())
    };
    let flight = "legs[0].spec.date: has passed; use 2027-03-02 or a later date";
    assert_eq!(refused(&trip(), "2027-03-01T23:59:59Z"), None);
    let told = refused(&trip(), "2027-03-02T03:00:00Z");
    assert_eq!(told.as_deref(), Some(flight));
    for (leg, field, ends) in [
        // The day of a flight from São Paulo ends three hours after the day of UTC.
        (0, "date", "2027-03-02T03:00:00Z"),
        (1, "check_in", "2027-03-02T00:00:00Z"),
        (2, "pick_up", "2027-03-02T00:00:00Z"),
        // Insurance may be for anywhere: the day ends with the last place on earth.
        (3, "from", "2027-03-02T12:00:00Z"),
    ] {
        let mut one = trip();
        one["legs"] = json!([trip()["legs"][leg]]);
        let before: Timestamp = ends.parse().unwrap();
        let before = (before - Duration::from_millis(1)).to_string();
        assert_eq!(refused(&one, &before), None, "{field}");
        let path = format!("legs[0].spec.{field}: has passed;");
        let told = refused(&one, ends).unwrap();
        assert!(told.starts_with(&path), "{told}");
    }
}

#[test]
fn a_field_that_nobody_knows_is_refused_wherever_it_is() {
    for pointer in [
        "/note",
        "/customer/note",
        "/legs/0/note",
        "/legs/0/spec/note",
        "/payment/note",
    ] {
        let refused = refused_for(&with(pointer, json!(1)));
        assert!(refused.is_some(), "{pointer}");
    }
}

#[test]
fn what_is_far_too_long_is_not_repeated() {
    let long = "x".repeat(100_000);
    for pointer in [
        "/customer/id",
        "/customer/email",
        "/hold_seconds",
        "/legs",
        "/legs/0",
        "/legs/0/id",
        "/legs/0/kind",
        "/legs/0/spec",
        "/legs/0/spec/date",
        "/legs/0/spec/from",
        "/legs/0/spec/passengers",
        "/legs/0/simulate",
        "/payment",
        "/payment/token",
    ] {
        let refused = refused_for(&with(pointer, json!(long)));
        assert!(refused.is_some(), "{pointer}");
    }
    for place in ["", "/customer", "/legs/0", "/legs/0/spec", "/payment"] {
        let refused = refused_for(&with(&format!("{place}/{long}"), json!(1)));
        assert!(refused.is_some(), "{place}");
    }
    for place in ["/legs/0", "/payment"] {
        let script = json!({ long.clone(): "ok" });
        let refused = refused_for(&with(&format!("{place}/simulate"), script));
        assert!(refused.is_some(), "{place}");
    }
}

/// Any JSON at all.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let key = prop_oneof!["[a-z_]{1,8}", ".{0,20}"];
        let fields = prop::collection::btree_map(key, inner.clone(), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Every place in a trip, and some that are not there.
fn places() -> Vec<String> {
    fn below(path: &str, json: &Value, found: &mut Vec<String>) {
        match json {
            Value::Object(fields) => {
                found.push(format!("{path}/other"));
                found.push(format!("{path}/simulate"));
                for (field, value) in fields {
                    found.push(format!("{path}/{field}"));
                    below(&format!("{path}/{field}"), value, found);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    found.push(format!("{path}/{index}"));
                    below(&format!("{path}/{index}"), value, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    below("", &trip(), &mut found);
    found
}

proptest! {
    #[test]
    fn anything_at_all_is_refused_by_a_field_or_read(request in anything()) {
        refused_for(&request);
    }

    #[test]
    fn anything_at_any_place_of_a_trip_is_refused_by_a_field_or_read(
        place in prop::sample::select(places()),
        value in anything(),
    ) {
        refused_for(&with(&place, value));
    }

    #[test]
    fn what_a_payment_holds_is_never_repeated(
        secret in "5ecret[a-z0-9]{1,120}",
        shape in 0..9,
    ) {
        let payment = match shape {
            0 => json!(secret),
            1 => json!([secret, secret, secret]),
            2 => json!({"token": [secret]}),
            3 => json!({"token": secret, "number": secret}),
            4 => json!({"token": "tok_1", secret.clone(): 1}),
            5 => json!({"token": format!("{secret} ")}),
            6 => json!({"token": secret, "simulate": secret}),
            7 => json!({"token": secret, "simulate": {secret.clone(): "ok"}}),
            _ => json!({"token": secret, "simulate": {"authorize": secret}}),
        };
        let failure = read(&with("/payment", payment)).unwrap_err();
        prop_assert!(field_of(&failure).starts_with("payment"), "{}", failure);
        prop_assert!(!failure.to_string().contains("5ecret"), "{}", failure);
    }

    #[test]
    fn a_card_number_is_never_repeated(digits in "[0-9]{12,19}") {
        let failure = read(&with("/payment/token", json!(digits))).unwrap_err();
        prop_assert!(!failure.to_string().contains(&digits), "{}", failure);
    }
}
