//! A booking that has not ended is kept with all its parts, however long it waits.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_booking::commands::CommandRequest;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::ids::BookingId;
use serde_json::json;

use crate::reminders::at_the_desk;
use crate::stage::Stage;
use crate::support::table::BOOKINGS;

const DAY: u64 = 86_400;
const DAY_SECONDS: i64 = 86_400;

type Item = HashMap<String, AttributeValue>;

/// The rows and events of a booking, without the claims.
async fn rows(stage: &Stage, id: &BookingId) -> Vec<Item> {
    let pk = AttributeValue::S(format!("BOOKING#{id}"));
    let found = stage.bench.client.query().table_name(BOOKINGS);
    let found = found.key_condition_expression("pk = :pk");
    let found = found.expression_attribute_values(":pk", pk).send().await;
    let mut rows = found.unwrap().items.unwrap();
    rows.retain(|row| sort(row) != "WATCH");
    rows
}

fn sort(row: &Item) -> &str {
    row["sk"].as_s().unwrap()
}

fn expires(row: &Item) -> Option<i64> {
    let expires = row.get("expires")?.as_n().unwrap();
    Some(expires.parse().unwrap())
}

#[tokio::test]
async fn no_part_of_a_booking_that_waits_at_the_desk_expires() {
    let stage = Stage::new().await;
    let id = at_the_desk(&stage, "old", "unavailable").await;
    let written = rows(&stage, &id).await;
    let (before, history) = (
        stage.bench.snapshot(&id).await,
        stage.bench.history(&id).await,
    );
    for _ in 0..150 {
        stage.pass(10 * DAY);
        stage.sweep().await;
        let now = stage.now().as_seconds();
        for row in rows(&stage, &id).await {
            let left = expires(&row).map(|expires| (expires - now) / DAY_SECONDS);
            match sort(&row) {
                "BOOKING" => assert_eq!(left, None, "it has not ended"),
                part => assert!(left >= Some(690), "{part} has {left:?} days left"),
            }
        }
    }
    assert_eq!(rows(&stage, &id).await.len(), written.len());
    assert_eq!(stage.bench.snapshot(&id).await, before);
    assert_eq!(stage.bench.history(&id).await, history);
}

#[tokio::test]
async fn no_part_of_a_trip_that_is_given_back_late_expires_before_the_rest() {
    let stage = Stage::new().await;
    let id = stage.bench.confirmed("late").await;
    stage.bench.settle(&id).await.expect("booked");
    stage.pass(729 * DAY);
    let command = json!({"command": "cancel", "booking_id": id, "legs": ["hotel"],
        "refund": {"amount": 0, "currency": "BRL"}});
    let command = CommandRequest::read(&command).unwrap();
    stage.commands().take(&command).await.expect("taken");
    let now = stage.now().as_seconds();
    for row in rows(&stage, &id).await {
        let left = expires(&row).map(|expires| (expires - now) / DAY_SECONDS);
        match sort(&row) {
            "BOOKING" => assert_eq!(left, None, "it has not ended"),
            part => assert!(left >= Some(690), "{part} has {left:?} days left"),
        }
    }
}

#[tokio::test]
async fn what_ends_in_time_is_written_once() {
    let stage = Stage::new().await;
    let booked = stage.bench.confirmed("booked").await;
    stage.bench.settle(&booked).await.expect("booked");
    let undone = stage.bench.held("undone").await;
    let closed = stage.bench.unwind_and_close(&undone, "Cancelled").await;
    assert_eq!(closed.status, BookingStatus::Cancelled);
    for id in [booked, undone] {
        let written = rows(&stage, &id).await;
        assert!(written.iter().all(|row| expires(row).is_some()));
        for _ in 0..10 {
            stage.pass(60 * DAY);
            stage.sweep().await;
        }
        assert_eq!(rows(&stage, &id).await, written);
    }
}
