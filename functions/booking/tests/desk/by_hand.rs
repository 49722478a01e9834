//! What was done by hand, or is given up.

use holdfast_booking::desk::{Errand, Report};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_core::failure::Failure;
use serde_json::json;

use crate::stage::{
    Queue, clerk, deliver, errand, message, only, redrive, stuck, trip, unpaid, work_off,
};
use crate::support::gate::{Gate, Held};
use crate::support::spoiler::{Nonsense, Spoiler};
use crate::support::{Bench, PATIENCE};

#[tokio::test]
async fn what_was_done_by_hand_is_taken_from_whoever_says_so() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "by-hand", "refuse", "Cancelled").await;
    assert!(
        !redrive(&bench, &id).await.went_well(),
        "it is refused for good"
    );
    let resolved = clerk(&bench, "ben")
        .resolve(&errand(&id, "phoned them"))
        .await;
    assert_eq!(resolved.unwrap().after, BookingStatus::Cancelled);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.legs[1].state.status, LegStatus::Released);
    let history = bench.history(&id).await;
    let event = only(&history, EventName::DeskResolved);
    assert_eq!(
        (event.actor.as_str(), event.note.as_deref()),
        ("ben", Some("phoned them"))
    );
    let body = queue.only_message();
    let late = deliver(&bench, &queue, vec![message("late", &body, 3)]).await;
    assert!(late.is_empty(), "nothing is left to try");
}

#[tokio::test]
async fn a_try_that_ends_after_its_work_was_done_by_hand_is_not_told() {
    let bench = Bench::new().await;
    for (name, held, tries) in [("before", Held::Request, 0), ("while", Held::Answer, 1)] {
        let (id, _) = stuck(&bench, name, "refuse", "Refused").await;
        let (store, gate) = Gate::shut(&bench.address, held).await;
        let (redriven, slow) = (id.clone(), bench.with_store(store));
        let trying = tokio::spawn(async move { redrive(&slow, &redriven).await });
        gate.reached().await;
        let by_hand = errand(&id, "phoned them");
        let resolved = clerk(&bench, "ben").resolve(&by_hand).await;
        assert_eq!(resolved.unwrap().after, BookingStatus::Failed, "{name}");
        gate.open();
        assert_eq!(trying.await.unwrap().after, BookingStatus::Failed, "{name}");
        let history = bench.history(&id).await;
        let told = |name| history.iter().filter(|event| event.name == name).count();
        assert_eq!(told(EventName::DeskRedriven), tries, "{name}");
        assert_eq!(told(EventName::DeskTryFailed), 0, "{name}");
    }
}

#[tokio::test]
async fn a_part_is_resolved_without_the_rest() {
    let bench = Bench::new().await;
    let mut legs = trip("refuse");
    legs[0]["simulate"] = json!({"release": "refuse"});
    let (id, queue) = (bench.open("parts", legs).await.booking_id, Queue::default());
    bench.all_legs(&id, Action::Hold).await.expect("held");
    let work = bench.unwind(&id, "Refused").await.expect("a plan");
    work_off(&bench, &queue, &id, work).await;
    let part = |leg: &str| Errand {
        part: Some(leg.to_owned()),
        ..errand(&id, "by fax")
    };
    let ben = clerk(&bench, "ben");
    let unknown = ben.resolve(&part("yacht")).await.expect_err("no such leg");
    assert_eq!(unknown.name(), "InvalidBooking");
    let after = |report: Result<Report, Failure>| report.unwrap().after;
    assert_eq!(
        after(ben.resolve(&part("out")).await),
        BookingStatus::NeedsAttention
    );
    assert_eq!(
        after(ben.resolve(&part("hotel")).await),
        BookingStatus::Failed
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn a_loss_that_is_accepted_ends_the_booking_and_hides_nothing() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "loss", "refuse", "HoldExpired").await;
    let abandoned = clerk(&bench, "ben")
        .abandon(&errand(&id, "they are bankrupt"))
        .await;
    assert_eq!(abandoned.unwrap().after, BookingStatus::Expired);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.legs[1].state.status, LegStatus::ReleaseFailed);
    let reason = snapshot.booking.state.reason.unwrap();
    assert!(
        reason.contains("abandoned at the desk: they are bankrupt"),
        "{reason}"
    );
    let history = bench.history(&id).await;
    assert_eq!(only(&history, EventName::DeskAbandoned).actor, "ben");
    let body = queue.only_message();
    assert!(
        deliver(&bench, &queue, vec![message("late", &body, 3)])
            .await
            .is_empty()
    );
    assert_eq!(bench.audit(&id).await, ["hotel held"], "nobody tries again");
}

