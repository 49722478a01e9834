//! What a review found, each on the real engine: commands, legs and payments that are late, doubled or
//! refused, and what they must not do to a trip.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use holdfast_booking::steps::OpenRequest;
use holdfast_booking_rules::action::{Action, Script, payment_key};
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::next::Next;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::suppliers::{Call, Deadline, Outcome, Supplier};
use serde_json::{Value, json};
use support::spoiler::{Nonsense, Spoiler};
use support::{Bench, PATIENCE, TOKEN, flight_and_hotel};

fn car(hold: &str) -> Value {
    json!({"id": "car", "kind": "car", "simulate": {"hold": hold},
        "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}})
}

async fn of_the_car(bench: &Bench, id: &BookingId, action: Action) -> Result<(), Failure> {
    let done = bench.leg(id, Kind::Car, "car", 2, action).await;
    done.map(drop)
}

/// A booking that waits, of a flight and a hotel.
async fn waiting(bench: &Bench, id: &str) -> BookingId {
    let id = bench.held(id).await;
    bench.waits(&id, "1").await.expect("it waits");
    id
}

/// Pays, confirms and settles what is left of a trip.
async fn is_booked(bench: &Bench, id: &BookingId) -> BookingView {
    let paid = bench.authorize(id, 1, TOKEN).await.expect("authorized");
    for leg in paid.legs {
        let leg_id = leg.leg.as_str();
        let confirmed = bench.leg(id, leg.kind, leg_id, leg.order, Action::Confirm);
        confirmed.await.expect("confirmed");
    }
    let view = bench.settle(id).await.expect("settled");
    assert_eq!(view.status, BookingStatus::Booked);
    bench.history(id).await;
    view
}

#[tokio::test]
async fn a_command_that_is_refused_while_another_is_carried_out_changes_nothing_ever() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "one-at-a-time").await;
    bench.says(&id, "add_leg", car("ok")).await.expect("taken");
    let before = bench.snapshot(&id).await;
    for seconds in [0, 11, 120] {
        bench.clock.advance(Duration::from_secs(seconds));
        for command in ["cancel", "pay", "drop_leg"] {
            let refused = bench.says(&id, command, json!("hotel")).await.unwrap_err();
            assert_eq!(refused.name(), "Conflict", "{refused}");
            assert!(refused.to_string().contains("`add_leg car`"), "{refused}");
        }
        assert_eq!(bench.snapshot(&id).await, before, "after {seconds} s");
    }
    of_the_car(&bench, &id, Action::Hold).await.expect("held");
    bench.waits(&id, "2").await.expect("it waits anew");
    bench.says(&id, "cancel", json!(null)).await.expect("taken");
}

#[tokio::test]
async fn a_trip_is_booked_without_the_extra_that_could_not_be_held() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "without-the-car").await;
    let total = bench.snapshot(&id).await.total();
    bench
        .says(&id, "add_leg", car("unavailable"))
        .await
        .expect("taken");
    of_the_car(&bench, &id, Action::Hold).await.unwrap_err();
    of_the_car(&bench, &id, Action::Release)
        .await
        .expect("released");
    bench.waits(&id, "2").await.expect("it waits");
    let next = bench.snapshot(&id).await.next(bench.clock().now());
    assert!(next.contains(&Next::Pay), "{next:?}");
    bench.says(&id, "pay", json!(null)).await.expect("taken");

    let view = is_booked(&bench, &id).await;
    assert_eq!(view.total, total);
    let car = &view.legs[2];
    assert_eq!(car.status, LegStatus::Released);
    assert!(car.reason.is_some(), "{car:?}");
    assert_eq!(
        bench.audit(&id).await,
        ["hotel confirmed", "out confirmed", "payment captured"]
    );
}

#[tokio::test]
async fn a_leg_that_is_undecided_when_the_booking_waits_anew_is_out_of_the_trip() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "undecided").await;
    bench
        .says(&id, "add_leg", car("unavailable"))
        .await
        .expect("taken");
    of_the_car(&bench, &id, Action::Hold).await.unwrap_err();
    // Nobody gave the leg up: the process that was to do so died.
    bench.waits(&id, "2").await.expect("it waits");
    let car = bench.snapshot(&id).await.legs.remove(2);
    assert!(car.state.dropped, "{car:?}");
    let late = of_the_car(&bench, &id, Action::Hold).await.unwrap_err();
    assert_eq!(late.name(), "Refused", "{late}");
    bench.says(&id, "pay", json!(null)).await.expect("taken");
    is_booked(&bench, &id).await;
}

