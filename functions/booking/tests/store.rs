//! The bookings' table, by way of the real store, against a real DynamoDB engine in process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_booking::store::{Lost, Row, Written};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingState, BookingStatus, PaymentState, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde_json::json;

use support::gate::{Gate, Held};
use support::table::BOOKINGS;
use support::{Bench, Noted, TOKEN};

type Item = HashMap<String, AttributeValue>;

/// A change that gives the booking a reason, and nothing else.
fn with_reason(bench: &Bench, snapshot: &Snapshot, reason: &str) -> Transition {
    let booking = &snapshot.booking;
    let state = BookingState {
        reason: Some(reason.to_owned()),
        ..booking.state.clone()
    };
    change(bench, snapshot).booking(booking, state)
}

fn change(bench: &Bench, snapshot: &Snapshot) -> Transition {
    let (id, trace) = (&snapshot.booking.booking_id, &snapshot.booking.trace_id);
    Transition::new(
        id,
        EventName::CommandTaken,
        "test",
        trace,
        bench.clock().now(),
    )
}

/// Whatever has been done since, an event is added after those before it.
fn a_second_later(bench: &Bench) {
    bench.clock.advance(Duration::from_secs(1));
}

async fn opened(bench: &Bench, id: &str) -> Snapshot {
    let opened = bench.open(id, support::flight_and_hotel()).await;
    bench.snapshot(&opened.booking_id).await
}

async fn items(bench: &Bench) -> Vec<Item> {
    let pages = bench.client.scan().table_name(BOOKINGS);
    let mut pages = pages.into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(item.unwrap());
    }
    items
}

#[tokio::test]
async fn a_transition_is_written_whole() {
    let bench = Bench::new().await;
    let before = opened(&bench, "whole").await;
    a_second_later(&bench);
    let paid = PaymentState {
        attempts: 1,
        ..PaymentState::none()
    };
    let transition = with_reason(&bench, &before, "why")
        .leg(&before.legs[1], before.legs[1].state.clone())
        .payment(&before.payment, paid.clone());
    let written = bench.store.write(&transition).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let after = bench.snapshot(&before.booking.booking_id).await;
    assert_eq!(after.booking.state.reason.as_deref(), Some("why"));
    assert_eq!(after.payment.state, paid);
    let versions = (after.booking.version, after.payment.version);
    assert_eq!((versions, after.legs[1].version), ((2, 2), 2));
    assert_eq!(bench.history(&after.booking.booking_id).await.len(), 2);
}

#[tokio::test]
async fn a_transition_of_which_one_record_is_outdated_is_not_written_at_all() {
    let bench = Bench::new().await;
    let before = opened(&bench, "nothing").await;
    a_second_later(&bench);
    let first = bench
        .store
        .write(&with_reason(&bench, &before, "first"))
        .await;
    assert!(matches!(first, Ok(Written::Applied)), "{first:?}");
    let stored = items(&bench).await;
    a_second_later(&bench);
    let paid = PaymentState {
        attempts: 1,
        ..PaymentState::none()
    };
    let second = with_reason(&bench, &before, "second")
        .payment(&before.payment, paid)
        .leg(&before.legs[0], before.legs[0].state.clone());
    let refused = bench.store.write(&second).await;
    let Err(Lost::Race(current)) = refused else {
        panic!("{refused:?}")
    };
    let [Row::Booking(booking)] = &current[..] else {
        panic!("the booking as it is now, and no other row: {current:?}")
    };
    assert_eq!(booking.state.reason.as_deref(), Some("first"));
    assert_eq!(items(&bench).await, stored);
}

#[tokio::test]
async fn a_replay_changes_nothing_and_is_told_apart_from_a_lost_race() {
    let bench = Bench::new().await;
    let before = opened(&bench, "replay").await;
    a_second_later(&bench);
    let transition = with_reason(&bench, &before, "why");
    let written = bench.store.write(&transition).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let stored = items(&bench).await;
    a_second_later(&bench);
    for replay in [transition, with_reason(&bench, &before, "why")] {
        let again = bench.store.write(&replay).await;
        assert!(matches!(again, Ok(Written::AlreadyApplied)), "{again:?}");
    }
    assert_eq!(items(&bench).await, stored);
}

