//! Prices change while a trip is booked; what was agreed does not.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use serde_json::json;

use crate::stage::brl;
use crate::support::{Bench, TOKEN, flight_and_hotel};

#[tokio::test]
async fn a_trip_of_offers_costs_what_they_said_though_prices_rise_or_fall() {
    let bench = Bench::new().await;
    for percent in [150, 70] {
        let (legs, total) = bench.agreed(&flight_and_hotel()).await;
        let later = bench.at_prices(percent).await;
        let id = later.open(&format!("b-{percent}"), legs).await.booking_id;
        later.all_legs(&id, Action::Hold).await.expect("holds");
        let payment = json!({"token": TOKEN, "amount": brl(total)});
        later.pay(&id, 1, payment).await.expect("the amount agreed");
        later.finishes(&id).await.expect("booked");
        assert_eq!(later.captured(&id).await, total, "at {percent} %");
    }
}

#[tokio::test]
async fn an_offer_whose_time_is_over_is_refused_with_a_reason_in_words() {
    let bench = Bench::new().await;
    let (legs, _) = bench.agreed(&flight_and_hotel()).await;
    bench.clock.advance(Duration::from_secs(901));
    let id = bench.open("b1", legs).await.booking_id;
    let refused = bench.all_legs(&id, Action::Hold).await;
    let why = "the price of this offer held until 2027-01-10T12:15:00.000Z; ask for offers again";
    assert_eq!(refused, Err(Failure::Refused(why.to_owned())));
    let snapshot = bench.snapshot(&id).await;
    let out = &snapshot.legs[0];
    assert_eq!(out.state.status, LegStatus::Refused);
    assert_eq!(snapshot.reason_of(out).as_deref(), Some(why));
    let history = bench.history(&id).await;
    let told = history
        .iter()
        .find(|event| event.name == EventName::LegRefused);
    assert_eq!(told.unwrap().note.as_deref(), Some(why));
}

#[tokio::test]
async fn a_leg_that_is_added_has_the_price_of_its_offer() {
    let bench = Bench::new().await;
    let id = bench.held("b1").await;
    bench.waits(&id, "1").await.expect("it waits");
    let spec = json!({"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"});
    let offer = bench.offer("car", &spec).await;
    let dearer = bench.at_prices(200).await;
    let car = json!({"id": "car", "kind": "car", "spec": spec, "offer": offer.id});
    dearer.says(&id, "add_leg", car).await.expect("it is taken");
    dearer.all_legs(&id, Action::Hold).await.expect("holds");
    let snapshot = dearer.snapshot(&id).await;
    assert_eq!(snapshot.legs[2].state.price, Some(offer.price));
}

#[tokio::test]
async fn a_trip_beyond_its_bound_is_undone_before_a_supplier_is_asked_for_money() {
    let bench = Bench::new().await;
    let (bench, asked) = bench.noting().await;
    let bound = json!({"max_total": brl(660_119)});
    let opened = bench.open_saying("b1", flight_and_hotel(), bound).await;
    let id = opened.booking_id;
    bench.all_legs(&id, Action::Hold).await.expect("holds");
    let refused = bench.authorize(&id, 1, TOKEN).await;
    let why = "the trip costs BRL 6,601.20, more than its `max_total` of BRL 6,601.19";
    assert_eq!(refused, Err(Failure::Refused(why.to_owned())));
    // As the state machine goes on.
    let cause = Cause {
        step: "payment".to_owned(),
        error: "Refused".to_owned(),
        message: json!({"errorType": "Refused", "errorMessage": why}).to_string(),
    };
    let plan = bench.turn_back(&id, vec![cause]).await.expect("a plan");
    for work in plan.work {
        bench.work(&id, &work).await.expect("it is undone");
    }
    let view = bench.close(&id).await.expect("an end");
    assert_eq!(view.status, BookingStatus::Failed);
    assert_eq!(view.payment.status, PaymentStatus::None);
    let reason = view.reason.expect("a reason");
    assert!(reason.contains(why), "{reason}");
    let history = bench.history(&id).await;
    let told = |name| history.iter().find(|event| event.name == name).unwrap();
    let unwinding = told(EventName::UnwindingStarted).booking.as_ref().unwrap();
    assert_eq!(unwinding.after.reason, Some(reason));
    assert!(bench.audit_items(&id).await.is_empty());
    let asked = asked.lock().unwrap();
    assert!(
        asked.iter().all(|(path, _)| !path.starts_with("/payment")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn another_amount_pays_nothing_and_the_booking_goes_on_waiting() {
    let bench = Bench::new().await;
    let id = bench.held("b1").await;
    bench.waits(&id, "1").await.expect("it waits");
    let before = bench.snapshot(&id).await;
    let payment = json!({"token": TOKEN, "amount": brl(600_000)});
    let refused = bench.says(&id, "pay", payment.clone()).await;
    let why = "the trip costs BRL 6,601.20, not BRL 6,000.00; nothing is paid";
    assert_eq!(refused.err(), Some(Failure::Conflict(why.to_owned())));
    assert_eq!(bench.snapshot(&id).await, before);
    // The step itself holds to it, whoever told the execution.
    let refused = bench.pay(&id, 1, payment).await;
    assert_eq!(refused.err(), Some(Failure::Conflict(why.to_owned())));
    assert_eq!(bench.snapshot(&id).await, before);
    let agreed = json!({"token": TOKEN, "amount": brl(660_120)});
    bench.says(&id, "pay", agreed.clone()).await.expect("taken");
    bench.pay(&id, 1, agreed).await.expect("authorized");
    bench.finishes(&id).await.expect("booked");
    assert_eq!(bench.captured(&id).await, 660_120);
}