#[tokio::test]
async fn as_long_as_a_leg_is_undecided_a_payment_is_refused_and_told_which() {
    let bench = Bench::new().await;
    let opened = bench.open("too-soon", flight_and_hotel()).await;
    let id = opened.booking_id;
    bench
        .leg(&id, Kind::Flight, "out", 0, Action::Hold)
        .await
        .expect("held");
    let refused = bench.authorize(&id, 1, TOKEN).await.unwrap_err();
    assert!(
        refused.to_string().contains("leg hotel is not held"),
        "{refused}"
    );
    assert!(!bench.suppliers_know("too-soon/payment.1/authorize").await);
}

#[tokio::test]
async fn a_late_release_does_not_undo_a_leg_of_a_trip_that_stands() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "stands").await;
    let release = async || {
        bench
            .leg(&id, Kind::Hotel, "hotel", 1, Action::Release)
            .await
    };
    for stage in ["waiting", "paying", "confirmed", "booked"] {
        match stage {
            "paying" => drop(bench.authorize(&id, 1, TOKEN).await.expect("authorized")),
            "confirmed" => bench
                .all_legs(&id, Action::Confirm)
                .await
                .expect("confirmed"),
            "booked" => drop(bench.settle(&id).await.expect("booked")),
            _ => {}
        }
        let before = bench.snapshot(&id).await;
        let fenced = release().await.unwrap_err();
        assert_eq!(fenced.name(), "Conflict", "{stage}: {fenced}");
        assert_eq!(bench.snapshot(&id).await, before, "{stage}");
        assert!(
            !bench.suppliers_know("stands/hotel/release").await,
            "{stage}"
        );
    }
}

