//! What could not be undone is done again, by itself or because an operator asks for it.

use holdfast_booking::desk::{AUTOMATIC, DeskItem};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::cause::Cause;

use crate::stage::{Queue, clerk, deliver, message, only, redrive, stuck, unpaid};
use crate::support::Bench;

#[tokio::test]
async fn a_redriven_undo_that_succeeds_brings_the_booking_to_its_proper_end() {
    let bench = Bench::new().await;
    let cases = [
        ("Refused", BookingStatus::Failed),
        ("Cancelled", BookingStatus::Cancelled),
        ("HoldExpired", BookingStatus::Expired),
    ];
    for (error, ending) in cases {
        let (id, queue) = stuck(&bench, error, "unavailable:2", error).await;
        let body = queue.only_message();
        let failed = deliver(&bench, &queue, vec![message("m", &body, 1)]).await;
        assert_eq!(failed, ["m"], "{error}");
        let waits = bench.snapshot(&id).await.booking.state.status;
        assert_eq!(waits, BookingStatus::NeedsAttention, "{error}");
        let failed = deliver(&bench, &queue, vec![message("m", &body, 2)]).await;
        assert!(failed.is_empty(), "{error}");
        let snapshot = bench.snapshot(&id).await;
        assert_eq!(snapshot.booking.state.status, ending, "{error}");
        assert!(bench.audit(&id).await.is_empty(), "{error}");
        let history = bench.history(&id).await;
        let ended =
            |event: &Event| event.name == EventName::BookingClosed && event.actor == AUTOMATIC;
        assert!(history.iter().any(ended), "{error}");
    }
}

#[tokio::test]
async fn a_redrive_tells_who_and_why() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "who", "unavailable:1", "Refused").await;
    let report = redrive(&bench, &id).await;
    assert!(report.went_well(), "{report:?}");
    assert_eq!(report.before, BookingStatus::NeedsAttention);
    assert_eq!(report.after, BookingStatus::Failed);
    let history = bench.history(&id).await;
    let event = only(&history, EventName::DeskRedriven);
    assert_eq!(event.actor, "ana");
    assert_eq!(event.note.as_deref(), Some("release hotel: asked to"));
    assert_eq!(event.parts(), ["hotel"]);
}

#[tokio::test]
async fn a_redrive_that_fails_tells_why() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "why", "refuse", "Refused").await;
    let report = redrive(&bench, &id).await;
    assert!(!report.went_well(), "{report:?}");
    let history = bench.history(&id).await;
    let event = only(&history, EventName::DeskTryFailed);
    assert_eq!(event.actor, "ana");
    let note = event.note.as_deref().unwrap();
    assert!(note.starts_with("release hotel: Refused: "), "{note}");
    assert_eq!(event.parts(), ["hotel"]);
}

#[tokio::test]
async fn a_doubled_redrive_acts_once() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "twice", "unavailable:1", "Refused").await;
    let body = queue.only_message();
    let twice = vec![message("a", &body, 1), message("b", &body, 1)];
    assert!(deliver(&bench, &queue, twice).await.is_empty());
    let again = deliver(&bench, &queue, vec![message("c", &body, 2)]).await;
    assert!(again.is_empty(), "what is done is done");
    let report = redrive(&bench, &id).await;
    assert_eq!(report.did, [], "nothing is left");
    let history = bench.history(&id).await;
    let released = |event: &&Event| {
        let hotel = event.legs.iter().find(|(leg, _)| leg.as_str() == "hotel");
        hotel.is_some_and(|(_, change)| change.after.status == LegStatus::Released)
    };
    assert_eq!(history.iter().filter(released).count(), 1);
    let ended = |event: &&Event| {
        let change = event.booking.as_ref();
        change.is_some_and(|change| {
            let before = change.before.as_ref().map(|state| state.status);
            change.after.status == BookingStatus::Failed && before != Some(BookingStatus::Failed)
        })
    };
    assert_eq!(history.iter().filter(ended).count(), 1);
}

