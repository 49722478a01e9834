//! Requests that cannot be a booking: refused at once, by the name of the field.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_tests::{Stack, Trip, fresh_name};
use serde_json::{Value, json};

/// Bad trips, each with the field that is to be named.
fn bad_trips() -> Vec<(&'static str, Value)> {
    let with = |change: fn(&mut Value)| {
        let mut trip = Trip::sample().0;
        change(&mut trip);
        trip
    };
    vec![
        ("legs", with(|trip| trip["legs"] = json!([]))),
        (
            "legs[1].id",
            with(|trip| trip["legs"][1]["id"] = json!("out")),
        ),
        (
            "legs[0].id",
            with(|trip| trip["legs"][0]["id"] = json!("a b")),
        ),
        (
            "legs[0].id",
            with(|trip| trip["legs"][0]["id"] = json!("payment")),
        ),
        (
            "legs[3].kind",
            with(|trip| trip["legs"][3]["kind"] = json!("rocket")),
        ),
        (
            "legs[0].spec.date",
            with(|trip| trip["legs"][0]["spec"]["date"] = json!("2027-02-30")),
        ),
        (
            "legs[0].spec.date",
            with(|trip| trip["legs"][0]["spec"]["date"] = json!("soon")),
        ),
        (
            "legs[2].spec.check_out",
            with(|trip| trip["legs"][2]["spec"]["check_out"] = json!("2027-02-01")),
        ),
        (
            "legs[3].spec.drop_off",
            with(|trip| trip["legs"][3]["spec"]["drop_off"] = json!("2027-02-01")),
        ),
        (
            "legs[0].spec.passengers",
            with(|trip| trip["legs"][0]["spec"]["passengers"] = json!(0)),
        ),
        (
            "legs[0].spec.passengers",
            with(|trip| trip["legs"][0]["spec"]["passengers"] = json!("two")),
        ),
        (
            "legs[0].spec.passengers",
            with(|trip| trip["legs"][0]["spec"]["passengers"] = json!(-1)),
        ),
        (
            "legs[0].spec.to",
            with(|trip| trip["legs"][0]["spec"]["to"] = json!("GRU")),
        ),
        (
            "legs[0].spec.seat",
            with(|trip| trip["legs"][0]["spec"]["seat"] = json!("12A")),
        ),
        (
            "legs[0].simulate",
            with(|trip| trip["legs"][0]["simulate"] = json!({"capture": "refuse"})),
        ),
        (
            "legs[0].simulate.hold",
            with(|trip| trip["legs"][0]["simulate"] = json!({"hold": "explode"})),
        ),
        (
            "legs[0].spec.date",
            with(|trip| trip["legs"][0]["spec"]["date"] = json!("2020-03-01")),
        ),
        (
            "legs",
            with(|trip| trip["legs"] = vec![trip["legs"][0].clone(); 1000].into()),
        ),
        ("legs", with(|trip| trip["legs"] = json!("none"))),
        ("customer", with(|trip| trip["customer"] = json!(7))),
        (
            "customer.email",
            with(|trip| trip["customer"]["email"] = json!("nobody")),
        ),
        (
            "customer.email",
            with(|trip| trip["customer"]["email"] = "x".repeat(300_000).into()),
        ),
        ("hold_seconds", with(|trip| trip["hold_seconds"] = json!(0))),
        (
            "hold_seconds",
            with(|trip| trip["hold_seconds"] = json!(86_401)),
        ),
        (
            "payment",
            with(|trip| trip["payment"] = json!({"card": "4242 4242 4242 4242"})),
        ),
        (
            "payment.token",
            with(|trip| trip["payment"]["token"] = json!("4242424242424242")),
        ),
        ("discount", with(|trip| trip["discount"] = json!(100))),
        ("booking", json!([])),
        ("booking", json!("a trip, please")),
    ]
}

#[tokio::test]
async fn bad_input_fails_the_execution_at_once_and_names_the_field() {
    let stack = Stack::connect().await;
    for (field, trip) in bad_trips() {
        if trip.to_string().len() > 262_144 {
            continue; // more than an execution takes; see the next test
        }
        let name = fresh_name("bad");
        let ended = stack.end_of(&stack.start(&name, &trip).await).await;
        assert_eq!(ended.status, ExecutionStatus::Failed, "{field}");
        assert_eq!(ended.error, "InvalidBooking", "{field}: {}", ended.cause);
        assert!(
            ended.cause.starts_with(&format!("{field}: ")),
            "{field}: {}",
            ended.cause
        );
        assert!(
            stack
                .store
                .find(&name.parse().unwrap())
                .await
                .unwrap()
                .is_none(),
            "{field}"
        );
        assert!(stack.audit(&name).await.is_empty(), "{field}");
    }
}

#[tokio::test]
async fn bad_input_is_refused_by_the_function_itself_whatever_its_size() {
    let stack = Stack::connect().await;
    for (field, trip) in bad_trips() {
        let name = fresh_name("bad");
        let request = json!({"name": name, "execution": "arn:nobody", "input": trip});
        let refused = stack.invoke("OpenFunction", &request).await.unwrap_err();
        assert_eq!(
            refused.name, "InvalidBooking",
            "{field}: {}",
            refused.message
        );
        assert!(
            refused.message.starts_with(&format!("{field}: ")),
            "{field}: {}",
            refused.message
        );
        assert!(
            refused.message.len() < 500,
            "{field}: {} characters",
            refused.message.len()
        );
    }
}

#[tokio::test]
async fn a_message_never_repeats_what_a_payment_holds() {
    let stack = Stack::connect().await;
    let mut trip = Trip::sample().0;
    for bad in [
        json!({"token": "4242424242424242"}),
        json!({"number": "4242424242424242"}),
        json!("4242424242424242"),
    ] {
        trip["payment"] = bad;
        let request = json!({"name": fresh_name("bad"), "execution": "arn:nobody", "input": trip});
        let refused = stack.invoke("OpenFunction", &request).await.unwrap_err();
        assert!(!refused.message.contains("4242"), "{}", refused.message);
    }
}

#[tokio::test]
async fn a_name_that_is_no_booking_id_is_refused() {
    let stack = Stack::connect().await;
    let name = format!("{:n<61}", fresh_name("name"));
    let ended = stack
        .end_of(&stack.start(&name, &Trip::sample().0).await)
        .await;
    assert_eq!(ended.error, "InvalidBooking");
    assert!(
        ended.cause.starts_with("the execution's name: "),
        "{}",
        ended.cause
    );
}