#[tokio::test]
async fn money_that_is_given_up_leaves_the_trip_booked() {
    let bench = Bench::new().await;
    let (id, _) = unpaid(&bench, "given-up", "unavailable").await;
    let abandoned = clerk(&bench, "ben")
        .abandon(&errand(&id, "on the house"))
        .await;
    assert_eq!(abandoned.unwrap().after, BookingStatus::Booked);
    let snapshot = bench.snapshot(&id).await;
    assert_ne!(snapshot.payment.state.status, PaymentStatus::Captured);
    assert!(
        snapshot
            .booking
            .state
            .reason
            .unwrap()
            .contains("on the house")
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn money_that_was_taken_by_hand_books_the_trip() {
    let bench = Bench::new().await;
    let (id, _) = unpaid(&bench, "cash", "unavailable").await;
    let resolved = clerk(&bench, "ben")
        .resolve(&errand(&id, "paid in cash"))
        .await;
    assert_eq!(resolved.unwrap().after, BookingStatus::Booked);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
    bench.history(&id).await;
}

#[tokio::test]
async fn nothing_is_decided_without_a_name_and_a_reason_or_before_the_end() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "bare", "refuse", "Refused").await;
    let before = bench.snapshot(&id).await;
    for (name, reason) in [("", "why"), ("ben", ""), ("ben", "  "), (" ", "why")] {
        let clerk = clerk(&bench, name);
        for refused in [
            clerk.resolve(&errand(&id, reason)).await,
            clerk.abandon(&errand(&id, reason)).await,
        ] {
            assert_eq!(
                refused.unwrap_err().name(),
                "InvalidBooking",
                "{name:?} {reason:?}"
            );
        }
    }
    assert_eq!(bench.snapshot(&id).await, before);
    let held = bench.held("under-way").await;
    let early = clerk(&bench, "ben").abandon(&errand(&held, "why")).await;
    assert_eq!(early.unwrap_err().name(), "Conflict");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_is_taken_while_its_trip_is_given_up_is_recorded_and_told() {
    let bench = Bench::new().await;
    let id = bench.confirmed("taken-and-given-up").await;
    let spoiler = Spoiler::before(&bench.suppliers).await;
    spoiler.spoil(Nonsense::Closed, false);
    let silent = bench.with_supplier(spoiler.endpoint(PATIENCE));
    silent.settle(&id).await.unwrap_err();
    let work = bench.unwind(&id, "Unavailable").await.expect("a plan");
    let closed = bench.close(&id).await.expect("an end");
    assert_eq!(closed.status, BookingStatus::NeedsAttention);

    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let capturing = (bench.with_store(store), id.clone(), work[0].clone());
    let capturing = tokio::spawn(async move {
        let (bench, id, capture) = capturing;
        bench.work(&id, &capture).await
    });
    gate.reached().await;
    let abandoned = clerk(&bench, "ben").abandon(&errand(&id, "no money")).await;
    assert_eq!(abandoned.expect("a report").after, BookingStatus::Booked);
    gate.open();
    capturing.await.unwrap().expect("captured");

    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
    let history = bench.history(&id).await;
    only(&history, EventName::PaymentCaptured);
}
