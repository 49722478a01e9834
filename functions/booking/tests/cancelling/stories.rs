//! What happens when a booked trip is given back, one thing at a time.

use std::time::Duration;

use holdfast_booking::desk::{Clerk, Errand};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::cancelling;
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::money::Money;
use serde_json::json;

use crate::stage::leg;
use crate::support::{Bench, flight_and_hotel};

/// The flight gives 80 % of 172,920 back until 15 February, the hotel all of 487,200 until 26 February.
const FLIGHT: u64 = 138_336;
const HOTEL: u64 = 487_200;
const TOTAL: u64 = 660_120;

fn brl(amount: u64) -> Money {
    Money::new(amount, "BRL")
}

async fn booked(bench: &Bench, name: &str) -> BookingId {
    bench.booked(name, flight_and_hotel(), json!({})).await
}

async fn given_back(bench: &Bench, id: &BookingId, legs: Option<&[&str]>) -> BookingView {
    let legs: Option<Vec<_>> = legs.map(|legs| legs.iter().map(|name| leg(name)).collect());
    let quote = bench.quote(id, legs.as_deref()).await.expect("a quote");
    let begun = bench.gives_back(id, legs.as_deref(), &quote.refund).await;
    let begun = begun.expect("begun").booking.state;
    assert_eq!(begun.status, BookingStatus::Cancelling);
    bench.carries_out(id).await
}

#[tokio::test]
async fn a_whole_trip_is_given_back_and_the_terms_say_what_is_kept() {
    let bench = Bench::new().await;
    let id = booked(&bench, "whole").await;
    let quote = bench.quote(&id, None).await.unwrap();
    let refunds = quote.legs.iter().map(|leg| leg.refund.amount);
    assert_eq!(refunds.collect::<Vec<_>>(), [FLIGHT, HOTEL]);
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(view.payment.status, PaymentStatus::PartlyRefunded);
    assert_eq!(view.payment.refunded, Some(brl(FLIGHT + HOTEL)));
    assert_eq!(bench.money_taken(&id).await, TOTAL - FLIGHT - HOTEL);
    assert_eq!(bench.legs_kept(&id).await, [""; 0]);
    let names: Vec<_> = bench
        .history(&id)
        .await
        .iter()
        .map(|event| event.name)
        .collect();
    for (name, times) in [
        (EventName::CancellationStarted, 1),
        (EventName::LegReleased, 2),
        (EventName::PaymentRefunded, 1),
        (EventName::CancellationDone, 1),
    ] {
        let told = names.iter().filter(|known| **known == name).count();
        assert_eq!(told, times, "{name:?} of {names:?}");
    }
}

#[tokio::test]
async fn a_leg_is_given_back_and_the_rest_stays_booked_until_it_is_given_back_too() {
    let bench = Bench::new().await;
    let id = booked(&bench, "parts").await;
    let view = given_back(&bench, &id, Some(&["hotel"])).await;
    assert_eq!(view.status, BookingStatus::Booked);
    assert_eq!(view.payment.status, PaymentStatus::PartlyRefunded);
    assert_eq!(bench.money_taken(&id).await, TOTAL - HOTEL);
    assert_eq!(bench.legs_kept(&id).await, ["out"]);
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(view.payment.refunded, Some(brl(FLIGHT + HOTEL)));
    assert_eq!(bench.money_taken(&id).await, TOTAL - FLIGHT - HOTEL);
    assert_eq!(bench.legs_kept(&id).await, [""; 0]);
    bench.history(&id).await;
}

#[tokio::test]
async fn all_that_was_paid_comes_back_where_the_terms_say_so() {
    let bench = Bench::new().await;
    let hotel = flight_and_hotel()[1].clone();
    let id = bench.booked("all", json!([hotel]), json!({})).await;
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(view.payment.status, PaymentStatus::Refunded);
    assert_eq!(bench.audit(&id).await, [""; 0]);
}

#[tokio::test]
async fn after_the_last_day_the_legs_are_released_and_nothing_is_given_back() {
    let bench = Bench::new().await;
    let id = booked(&bench, "late").await;
    bench.clock.advance(Duration::from_secs(60 * 86_400));
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(view.payment.status, PaymentStatus::Captured);
    assert_eq!(bench.money_taken(&id).await, TOTAL);
    assert_eq!(bench.legs_kept(&id).await, [""; 0]);
    assert!(!bench.suppliers_know("late/payment/refund.1").await);
}

