//! A payment that its supplier has not decided yet: the execution waits, the pause is kept alive, and
//! a report that comes too early, twice, falsely or not at all changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod anew;
mod second_thoughts;
mod stage;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use holdfast_booking::steps::{Authorizations, Tendered, Terms};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;
use holdfast_kit::rehearsal::Simulation;
use serde_json::json;
use stage::{PENDING_CARD, Stage};
use support::gate::{Gate, Held};
use support::{LEASE, PENDING, TOKEN};

/// Confirms and settles, and looks at all that is left.
async fn is_booked(stage: &Stage, id: &BookingId) {
    let bench = &stage.bench;
    bench
        .all_legs(id, Action::Confirm)
        .await
        .expect("confirmed");
    let view = bench.settle(id).await.expect("settled");
    assert_eq!(view.status, BookingStatus::Booked);
    let paid = ["hotel confirmed", "out confirmed", "payment captured"];
    assert_eq!(bench.audit(id).await, paid);
    bench.history(id).await;
}

/// Unwinds, and finds nothing left.
async fn is_undone(stage: &Stage, id: &BookingId, error: &str, status: BookingStatus) {
    let view = stage.bench.unwind_and_close(id, error).await;
    assert_eq!(view.status, status);
    assert!(stage.bench.audit(id).await.is_empty());
    stage.bench.history(id).await;
}

