//! A leg that left its trip and could not be released: the trip is booked without it, and the leg is
//! the desk's until it is gone.

use holdfast_booking::desk::{Clerk, Errand, Filter, Waiting};
use holdfast_booking::steps::DeskRequest;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus};
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::cause::Cause;
use holdfast_core::ids::BookingId;
use serde_json::json;

use crate::stage::Stage;
use crate::support::spoiler::{Nonsense, Spoiler};
use crate::support::{PATIENCE, TOKEN, flight_and_hotel};

const HOUR: u64 = 3600;

/// A trip that is booked without its hotel, which could not be released; no message tells of it.
async fn booked_without_the_hotel(stage: &Stage, id: &str, release: &str) -> BookingId {
    let (bench, mut legs) = (&stage.bench, flight_and_hotel());
    legs[1]["simulate"] = json!({ "release": release });
    let id = bench.open(id, legs).await.booking_id;
    bench.all_legs(&id, Action::Hold).await.expect("held");
    bench.waits(&id, "1").await.expect("it waits");
    let dropped = bench.says(&id, "drop_leg", json!("hotel"));
    dropped.await.expect("taken");
    let release = Work {
        kind: Participant::Leg(Kind::Hotel),
        leg: "hotel".to_owned(),
        order: 1,
        action: Action::Release,
    };
    let failed = bench.work(&id, &release).await.expect_err("it fails");
    let request = DeskRequest {
        booking_id: id.clone(),
        trace_id: "0".repeat(32),
        work: release,
        cause: Cause::from(&failed),
    };
    stage.desk().hand_over(&request).await.expect("handed over");
    stage.lose_errands();
    bench.waits(&id, "2").await.expect("it waits");
    bench.says(&id, "pay", json!(null)).await.expect("taken");
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    let flight = bench.leg(&id, Kind::Flight, "out", 0, Action::Confirm);
    flight.await.expect("confirmed");
    let view = bench.settle(&id).await.expect("settled");
    assert_eq!(view.status, BookingStatus::Booked);
    let left = bench.audit(&id).await;
    assert_eq!(left, ["hotel held", "out confirmed", "payment captured"]);
    id
}

fn clerk(stage: &Stage) -> Clerk {
    Clerk {
        store: stage.bench.store.clone(),
        clock: stage.bench.clock(),
        name: "ana".to_owned(),
    }
}

async fn listed(stage: &Stage) -> Vec<Waiting> {
    let list = clerk(stage).list(&Filter::default()).await;
    list.expect("a list")
}

async fn stands_without_the_hotel(stage: &Stage, id: &BookingId, hotel_is: LegStatus) {
    let snapshot = stage.bench.snapshot(id).await;
    assert_eq!(snapshot.booking.state.status, BookingStatus::Booked);
    assert_eq!(snapshot.legs[1].state.status, hotel_is);
    stage.bench.history(id).await;
    assert_eq!(listed(stage).await, []);
}

#[tokio::test]
async fn a_leg_that_is_left_of_a_booked_trip_is_listed_and_reminded_of_until_it_is_released() {
    let stage = Stage::new().await;
    let id = booked_without_the_hotel(&stage, "left", "unavailable:2").await;
    let waiting = listed(&stage).await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].left[0].work.leg, "hotel");
    assert_eq!(Some(waiting[0].since), waiting[0].left[0].handed_over);

    assert_eq!(
        stage.sweep().await.reminded,
        0,
        "its message may be on its way"
    );
    stage.pass(HOUR + 1);
    assert_eq!(stage.sweep().await.reminded, 1);
    assert_eq!(stage.sweep().await.reminded, 0, "once");
    let sent = stage.errands();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].work.leg, "hotel");

    let errand = Errand::all_of(id.clone());
    let redrive = async || clerk(&stage).redrive(&errand, &stage.bench.supplier).await;
    assert!(!redrive().await.expect("a report").went_well());
    assert!(redrive().await.expect("a report").went_well());
    stands_without_the_hotel(&stage, &id, LegStatus::Released).await;
    let left = stage.bench.audit(&id).await;
    assert_eq!(left, ["out confirmed", "payment captured"]);
    stage.pass(48 * HOUR);
    assert_eq!(stage.sweep().await.reminded, 0);
}

#[tokio::test]
async fn a_leg_that_is_left_of_a_booked_trip_stays_listed_when_the_desk_hears_no_answer() {
    let stage = Stage::new().await;
    let id = booked_without_the_hotel(&stage, "unheard", "unavailable:1").await;
    let errand = Errand::all_of(id.clone());
    let spoiler = Spoiler::before(&stage.bench.suppliers).await;
    spoiler.spoil(Nonsense::Closed, false);
    let silent = spoiler.endpoint(PATIENCE);
    let failed = clerk(&stage).redrive(&errand, &silent).await;
    assert!(!failed.expect("a report").went_well());
    let hotel = stage.bench.snapshot(&id).await.legs[1].clone();
    assert_eq!(hotel.state.status, LegStatus::ReleaseFailed);
    assert_eq!(hotel.attempts, 2, "{hotel:?}");
    assert_eq!(listed(&stage).await.len(), 1);
    let done = clerk(&stage).redrive(&errand, &stage.bench.supplier).await;
    assert!(done.expect("a report").went_well());
    stands_without_the_hotel(&stage, &id, LegStatus::Released).await;
}

#[tokio::test]
async fn a_leg_that_is_left_of_a_booked_trip_can_be_resolved_and_the_trip_is_not_given_up() {
    let stage = Stage::new().await;
    let id = booked_without_the_hotel(&stage, "by-hand", "refuse").await;
    let errand = Errand {
        reason: Some("called the hotel".to_owned()),
        ..Errand::all_of(id.clone())
    };
    let given_up = clerk(&stage).abandon(&errand).await.unwrap_err();
    assert_eq!(given_up.name(), "Conflict", "{given_up}");
    let resolved = clerk(&stage).resolve(&errand).await.expect("a report");
    assert_eq!(resolved.after, BookingStatus::Booked);
    assert_eq!(resolved.did.len(), 1, "{resolved:?}");
    stands_without_the_hotel(&stage, &id, LegStatus::Released).await;
    let again = clerk(&stage).resolve(&errand).await.unwrap_err();
    assert_eq!(again.name(), "Conflict", "{again}");
}