#[tokio::test]
async fn what_is_given_back_is_what_the_traveller_agreed_to_or_nothing_happens() {
    let bench = Bench::new().await;
    let id = booked(&bench, "agreed").await;
    let agreed = bench.quote(&id, None).await.unwrap().refund;
    // The flight's last day passes while the traveller thinks.
    bench.clock.advance(Duration::from_secs(40 * 86_400));
    let version = bench.snapshot(&id).await.booking.version;
    let refused = bench.gives_back(&id, None, &agreed).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains(r#"{"amount": 487200, "currency": "BRL"}"#),
        "{refused}"
    );
    assert_eq!(bench.snapshot(&id).await.booking.version, version);
    bench
        .gives_back(&id, None, &brl(HOTEL))
        .await
        .expect("begun");
    // The last day of the hotel passes, too: what was agreed to is given.
    bench.clock.advance(Duration::from_secs(20 * 86_400));
    assert_eq!(
        bench.carries_out(&id).await.payment.refunded,
        Some(brl(HOTEL))
    );
    assert_eq!(bench.money_taken(&id).await, TOTAL - HOTEL);
}

#[tokio::test]
async fn of_two_cancellations_at_once_one_begins_and_the_same_one_twice_is_one() {
    let bench = Bench::new().await;
    let id = booked(&bench, "twice").await;
    let (whole, hotel) = (brl(FLIGHT + HOTEL), [leg("hotel")]);
    let part = brl(HOTEL);
    let both = tokio::join!(
        bench.gives_back(&id, None, &whole),
        bench.gives_back(&id, Some(&hotel), &part),
    );
    let (begun, refused) = match both {
        (Ok(begun), Err(refused)) | (Err(refused), Ok(begun)) => (begun, refused),
        both => panic!("{both:?}"),
    };
    assert!(matches!(refused, Failure::Conflict(_)), "{refused}");
    let cancellation = begun.booking.state.cancellation.unwrap();
    let legs = (cancellation.legs.len() == 1).then_some(&hotel[..]);
    let refund = cancellation.refund.unwrap();
    let again = async || bench.gives_back(&id, legs, &refund).await.expect("known");
    assert_eq!(again().await.booking.version, begun.booking.version);
    bench.carries_out(&id).await;
    let done = bench.snapshot(&id).await.booking.version;
    assert_eq!(again().await.booking.version, done, "once it is done");
    let begun = EventName::CancellationStarted;
    let history = bench.history(&id).await;
    assert_eq!(
        history.iter().filter(|event| event.name == begun).count(),
        1
    );
}

#[tokio::test]
async fn only_a_booked_trip_is_given_back_and_only_legs_that_it_has() {
    let bench = Bench::new().await;
    let held = bench.held("held").await;
    let refused = bench.quote(&held, None).await.unwrap_err();
    assert!(matches!(refused, Failure::Conflict(_)), "{refused}");
    let id = booked(&bench, "some").await;
    for legs in [vec![], vec![leg("boat")], vec![leg("hotel"), leg("boat")]] {
        let refused = bench.quote(&id, Some(&legs)).await.unwrap_err();
        assert!(refused.is_invalid(), "{refused}");
    }
    given_back(&bench, &id, Some(&["hotel"])).await;
    let refused = bench.quote(&id, Some(&[leg("hotel")])).await.unwrap_err();
    assert!(refused.to_string().contains("it has out"), "{refused}");
}

/// The trip whose hotel, and whose payment, misbehave as scripted.
async fn troubled(bench: &Bench, name: &str, release: &str, refund: &str) -> BookingId {
    let mut legs = flight_and_hotel();
    legs[1]["simulate"] = json!({ "release": release });
    bench.booked(name, legs, json!({ "refund": refund })).await
}