#[tokio::test]
async fn a_leg_that_was_dropped_may_be_released_at_any_time() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "dropped-late").await;
    bench
        .says(&id, "drop_leg", json!("hotel"))
        .await
        .expect("taken");
    bench
        .waits(&id, "2")
        .await
        .expect("it waits, the release is still under way");
    bench.says(&id, "pay", json!(null)).await.expect("taken");
    is_booked(&bench, &id).await;
    bench
        .leg(&id, Kind::Hotel, "hotel", 1, Action::Release)
        .await
        .expect("released, late");
    assert_eq!(
        bench.audit(&id).await,
        ["out confirmed", "payment captured"]
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn a_late_wait_does_not_replace_the_token_of_a_later_one() {
    let bench = Bench::new().await;
    let id = bench.held("tokens").await;
    bench.waits(&id, "2").await.expect("the second try");
    let before = bench.snapshot(&id).await;
    let late = bench.waits(&id, "1").await.unwrap_err();
    assert_eq!(late.name(), "Conflict", "{late}");
    assert_eq!(bench.snapshot(&id).await, before);
    let late = bench.waits(&id, "1.7").await.unwrap_err();
    assert_eq!(late.name(), "Conflict", "{late}");
    bench.waits(&id, "2").await.expect("a second delivery");
    assert_eq!(bench.snapshot(&id).await, before);
    bench.waits(&id, "2.1").await.expect("tried again");
    bench.waits(&id, "2").await.unwrap_err();
    bench.waits(&id, "3").await.expect("the third try");
    assert_eq!(
        bench.snapshot(&id).await.booking.waiting.unwrap().handle,
        "3"
    );
}

#[tokio::test]
async fn a_command_that_the_first_try_of_a_wait_did_not_hear_is_kept_for_the_second() {
    let bench = Bench::new().await;
    let id = waiting(&bench, "unheard").await;
    for (command, leg) in [("add_leg", car("ok")), ("drop_leg", json!("hotel"))] {
        let token = if command == "add_leg" { "1.1" } else { "2.1" };
        let said = bench.says(&id, command, leg).await.expect("taken");
        bench.waits(&id, token).await.expect("tried again");
        let waiting = bench.snapshot(&id).await.booking.waiting.unwrap();
        assert_eq!(waiting.handle, token);
        assert_eq!(waiting.taken, said.booking.waiting.unwrap().taken);
        let refused = bench.says(&id, "pay", json!(null)).await.unwrap_err();
        assert_eq!(refused.name(), "Conflict", "{refused}");
        if command == "add_leg" {
            of_the_car(&bench, &id, Action::Hold).await.expect("held");
            bench.waits(&id, "2").await.expect("it waits");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_used_again_after_months_is_no_second_delivery() {
    let bench = Bench::new().await;
    let id = bench.confirmed("named-again").await;
    bench.settle(&id).await.expect("booked");
    let open = bench.open_step();
    let request = |started: &str| OpenRequest {
        name: id.to_string(),
        execution: format!("execution:{id}"),
        started: Some(started.parse().unwrap()),
        input: json!({
            "customer": {"id": "cus_1", "email": "traveller@example.com"},
            "legs": [{"id": "cover", "kind": "insurance",
                "spec": {"from": "2027-09-01", "to": "2027-09-15", "travellers": 2}}],
        }),
        retry: 0,
    };
    let again = open.open(&request("2027-01-10T11:59:58Z")).await;
    assert_eq!(again.expect("a second delivery").booking_id, id);
    bench.clock.advance(Duration::from_secs(91 * 86_400));
    let other = open
        .open(&request("2027-04-11T12:00:00Z"))
        .await
        .unwrap_err();
    assert_eq!(other.name(), "Conflict", "{other}");
}

#[tokio::test]
async fn a_payment_that_may_have_been_asked_for_is_not_asked_for_again_once_it_is_too_late() {
    let bench = Bench::new().await;
    let id = bench.held("too-late").await;
    let spoiler = Spoiler::before(&bench.suppliers).await;
    spoiler.spoil(Nonsense::Closed, false);
    let silent = bench.with_supplier(spoiler.endpoint(PATIENCE));
    let unclear = silent.authorize(&id, 1, TOKEN).await.unwrap_err();
    assert_eq!(unclear.name(), "Unavailable", "{unclear}");
    let payment = bench.snapshot(&id).await.payment.state;
    assert_eq!(payment.status, PaymentStatus::Unknown);

    bench.clock.advance(Duration::from_secs(900));
    let late = bench.authorize(&id, 1, TOKEN).await.unwrap_err();
    assert_eq!(late.name(), "HoldExpired", "{late}");
    assert!(!bench.suppliers_know("too-late/payment.1/authorize").await);
    let view = bench.unwind_and_close(&id, "HoldExpired").await;
    assert_eq!(view.status, BookingStatus::Expired);
}

#[tokio::test]
async fn the_clock_is_looked_at_when_a_call_for_money_leaves_and_not_before() {
    let bench = Bench::new().await;
    let at: Timestamp = "2027-01-10T12:00:00Z".parse().unwrap();
    for (late_by, is_asked) in [(0, false), (1_000, false), (-1, true)] {
        let key = payment_key(
            &format!("leaves-{late_by}").parse().unwrap(),
            1,
            Action::Authorize,
        );
        let now = Timestamp::from_millis(at.as_millis() + late_by);
        let call = Call {
            supplier: Supplier::Payment(Method::Card),
            action: Action::Authorize,
            script: &Script::default(),
            key: key.clone(),
            trace_id: "0",
            deadline: Some(Deadline {
                at,
                clock: Clock::from_fn(move || now),
            }),
            body: json!({"booking": "b", "attempt": 1, "token": TOKEN,
                "amount": {"amount": 100, "currency": "BRL"}}),
        };
        let outcome = bench.supplier.ask(&call).await;
        assert_eq!(
            matches!(outcome, Outcome::NotDone(_)),
            !is_asked,
            "{outcome:?}"
        );
        assert_eq!(
            bench.suppliers_know(key.as_str()).await,
            is_asked,
            "{late_by} ms"
        );
    }
}

#[tokio::test]
async fn a_capture_that_is_refused_at_the_desk_turns_the_trip_back() {
    let bench = Bench::new().await;
    let id = bench.held("refused-later").await;
    let payment = json!({"token": TOKEN, "simulate": {"capture": "refuse"}});
    bench.pay(&id, 1, payment).await.expect("authorized");
    bench
        .all_legs(&id, Action::Confirm)
        .await
        .expect("confirmed");
    let spoiler = Spoiler::before(&bench.suppliers).await;
    spoiler.spoil(Nonsense::Closed, false);
    let silent = bench.with_supplier(spoiler.endpoint(PATIENCE));
    silent.settle(&id).await.unwrap_err();
    let work = bench.unwind(&id, "Unavailable").await.expect("a plan");
    assert_eq!(
        work[0].action,
        Action::Capture,
        "it is finished, not undone"
    );
    silent.work(&id, &work[0]).await.unwrap_err();
    let closed = bench.close(&id).await.expect("an end");
    assert_eq!(closed.status, BookingStatus::NeedsAttention);

    let refused = bench.work(&id, &work[0]).await.unwrap_err();
    assert_eq!(refused.name(), "Refused", "{refused}");
    let turned = bench.snapshot(&id).await;
    assert_eq!(turned.booking.state.status, BookingStatus::NeedsAttention);
    let undone = bench.unwind_and_close(&id, "Refused").await;
    assert_eq!(undone.status, BookingStatus::Failed);
    assert_eq!(bench.audit(&id).await, [""; 0]);
    let history = bench.history(&id).await;
    let told = history
        .iter()
        .filter(|event| event.name == EventName::UnwindingStarted);
    assert_eq!(told.count(), 1);
}
