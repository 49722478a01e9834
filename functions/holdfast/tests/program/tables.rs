//! The operator's commands on a real DynamoDB engine, with a booking as the booking service stores it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_testing::{Index, create_table, start_database};
use serde_json::Value;

use crate::program::{Ended, Program};

/// A trip whose hotel could not be released.
const STORED: &str = include_str!("../../../booking/tests/fixtures/needs_attention_leg.json");
const ID: &str = "needs_attention_leg";
const INDEXES: [Index<'_>; 1] = [Index {
    name: "unfinished",
    hash: "unfinished",
    range: "due",
}];

/// The desk, and where its tables are.
struct Desk {
    program: Program,
    address: String,
}

impl Desk {
    /// With nothing in its tables.
    async fn empty() -> (Self, Client) {
        let (client, address) = start_database().await;
        for table in ["bookings", "orders"] {
            create_table(&client, table, &INDEXES).await;
        }
        let program = Program::without_settings();
        (Self { program, address }, client)
    }

    /// With a booking that waits.
    async fn with_a_booking() -> Self {
        let (desk, client) = Self::empty().await;
        // What is to come does not wait.
        let past = STORED.replace("2027-01-10", "2026-01-10");
        let stored: Value = serde_json::from_str(&past).unwrap();
        for item in stored["bookings"].as_array().unwrap() {
            let put = client.put_item().table_name("bookings");
            put.set_item(Some(fields(item))).send().await.unwrap();
        }
        desk
    }

    async fn run(&self, line: &str) -> Ended {
        self.run_on(line, "bookings").await
    }

    async fn run_on(&self, line: &str, bookings: &str) -> Ended {
        let settings = [
            ("HOLDFAST_BOOKINGS_TABLE", bookings),
            ("HOLDFAST_ORDERS_TABLE", "orders"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.address),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ];
        self.program
            .run_with(&format!("desk {line}"), &settings)
            .await
    }
}

/// An item, from the JSON of DynamoDB.
fn fields(item: &Value) -> HashMap<String, AttributeValue> {
    let fields = item.as_object().unwrap().iter();
    let fields = fields.map(|(name, value)| (name.clone(), attribute(value)));
    fields.collect()
}

fn attribute(value: &Value) -> AttributeValue {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    let text = || inner.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(inner.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "M" => AttributeValue::M(fields(inner)),
        "L" => AttributeValue::L(inner.as_array().unwrap().iter().map(attribute).collect()),
        other => panic!("an attribute of kind {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_listed_at_once() {
    let desk = Desk::with_a_booking().await;
    let began = Instant::now();
    let ended = desk.run("list").await;
    let took = began.elapsed();
    println!("holdfast desk list took {took:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let line = ended.out.lines().nth(1).unwrap_or_default();
    assert!(
        line.starts_with(ID) && line.contains("release hotel"),
        "{ended:?}"
    );
    assert!(took < Duration::from_secs(3), "{took:?}");
    let (empty, _) = Desk::empty().await;
    assert_eq!(empty.run("list").await.out, "nothing waits\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saga_is_shown_told_and_replayed() {
    let desk = Desk::with_a_booking().await;
    for (line, part) in [
        ("show", "LAST ERROR"),
        ("history", "leg_release_failed"),
        ("replay", "needs_attention"),
    ] {
        let ended = desk.run(&format!("{line} {ID}")).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains(part), "{line}: {ended:?}");
        let json = desk.run(&format!("{line} {ID} --json")).await;
        assert!(serde_json::from_str::<Value>(&json.out).is_ok(), "{json:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_waited_for_and_told_by_its_exit_status() {
    let desk = Desk::with_a_booking().await;
    let ended = desk.run(&format!("wait {ID}")).await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(
        ended
            .out
            .starts_with("NEEDS ATTENTION  needs_attention_leg"),
        "{ended:?}"
    );
    assert!(ended.out.contains("compensate failed"), "{ended:?}");
    let resolve = format!("resolve {ID} --reason x --as ana");
    assert_eq!(desk.run(&resolve).await.code, Some(0));
    let ended = desk.run(&format!("wait {ID}")).await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(
        ended
            .out
            .starts_with("UNDONE  needs_attention_leg  cancelled"),
        "{ended:?}"
    );
    let json = desk.run(&format!("wait {ID} --json")).await;
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["status"], "cancelled");
    let told = desk.run("wait no-such-saga --wait 1").await;
    assert_eq!(
        told.complaint(2),
        "there is no booking and no order no-such-saga"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_hand_is_recorded_and_the_supplier_not_asked() {
    let desk = Desk::with_a_booking().await;
    let other = format!("resolve {ID} --part payment --reason x --as ana");
    assert_eq!(
        desk.run(&other).await.complaint(2),
        "needs_attention_leg: nothing is left of payment; what is left: release hotel"
    );
    let dry = desk
        .run(&format!("resolve {ID} --reason x --dry-run"))
        .await;
    assert_eq!(
        dry.out,
        "needs_attention_leg: needs_attention -> cancelled, if all of it succeeds (dry run)\n  \
         release hotel: would be recorded as done by hand\n"
    );
    let done = desk.run(&format!("resolve {ID} --reason x --as ana")).await;
    assert_eq!(
        done.out,
        "needs_attention_leg: needs_attention -> cancelled\n  \
         release hotel: recorded as done by hand; the supplier was not asked\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_would_be_tried() {
    let desk = Desk::with_a_booking().await;
    let line = format!("redrive {ID} --dry-run --suppliers-url http://127.0.0.1:9");
    let told = desk.run(&line).await;
    assert_eq!(told.code, Some(0), "{told:?}");
    let would = "release hotel: would be tried; the supplier may refuse";
    assert!(told.out.contains(would), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_named() {
    let (desk, _) = Desk::empty().await;
    let told = desk.run_on("list", "no-such-table").await;
    assert_eq!(
        told.complaint(2),
        "there is no table no-such-table: is it that of this stack? `source .local/env` again"
    );
}