#[tokio::test]
async fn answers_that_are_lost_and_suppliers_that_rest_change_nothing() {
    let bench = Bench::new().await;
    for (name, fault) in [
        ("lost", "lost:2"),
        ("resting", "unavailable:2"),
        ("slow", "slow:20"),
    ] {
        let id = troubled(&bench, name, fault, fault).await;
        let view = given_back(&bench, &id, None).await;
        assert_eq!(view.status, BookingStatus::Cancelled, "{name}");
        assert_eq!(
            bench.money_taken(&id).await,
            TOTAL - FLIGHT - HOTEL,
            "{name}"
        );
        assert_eq!(bench.legs_kept(&id).await, [""; 0], "{name}");
        bench.history(&id).await;
    }
}

fn clerk(bench: &Bench) -> Clerk {
    Clerk {
        store: bench.store.clone(),
        clock: bench.clock(),
        name: "ana".to_owned(),
    }
}

#[tokio::test]
async fn what_cannot_be_given_back_waits_at_the_desk_and_ends_the_cancellation_there() {
    let bench = Bench::new().await;
    let id = troubled(&bench, "desk", "refuse", "refuse").await;
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::NeedsAttention);
    assert_eq!(bench.legs_kept(&id).await, ["hotel"]);
    let mut errand = Errand::all_of(id.clone());
    let failed = clerk(&bench)
        .redrive(&errand, &bench.supplier)
        .await
        .unwrap();
    let left: Vec<_> = failed.did.iter().map(|did| did.work.action).collect();
    assert_eq!(left, [Action::Release, Action::Refund]);
    assert_eq!(failed.after, BookingStatus::NeedsAttention);
    errand.reason = Some("by telephone".to_owned());
    let resolved = clerk(&bench).resolve(&errand).await.unwrap();
    assert_eq!(resolved.after, BookingStatus::Cancelled);
    let state = bench.snapshot(&id).await.payment.state;
    assert_eq!(state.refunded.unwrap().sum, brl(FLIGHT + HOTEL));
    bench.history(&id).await;
}

#[tokio::test]
async fn a_cancellation_that_is_abandoned_keeps_what_is_true_and_the_rest_of_the_trip() {
    let bench = Bench::new().await;
    let id = troubled(&bench, "abandoned", "ok", "refuse").await;
    let view = given_back(&bench, &id, Some(&["hotel"])).await;
    assert_eq!(view.status, BookingStatus::NeedsAttention);
    let mut errand = Errand::all_of(id.clone());
    errand.reason = Some("paid in cash".to_owned());
    let abandoned = clerk(&bench).abandon(&errand).await.unwrap();
    assert_eq!(abandoned.after, BookingStatus::Booked);
    assert_eq!(bench.money_taken(&id).await, TOTAL);
    assert_eq!(bench.legs_kept(&id).await, ["out"]);
    let reason = bench.snapshot(&id).await.booking.state.reason.unwrap();
    assert!(reason.contains("paid in cash"), "{reason}");
    // What is given back later is not what was given up.
    let quote = bench.quote(&id, None).await.unwrap();
    assert_eq!(quote.refund, brl(FLIGHT));
}

#[tokio::test]
async fn a_refund_that_was_given_up_and_comes_late_is_counted_all_the_same() {
    let bench = Bench::new().await;
    let id = troubled(&bench, "late-refund", "ok", "unavailable:4").await;
    given_back(&bench, &id, Some(&["hotel"])).await;
    let mut errand = Errand::all_of(id.clone());
    errand.reason = Some("never mind".to_owned());
    clerk(&bench).abandon(&errand).await.unwrap();
    given_back(&bench, &id, None).await;
    let redriven = clerk(&bench).redrive(&errand, &bench.supplier).await;
    assert_eq!(redriven.unwrap().after, BookingStatus::Cancelled);
    let refunded = bench.snapshot(&id).await.payment.state.refunded;
    assert_eq!(refunded.unwrap().sum, brl(FLIGHT));
    // The supplier has answered the first request only now.
    for refunded in [brl(FLIGHT + HOTEL), brl(FLIGHT + HOTEL)] {
        let late = |snapshot: &Snapshot| {
            let stamp = bench.clock().stamp("payment");
            Ok(cancelling::refunded(snapshot, 1, &brl(HOTEL), stamp))
        };
        let snapshot = bench.snapshot(&id).await;
        let written = bench.store.change(snapshot, late).await.unwrap();
        let known = written.payment.state.refunded.unwrap();
        assert_eq!(known.sum, refunded);
        assert_eq!(known.cancellations, [1, 2].into());
    }
    bench.history(&id).await;
}