#[tokio::test]
async fn a_capture_that_was_owed_is_made_and_the_trip_is_booked() {
    let bench = Bench::new().await;
    let (id, queue) = unpaid(&bench, "owed", "unavailable:3").await;
    let shown = clerk(&bench, "ana").show(&id).await.unwrap();
    assert_eq!(shown.waiting.left.len(), 1);
    assert_eq!(shown.waiting.left[0].work.action, Action::Capture);
    assert!(shown.waiting.left[0].cause.is_some(), "{shown:?}");
    let body = queue.only_message();
    assert_eq!(
        deliver(&bench, &queue, vec![message("m", &body, 1)]).await,
        ["m"]
    );
    assert!(
        deliver(&bench, &queue, vec![message("m", &body, 2)])
            .await
            .is_empty()
    );
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.booking.state.status, BookingStatus::Booked);
    assert_eq!(snapshot.booking.state.reason, None);
    assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
    bench.history(&id).await;
}

#[tokio::test]
async fn a_booking_undone_while_it_was_closed_does_not_wait_for_ever() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "late", "unavailable:1", "Refused").await;
    let released = bench
        .leg(&id, Kind::Hotel, "hotel", 1, Action::Release)
        .await;
    released.expect("released");
    assert_eq!(
        bench.close(&id).await.unwrap().status,
        BookingStatus::Failed
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn a_message_that_makes_no_sense_holds_up_no_other() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "between", "unavailable:1", "Refused").await;
    let good = queue.only_message();
    let nowhere = good.replace("between", "nowhere");
    let no_leg = good.replace(r#""leg":"hotel""#, r#""leg":"yacht""#);
    assert_ne!(no_leg, good);
    let batch = vec![
        message("nonsense", "{{", 1),
        message("empty", "", 4),
        message("nowhere", &nowhere, 1),
        message("no-leg", &no_leg, 1),
        message("good", &good, 1),
    ];
    let failed = deliver(&bench, &queue, batch).await;
    assert_eq!(failed, ["nonsense", "empty", "nowhere", "no-leg"]);
    let pauses = queue.pauses.lock().unwrap().clone();
    assert!(
        pauses.iter().all(|(_, seconds)| *seconds == 0),
        "{pauses:?}"
    );
    let status = bench.snapshot(&id).await.booking.state.status;
    assert_eq!(status, BookingStatus::Failed);
}

#[tokio::test]
async fn pauses_grow_with_every_try() {
    let bench = Bench::new().await;
    let (_, queue) = stuck(&bench, "patient", "unavailable", "Refused").await;
    let body = queue.only_message();
    for tries in 1..=3 {
        deliver(&bench, &queue, vec![message("m", &body, tries)]).await;
    }
    let pauses = queue.pauses.lock().unwrap().clone();
    assert_eq!(
        pauses.iter().map(|(_, s)| *s).collect::<Vec<_>>(),
        [30, 60, 120]
    );
}

#[tokio::test]
async fn a_stray_message_undoes_nothing_of_a_trip_that_goes_well() {
    let bench = Bench::new().await;
    let queue = Queue::default();
    let held = bench.held("held").await;
    let booked = bench.confirmed("booked").await;
    bench.settle(&booked).await.expect("booked");
    for id in [held, booked] {
        let (before, had) = (bench.snapshot(&id).await, bench.audit(&id).await);
        let work = |kind, leg: &str, order, action| Work {
            kind,
            leg: leg.to_owned(),
            order,
            action,
        };
        for work in [
            work(Participant::Leg(Kind::Hotel), "hotel", 1, Action::Release),
            work(Participant::Payment, "payment", 0, Action::Void),
            work(Participant::Payment, "payment", 0, Action::Capture),
        ] {
            let item = DeskItem {
                id: id.clone(),
                trace_id: String::new(),
                work,
                cause: Cause::default(),
                since: bench.clock().now(),
            };
            let body = serde_json::to_string(&item).unwrap();
            let failed = deliver(&bench, &queue, vec![message("stray", &body, 1)]).await;
            assert!(failed.is_empty(), "{item:?}");
        }
        assert_eq!(bench.snapshot(&id).await, before);
        assert_eq!(bench.audit(&id).await, had);
    }
}