#[tokio::test]
async fn an_attempt_to_pay_is_never_taken_for_another_one() {
    let bench = Bench::new().await;
    let before = opened(&bench, "attempts").await;
    let attempt = |attempts| PaymentState {
        attempts,
        ..PaymentState::none()
    };
    let first = change(&bench, &before).payment(&before.payment, attempt(1));
    let second = change(&bench, &before).payment(&before.payment, attempt(2));
    let written = bench.store.write(&first).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let lost = bench.store.write(&second).await;
    assert!(matches!(lost, Err(Lost::Race(_))), "{lost:?}");
}

#[tokio::test]
async fn an_event_is_never_overwritten() {
    let bench = Bench::new().await;
    let legs = json!([{"id": "booking", "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}}]);
    let id = bench.open("namesake", legs).await.booking_id;
    // At the same moment, and both are second versions of a record called `booking`.
    bench.all_legs(&id, Action::Hold).await.expect("held");
    let mut paid = bench.authorize(&id, 1, TOKEN).await;
    if let Err(Failure::Unavailable(_)) = paid {
        a_second_later(&bench);
        paid = bench.authorize(&id, 1, TOKEN).await;
    }
    paid.expect("authorized");
    assert_eq!(bench.history(&id).await.len(), 4);
}

#[tokio::test]
async fn who_loses_a_race_is_handed_what_is_there_now_without_another_look() {
    let bench = Bench::new().await;
    let before = opened(&bench, "handed").await;
    a_second_later(&bench);
    let first = bench
        .store
        .write(&with_reason(&bench, &before, "first"))
        .await;
    assert!(matches!(first, Ok(Written::Applied)), "{first:?}");
    let (store, gate) = Gate::shut(&bench.address, Held::Answer).await;
    gate.open();
    let seen = std::sync::Mutex::new(Vec::new());
    let changed = store
        .change(before.clone(), |snapshot| {
            seen.lock().unwrap().push(snapshot.booking.clone());
            Ok(Some(with_reason(&bench, snapshot, "second")))
        })
        .await
        .expect("the second try");
    assert_eq!(gate.calls(), 2, "two writes and no read");
    let now = bench.snapshot(&before.booking.booking_id).await;
    assert_eq!(changed, now);
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], before.booking);
    assert_eq!(seen[1].state.reason.as_deref(), Some("first"));
    assert_eq!(seen[1].version, 2);
}

#[tokio::test]
async fn a_history_of_several_pages_is_read_to_its_end() {
    let bench = Bench::new().await;
    let mut snapshot = opened(&bench, "long").await;
    let id = snapshot.booking.booking_id.clone();
    let (long, many) = ("x".repeat(40_000), 60);
    for _ in 0..many {
        let write = |snapshot: &Snapshot| {
            let mut transition = with_reason(&bench, snapshot, "still");
            transition.event.note = Some(long.clone());
            Ok(Some(transition))
        };
        snapshot = bench.store.change(snapshot, write).await.expect("written");
    }
    let events = bench.history(&id).await;
    assert_eq!(events.len(), many + 1);
    let notes = events.iter().filter_map(|event| event.note.as_ref());
    assert!(notes.map(String::len).sum::<usize>() > 2_000_000);
}

#[tokio::test]
async fn a_booking_is_found_as_unfinished_until_it_is_finished() {
    let bench = Bench::new().await;
    let id = bench.confirmed("found").await;
    let head = head(&bench, &id).await;
    assert_eq!(head["unfinished"].as_s().unwrap(), "confirming");
    assert!(!head.contains_key("expires"), "{head:?}");
    assert_eq!(
        found(&bench, "unfinished", "unfinished", "confirming").await,
        ["found"]
    );
    bench.settle(&id).await.expect("booked");
    let undone = bench.held("undone").await;
    assert_eq!(
        found(&bench, "unfinished", "unfinished", "holding").await,
        ["undone"]
    );
    bench.unwind_and_close(&undone, "Cancelled").await;
    for id in [id, undone] {
        let head = self::head(&bench, &id).await;
        assert!(!head.contains_key("unfinished"), "{head:?}");
        let expires: i64 = head["expires"].as_n().unwrap().parse().unwrap();
        assert!(expires > bench.clock().now().as_seconds() + 365 * 86_400);
    }
    for status in BookingStatus::ALL {
        let left = found(&bench, "unfinished", "unfinished", status.as_str()).await;
        assert!(left.is_empty(), "{status:?}: {left:?}");
    }
    let mut of_customer = found(&bench, "by-customer", "customer_id", "cus_1").await;
    of_customer.sort();
    assert_eq!(of_customer, ["found", "undone"]);
}

async fn head(bench: &Bench, id: &BookingId) -> Item {
    let text = |text: String| AttributeValue::S(text);
    let got = bench
        .client
        .get_item()
        .table_name(BOOKINGS)
        .key("pk", text(format!("BOOKING#{id}")))
        .key("sk", text("BOOKING".to_owned()))
        .send();
    got.await.unwrap().item.expect("the booking")
}

/// The bookings that an index finds.
async fn found(bench: &Bench, index: &str, attribute: &str, value: &str) -> Vec<String> {
    let found = bench
        .client
        .query()
        .table_name(BOOKINGS)
        .index_name(index)
        .key_condition_expression("#attribute = :value")
        .expression_attribute_names("#attribute", attribute)
        .expression_attribute_values(":value", AttributeValue::S(value.to_owned()))
        .send()
        .await
        .unwrap();
    let id = |item: &Item| item["pk"].as_s().unwrap().replace("BOOKING#", "");
    found.items().iter().map(id).collect()
}

#[tokio::test]
async fn what_is_paid_with_is_never_stored() {
    let bench = Bench::new().await;
    let id = bench.held("paid").await;
    for (attempt, token) in [(1, "tok_declined"), (2, "tok_insufficient_funds")] {
        let declined = bench.authorize(&id, attempt, token).await.unwrap_err();
        assert_eq!(declined.name(), "Declined");
    }
    bench.authorize(&id, 3, TOKEN).await.expect("authorized");
    bench
        .all_legs(&id, Action::Confirm)
        .await
        .expect("confirmed");
    bench.settle(&id).await.expect("booked");
    let stored = format!("{:?}", items(&bench).await);
    assert!(stored.contains("captured") && !stored.contains("tok_"));
    assert!(stored.contains("traveller@example.com"));
}

#[tokio::test]
async fn a_leg_that_was_given_back_is_not_paid_for() {
    let bench = Bench::new().await;
    let id = bench.held("dropped").await;
    let before = bench.snapshot(&id).await;
    let (out, hotel) = (&before.legs[0], &before.legs[1]);
    bench.waits(&id, "1").await.expect("it waits");
    bench
        .says(&id, "drop_leg", json!("hotel"))
        .await
        .expect("taken");
    bench
        .leg(
            &id,
            hotel.kind,
            hotel.id.as_str(),
            hotel.order,
            Action::Release,
        )
        .await
        .expect("given back");
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    let amount = bench.snapshot(&id).await.booking.state.amount;
    assert_eq!(amount, out.state.price, "the flight alone");
}

#[tokio::test]
async fn a_wake_up_is_ordered_for_every_deadline_and_forgotten_in_the_end() {
    let bench = Bench::new().await;
    let id = bench.confirmed("woken").await;
    let deadline = bench.snapshot(&id).await.booking.state.timer.deadline;
    bench.settle(&id).await.expect("booked");
    let notes = bench.wakes.notes();
    let [Noted::Wake(wake_up), Noted::Forget(forgotten, 1)] = &notes[..] else {
        panic!("{notes:?}")
    };
    assert_eq!((&wake_up.id, wake_up.generation), (&id, 1));
    assert_eq!((wake_up.due, forgotten), (deadline, &id));
}
