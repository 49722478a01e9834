//! What functions are given, and the readers of requests.

use std::fmt::Debug;

use holdfast_booking::commands::CommandRequest as BookingCommand;
use holdfast_booking::steps as booking;
use holdfast_booking_rules::request::{BookingRequest, LegRequest, PaymentRequest};
use holdfast_core::failure::Failure;
use holdfast_core::reading::{Flaw, read};
use holdfast_core::time::Timestamp;
use holdfast_order::commands::CommandRequest as OrderCommand;
use holdfast_order_rules::request::OrderRequest;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::nonsense::changes;
use super::{Came, Walk};

/// A trip with a leg of each kind, a payment and scripts.
pub(super) fn trip() -> Value {
    json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": [
            {"id": "out", "kind": "flight", "simulate": {"hold": "lost:1"},
             "offer": "BRL.172920.1800000000.6f1c0d2a9b8e4f7350412c6d8e9fa0b1",
             "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}},
            {"id": "hotel", "kind": "hotel",
             "spec": {"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2}},
            {"id": "car", "kind": "car",
             "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}},
            {"id": "cover", "kind": "insurance",
             "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}},
            {"id": "rail", "kind": "train",
             "spec": {"from": "LIS", "to": "MAD", "date": "2027-03-05", "passengers": 2}},
        ],
        "hold_seconds": 900,
        "payment": {"token": "tok_visa", "amount": {"amount": 660_120, "currency": "BRL"},
            "simulate": {"authorize": "ok"}},
        "max_total": {"amount": 700_000, "currency": "BRL"},
        "passengers": ["Ana Souza", "Rui O'Neill"],
        "simulate": {"settle": "twice"},
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    })
}

pub(super) fn now() -> Timestamp {
    "2027-01-10T12:00:00Z".parse().unwrap()
}

/// What a reader says.
pub(super) fn came<T>(read: Result<T, Failure>) -> Came {
    match read {
        Err(
            Failure::InvalidBooking { field, problem } | Failure::InvalidOrder { field, problem },
        ) => Came::Refused { field, problem },
        Err(other) => Came::Broken(format!("{other:?}")),
        Ok(_) => Came::Taken,
    }
}

fn over(walk: &mut Walk, input: &str, good: &Value, read: impl Fn(&Value) -> Came) {
    assert!(
        matches!(read(good), Came::Taken),
        "{input} is good as it is"
    );
    for changed in changes(good) {
        let came = read(&changed.json);
        walk.count(input, &changed.path, &changed.nonsense, came);
    }
}

/// A payload that a function's loop reads.
fn payload<T: DeserializeOwned>(walk: &mut Walk, input: &str, good: &Value) {
    over(walk, input, good, |json| match read::<T>(json) {
        Err(Flaw { field, problem }) => Came::Refused { field, problem },
        Ok(_) => Came::Taken,
    });
}

fn taken<T>(good: &Value, read: impl Fn(&Value) -> Result<T, Failure>) -> impl Fn(&Value) -> Came
where
    T: Debug,
{
    let _ = good;
    move |json| came(read(json))
}

#[test]
fn readers_of_requests_and_commands_tell_what_is_wrong_in_plain_words() {
    let mut walk = Walk::default();
    let trip = trip();
    over(&mut walk, "a booking", &trip, |json| {
        came(BookingRequest::read(json, now()))
    });
    for leg in trip["legs"].as_array().unwrap() {
        over(&mut walk, "a leg", leg, |json| {
            came(LegRequest::read("", json, now()))
        });
    }
    over(
        &mut walk,
        "a payment",
        &json!({"payment": trip["payment"]}),
        |json| came(PaymentRequest::read(&json["payment"])),
    );
    let order = crate::support::order(json!({"ship_order": "lost:1"}));
    over(&mut walk, "an order", &order, |json| {
        came(OrderRequest::read(json))
    });
    for command in [
        json!({"command": "pay", "booking_id": "b-1", "payment": {"token": "tok_visa"}}),
        json!({"command": "cancel", "booking_id": "b-1", "legs": ["hotel"],
            "refund": {"amount": 1, "currency": "BRL"}}),
        json!({"command": "add_leg", "booking_id": "b-1", "leg": trip["legs"][0]}),
        json!({"command": "drop_leg", "booking_id": "b-1", "leg": "hotel"}),
    ] {
        over(&mut walk, "a command", &command, |json| {
            came(BookingCommand::read(json))
        });
    }
    let cancel = json!({"command": "cancel", "order_id": "o-1"});
    over(
        &mut walk,
        "a command",
        &cancel,
        taken(&cancel, OrderCommand::read),
    );
    walk.tell("readers");
}

#[test]
fn functions_tell_what_is_wrong_with_a_payload_in_plain_words() {
    let mut walk = Walk::default();
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let open = json!({"name": "b-1", "execution": "arn", "started": "2027-01-10T12:00:00Z",
        "input": {}, "retry": 0});
    payload::<booking::OpenRequest>(&mut walk, "open", &open);
    let leg = json!({"booking_id": "b-1", "trace_id": trace_id, "leg": "out", "order": 1,
        "action": "hold", "retry": 0});
    payload::<booking::LegStep>(&mut walk, "a leg's step", &leg);
    let payment = json!({"booking_id": "b-1", "trace_id": trace_id, "action": "authorize",
        "attempt": 1, "retry": 0, "payment": {"token": "tok_visa",
            "amount": {"amount": 1, "currency": "BRL"}, "simulate": {"authorize": "ok"}}});
    payload::<booking::PaymentStep>(&mut walk, "a payment's step", &payment);
    let close = json!({"booking_id": "b-1", "cancellation": 1, "retry": 0});
    payload::<booking::CloseRequest>(&mut walk, "close", &close);
    walk.tell("payloads");
}