#[tokio::test]
async fn a_decision_that_is_reported_lets_the_execution_go_on() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    let standing = stage.bench.snapshot(&id).await;
    assert_eq!(standing.payment.state.status, PaymentStatus::Pending);
    assert_eq!(standing.booking.state.status, BookingStatus::Paying);
    assert_eq!(stage.bench.audit(&id).await[2], "payment pending");

    stage.waits(&id, "t1").await.expect("it waits");
    assert!(stage.told.words().is_empty());
    assert_eq!(stage.bank(&id, "approve").await, 200);
    stage.learns(&id, 1).await;
    assert_eq!(stage.told.words(), ["t1: authorized"]);
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_decision_that_was_quicker_than_the_execution_is_found_by_it() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.bank(&id, "approve").await;
    stage.learns(&id, 1).await;
    assert!(stage.told.words().is_empty(), "nobody waits yet");
    stage.waits(&id, "t1").await.expect("it goes on");
    assert_eq!(stage.told.words(), ["t1: authorized"]);
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_decision_that_is_never_reported_is_found_by_asking() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.waits(&id, "t1").await.expect("it waits");
    stage.bank(&id, "approve").await;
    stage.bench.clock.advance(Duration::from_secs(60));
    stage.waits(&id, "t2").await.expect("it goes on");
    assert_eq!(stage.told.words(), ["t2: authorized"]);
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_decision_that_comes_before_the_answer_is_recorded_is_no_less_one() {
    let stage = Stage::new().await;
    let id = stage.bench.held("b1").await;
    let payment = json!({"token": PENDING_CARD, "simulate": {"authorize": "unavailable:1"}});
    let begun = stage.bench.pay(&id, 1, payment.clone()).await;
    assert!(matches!(begun, Err(Failure::Unavailable(_))), "{begun:?}");
    let total = stage.bench.snapshot(&id).await.total();
    let body = json!({"booking": id, "attempt": 1, "token": PENDING_CARD, "amount": total});
    let key = format!("{id}/payment/authorize");
    let told = stage.bench.tell_suppliers("/payment/authorize", &key, body);
    assert_eq!(told.await, 202);
    stage.bank(&id, "approve").await;
    stage.learns(&id, 1).await;
    let paid = stage.bench.pay(&id, 1, payment).await.expect("authorized");
    assert_eq!(paid.status, PaymentStatus::Authorized);
    is_booked(&stage, &id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_overtakes_the_suppliers_own_answer_is_no_less_one() {
    let stage = Stage::new().await;
    let id = stage.bench.held("b1").await;
    let payment = json!({"token": PENDING_CARD, "simulate": {"authorize": "unavailable:1"}});
    stage.bench.pay(&id, 1, payment.clone()).await.unwrap_err(); // it is begun
    let (store, gate) = Gate::shut(&stage.bench.address, Held::Request).await;
    let (slow, of) = (stage.bench.with_store(store), id.clone());
    let paying = tokio::spawn(async move { slow.pay(&of, 1, payment).await });
    gate.reached().await; // pending, and about to be recorded
    stage.bank(&id, "approve").await;
    stage.learns(&id, 1).await;
    gate.open();
    let paid = paying.await.unwrap().expect("authorized");
    assert_eq!(paid.status, PaymentStatus::Authorized);
    is_booked(&stage, &id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_overtakes_whoever_begins_to_wait_is_found() {
    for (decision, found) in [("approve", None), ("decline", Some("Declined"))] {
        let stage = Stage::new().await;
        let id = stage.pending("b1").await;
        let (store, gate) = Gate::shut(&stage.bench.address, Held::Request).await;
        let slow = Stage {
            bench: stage.bench.with_store(store),
            ..stage.clone()
        };
        let of = id.clone();
        let waiting = tokio::spawn(async move { slow.waits(&of, "t1").await });
        gate.reached().await; // about to keep its token
        stage.bank(&id, decision).await;
        stage.learns(&id, 1).await;
        gate.open();
        let waited = waiting.await.unwrap();
        assert_eq!(waited.err().map(|failure| failure.name()), found);
        if decision == "approve" {
            assert_eq!(stage.told.words(), ["t1: authorized"]);
            is_booked(&stage, &id).await;
        }
    }
}

#[tokio::test]
async fn a_late_asking_of_the_first_attempt_leaves_the_second_alone() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.bank(&id, "decline").await;
    stage.learns(&id, 1).await;
    stage
        .bench
        .authorize(&id, 2, PENDING_CARD)
        .await
        .unwrap_err();
    let before = stage.bench.snapshot(&id).await;
    let waited = stage.waits(&id, "t1").await;
    assert!(matches!(waited, Err(Failure::Conflict(_))), "{waited:?}");
    assert_eq!(stage.bench.snapshot(&id).await, before);
}

#[tokio::test]
async fn a_decision_is_not_waited_for_longer_than_the_suppliers_hold() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    let standing = stage.bench.snapshot(&id).await;
    let patience_ends = stage.bench.clock().now() + PENDING;
    assert!(standing.holds_end().unwrap() > patience_ends);
    assert_eq!(standing.payment.decide_by, Some(patience_ends));
    let late = stage.bench.held("b2").await;
    let holds_end = stage.bench.snapshot(&late).await.holds_end().unwrap();
    let long = holds_end - Duration::from_secs(100);
    let shorter = Authorizations {
        terms: Terms {
            patience: stage.bench.clock().now().until(long) * 2,
            ..stage.bench.authorizations().terms
        },
        ..stage.bench.authorizations()
    };
    let step = support::payment_step(&late, Action::Authorize, 1, Some(tendered(PENDING_CARD)));
    shorter.take(&step).await.unwrap_err();
    let decide_by = stage.bench.snapshot(&late).await.payment.decide_by;
    assert_eq!(decide_by, Some(holds_end));
}

fn tendered(token: &str) -> Tendered {
    serde_json::from_value(json!({ "token": token })).unwrap()
}

#[tokio::test]
async fn a_decision_against_it_gives_the_traveller_the_remaining_time_back() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.waits(&id, "t1").await.expect("it waits");
    assert_eq!(stage.bank(&id, "decline").await, 200);
    stage.learns(&id, 1).await;
    assert_eq!(stage.told.words(), ["t1: Declined"]);
    let standing = stage.bench.snapshot(&id).await;
    assert_eq!(
        standing.booking.state.status,
        BookingStatus::AwaitingPayment
    );
    assert_eq!(standing.booking.state.timer.state, State::Running);
    let paid = stage.bench.authorize(&id, 2, TOKEN).await;
    assert_eq!(paid.expect("authorized").status, PaymentStatus::Authorized);
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_decision_against_it_that_is_found_by_asking_fails_the_step() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.bank(&id, "decline").await;
    let waited = stage.waits(&id, "t1").await;
    assert!(matches!(waited, Err(Failure::Declined(_))), "{waited:?}");
    assert!(
        stage.told.words().is_empty(),
        "the failure itself is the word"
    );
}

#[tokio::test]
async fn false_early_and_repeated_reports_change_nothing() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.waits(&id, "t1").await.expect("it waits");
    let before = stage.bench.snapshot(&id).await;
    stage.learns(&id, 1).await; // early: the bank has not decided
    stage.learns(&id, 2).await; // of an attempt that never was
    stage.learns(&"nobodys".parse().unwrap(), 1).await;
    assert_eq!(stage.bench.snapshot(&id).await, before);
    assert!(stage.told.words().is_empty());

    stage.bank(&id, "decline").await;
    stage.learns(&id, 1).await;
    let token = holdfast_booking::steps::WaitRequest {
        booking_id: id.clone(),
        token: "of the traveller's command".to_owned(),
        since: Since::default(),
    };
    stage
        .bench
        .wait_step()
        .wait(&token)
        .await
        .expect("it waits");
    let after = stage.bench.snapshot(&id).await;
    stage.learns(&id, 1).await; // again, when the execution waits for something else
    assert_eq!(stage.bench.snapshot(&id).await, after);
    assert_eq!(stage.told.words(), ["t1: Declined"]);
}