#[tokio::test]
async fn a_trip_that_was_never_paid_for_gives_nothing_back_and_leaves_no_reservation() {
    let bench = Bench::new().await;
    let id = bench.confirmed("unpaid").await;
    let capture = bench.store.load(&id).await.unwrap();
    assert_eq!(capture.payment.state.status, PaymentStatus::Authorized);
    let refusing = bench.with_supplier(nowhere(&bench));
    assert!(refusing.settle(&id).await.is_err());
    bench.close(&id).await.expect("left to the desk");
    let mut errand = Errand::all_of(id.clone());
    errand.reason = Some("never mind".to_owned());
    let abandoned = clerk(&bench).abandon(&errand).await.unwrap();
    assert_eq!(abandoned.after, BookingStatus::Booked);
    let quote = bench.quote(&id, None).await.unwrap();
    assert_eq!(quote.refund, brl(0));
    let part = bench.quote(&id, Some(&[leg("hotel")])).await.unwrap_err();
    assert!(matches!(part, Failure::Conflict(_)), "{part}");
    let view = given_back(&bench, &id, None).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(bench.audit(&id).await, [""; 0]);
}

#[tokio::test]
async fn the_late_end_of_a_cancellation_does_not_end_the_next_one() {
    let bench = Bench::new().await;
    let id = booked(&bench, "late-end").await;
    given_back(&bench, &id, Some(&["hotel"])).await;
    let rest = bench.quote(&id, None).await.unwrap().refund;
    bench.gives_back(&id, None, &rest).await.expect("begun");
    for late in [None, Some(1)] {
        let view = bench.close_after(&id, late).await.expect("a view");
        assert_eq!(view.status, BookingStatus::Cancelling, "{late:?}");
    }
    let view = bench.carries_out(&id).await;
    assert_eq!(view.status, BookingStatus::Cancelled);
    assert_eq!(bench.legs_kept(&id).await, [""; 0]);
}

/// Suppliers where nothing listens.
fn nowhere(bench: &Bench) -> holdfast_kit::suppliers::Endpoint {
    let patience = Duration::from_millis(200);
    holdfast_kit::suppliers::Endpoint::new(bench.https.clone(), "http://127.0.0.1:9", patience)
}

#[tokio::test]
async fn late_steps_of_the_booking_and_of_an_earlier_cancellation_change_nothing() {
    let bench = Bench::new().await;
    let id = booked(&bench, "zombies").await;
    let before = bench.snapshot(&id).await;
    given_back(&bench, &id, Some(&["hotel"])).await;
    let settled = bench.snapshot(&id).await;
    // The execution of the booking, and of the cancellation, once more.
    bench.settle(&id).await.expect("a replay");
    for work in [
        json!({"kind": "hotel", "leg": "hotel", "order": 1, "action": "release"}),
        json!({"kind": "payment", "leg": "payment", "order": 0, "action": "refund"}),
    ] {
        let work = serde_json::from_value(work).unwrap();
        let _: Result<_, _> = bench.work(&id, &work).await;
    }
    let _: Result<_, _> = bench.close(&id).await;
    for leg in &before.legs {
        for action in [Action::Hold, Action::Confirm, Action::Release] {
            let done = bench
                .leg(&id, leg.kind, leg.id.as_str(), leg.order, action)
                .await;
            let is_kept = leg.id.as_str() == "out";
            assert!(
                !(is_kept && action == Action::Release && done.is_ok()),
                "{leg:?}"
            );
        }
    }
    let now = bench.snapshot(&id).await;
    assert_eq!(now.booking.state, settled.booking.state);
    assert_eq!(now.payment.state, settled.payment.state);
    assert_eq!(
        now.leg(&leg("out")).unwrap().state.status,
        LegStatus::Confirmed
    );
    assert_eq!(bench.money_taken(&id).await, TOTAL - HOTEL);
    assert_eq!(bench.legs_kept(&id).await, ["out"]);
}
