//! Why a leg is not a part of the trip: in the record, the event, the view and the saga's view.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use holdfast_booking::store::Bookings;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::LegStatus;
use holdfast_booking_rules::event::{EventName, Folded, fold};
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::money::Money;
use holdfast_kit::sagas::Chronicle;
use serde_json::json;

use support::{Bench, TOKEN, flight_and_hotel};

const SOLD_OUT: &str = "sold out: 0 of 1 rooms left";

#[tokio::test]
async fn a_leg_that_is_refused_or_released_says_why_wherever_it_is_shown() {
    let bench = Bench::new().await;
    let mut legs = flight_and_hotel();
    legs[1]["spec"]["city"] = json!("XXX");
    let id = bench.open("why", legs).await.booking_id;
    let [flight, hotel] = &bench.snapshot(&id).await.legs[..] else {
        panic!("two legs");
    };
    for leg in [flight, hotel] {
        let held = bench.leg(&id, leg.kind, leg.id.as_str(), leg.order, Action::Hold);
        assert_eq!(held.await.is_ok(), leg.kind == Kind::Flight);
    }
    let price = bench.snapshot(&id).await.legs[0].state.price.clone();
    let view = bench.unwind_and_close(&id, "Refused").await;

    let undone = "the trip is undone: Refused";
    for (leg, status, why) in [
        (0, LegStatus::Released, undone),
        (1, LegStatus::Refused, SOLD_OUT),
    ] {
        assert_eq!(view.legs[leg].status, status);
        assert_eq!(view.legs[leg].reason.as_deref(), Some(why));
    }
    assert_eq!(view.total, price, "what was held would have cost that");

    let snapshot = bench.snapshot(&id).await;
    let recorded = snapshot.legs.iter().map(|leg| leg.last_error.as_deref());
    assert_eq!(recorded.collect::<Vec<_>>(), [Some(undone), Some(SOLD_OUT)]);
    let events = bench.history(&id).await;
    assert_eq!(fold(&events).unwrap(), Folded::from(&snapshot));
    for (name, leg, why) in [
        (EventName::LegReleased, flight, undone),
        (EventName::LegRefused, hotel, SOLD_OUT),
    ] {
        let event = events.iter().find(|event| event.name == name).unwrap();
        assert_eq!(event.why(&leg.id), Some(why));
        let happened = Bookings::happened(event);
        assert_eq!(happened.parts, [leg.id.as_str()]);
        assert_eq!(happened.note.as_deref(), Some(why));
    }
    let saga = Bookings::folded(&snapshot, &events).unwrap();
    let reasons = saga.steps.iter().map(|step| step.data.reason.as_deref());
    let reasons: Vec<_> = reasons.collect();
    assert_eq!(reasons, [Some(undone), Some(SOLD_OUT), None]);
}

#[tokio::test]
async fn a_trip_that_goes_well_has_no_reasons_to_tell() {
    let bench = Bench::new().await;
    let id = bench.confirmed("well").await;
    let view = BookingView::from(&bench.snapshot(&id).await);
    assert!(view.legs.iter().all(|leg| leg.reason.is_none()));
    let prices = view.legs.iter().filter_map(|leg| leg.price.as_ref());
    assert_eq!(view.total, Money::sum(prices).unwrap());
}

#[tokio::test]
async fn what_went_wrong_before_a_leg_was_held_or_confirmed_is_no_reason_of_its_release() {
    let bench = Bench::new().await;
    let mut legs = flight_and_hotel();
    for leg in legs.as_array_mut().unwrap() {
        leg["simulate"] = json!({"hold": "unavailable:1", "confirm": "unavailable:1"});
    }
    let id = bench.open("hiccup", legs).await.booking_id;
    for _ in 0..3 {
        let _: Result<_, _> = bench.all_legs(&id, Action::Hold).await;
    }
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    let out = async || {
        bench
            .leg(&id, Kind::Flight, "out", 0, Action::Confirm)
            .await
    };
    out().await.expect_err("not now");
    out().await.expect("confirmed");
    let view = bench.unwind_and_close(&id, "Refused").await;
    for leg in view.legs {
        assert_eq!(leg.reason.as_deref(), Some("the trip is undone: Refused"));
    }
}