#[tokio::test]
async fn while_it_waits_the_timer_does_not_fire_though_the_deadline_passes() {
    let stage = Stage::new().await;
    let bench = &stage.bench;
    let id = bench.held("b1").await;
    bench.clock.advance(Duration::from_secs(890)); // ten seconds are left
    bench.authorize(&id, 1, PENDING_CARD).await.unwrap_err();
    for token in ["t1", "t2", "t3"] {
        bench.clock.advance(LEASE / 2);
        stage.waits(&id, token).await.expect("it waits");
    }
    let state = bench.snapshot(&id).await.booking.state.timer.state;
    let lease_ends = bench.clock().now() + LEASE;
    assert_eq!(state, State::Paused { lease_ends });
    stage.bank(&id, "approve").await;
    stage.learns(&id, 1).await;
    assert_eq!(stage.told.words(), ["t3: authorized"]);
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_lease_that_nobody_has_kept_alive_is_over() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.bench.clock.advance(LEASE);
    let waited = stage.waits(&id, "t1").await;
    assert!(matches!(waited, Err(Failure::Refused(_))), "{waited:?}");
    is_undone(&stage, &id, "Refused", BookingStatus::Failed).await;
}

#[tokio::test]
async fn a_decision_that_does_not_come_is_not_waited_for_for_ever() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    let mut waited = stage.waits(&id, "t").await;
    for _ in 0..5 {
        assert!(waited.is_ok(), "{waited:?}");
        stage.bench.clock.advance(PENDING / 5);
        waited = stage.waits(&id, "t").await;
    }
    assert!(matches!(waited, Err(Failure::Refused(_))), "{waited:?}");
    let renewed = stage.bench.events(&id).await;
    let renewed = renewed
        .iter()
        .filter(|event| event.name == EventName::LeaseRenewed);
    assert_eq!(renewed.count(), 5, "not once more when the time was over");
    is_undone(&stage, &id, "Refused", BookingStatus::Failed).await;
    assert_eq!(stage.bank(&id, "approve").await, 409, "it has been voided");
    stage.learns(&id, 1).await;
    assert!(stage.bench.audit(&id).await.is_empty());
}

#[tokio::test]
async fn a_decision_that_comes_when_all_is_undone_leaves_nothing_behind() {
    let stage = Stage::new().await;
    let id = stage.pending("b1").await;
    stage.waits(&id, "t1").await.expect("it waits");
    let work = stage.bench.unwind(&id, "Cancelled").await.unwrap();
    stage.bank(&id, "approve").await; // between the plan and the void
    stage.learns(&id, 1).await;
    assert_eq!(stage.told.words(), ["t1: Refused"]);
    for work in work {
        stage.bench.work(&id, &work).await.expect("it is undone");
    }
    let view = stage.bench.close(&id).await.unwrap();
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert!(stage.bench.audit(&id).await.is_empty());
    stage.bench.history(&id).await;
}

#[tokio::test]
async fn an_answer_that_got_lost_is_known_to_be_pending() {
    let stage = Stage::new().await;
    let id = stage.bench.held("b1").await;
    let payment = json!({"token": PENDING_CARD, "simulate": {"authorize": "lost"}});
    let paid = stage.bench.pay(&id, 1, payment).await;
    assert!(matches!(paid, Err(Failure::Pending(_))), "{paid:?}");
    stage.bank(&id, "approve").await;
    stage.waits(&id, "t1").await.expect("it goes on");
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn whatever_dies_or_is_doubled_while_it_waits_it_goes_on_once() {
    for mishap in ["crash_before", "crash_after", "twice"] {
        let mut stage = Stage::new().await;
        stage.bench.simulation = Simulation::dying_by(|| panic!("dies, as scripted"));
        let opened = stage.bench.open_with("b1", json!({"await": mishap})).await;
        let id = opened.booking_id;
        stage.bench.all_legs(&id, Action::Hold).await.unwrap();
        stage
            .bench
            .authorize(&id, 1, PENDING_CARD)
            .await
            .unwrap_err();
        stage.bank(&id, "approve").await;
        let (dying, of) = (stage.clone(), id.clone());
        let first = tokio::spawn(async move { dying.waits(&of, "t1").await }).await;
        assert_eq!(first.is_err(), mishap != "twice", "{mishap}");
        stage.bench.simulation = Simulation::default();
        stage.waits(&id, "t2").await.expect("it goes on");
        let authorized = |name: &EventName| *name == EventName::PaymentAuthorized;
        let history = stage.bench.history(&id).await;
        let count = history
            .iter()
            .filter(|event| authorized(&event.name))
            .count();
        assert_eq!(count, 1, "{mishap}");
        is_booked(&stage, &id).await;
    }
}
