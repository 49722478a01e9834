//! What an event that ends a booking tells other services: whom to write to, and how the payment stands.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::cancelling::under_way;
use holdfast_booking_rules::closing::{close, conclude};
use holdfast_booking_rules::desk::{abandoned, decided, done_by_hand, waiting_work};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::opening::{Execution, open};
use holdfast_booking_rules::request::BookingRequest;
use holdfast_booking_rules::settling::captured;
use holdfast_booking_rules::transition::Transition;
use holdfast_core::change::Stamp;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State};
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(1_000);
const STAMP: Stamp<'_> = Stamp {
    actor: "test",
    at: NOW,
};

/// A booking of one leg.
fn booking(status: BookingStatus, leg: LegStatus, payment: PaymentStatus) -> Snapshot {
    let asked = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": [{"id": "insurance", "kind": "insurance", "spec": {"from": "2027-03-01", "to": "2027-03-05", "travellers": 1}}],
    });
    let asked = BookingRequest::read(&asked, NOW).unwrap();
    let execution = Execution {
        name: "b-1",
        arn: "arn",
        definition: "1",
    };
    let mut snapshot = open(execution, &asked, NOW).unwrap();
    snapshot.booking.state.status = status;
    let known = &mut snapshot.legs[0].state;
    known.status = leg;
    known.reference = Some("IN-1".to_owned());
    known.price = Some(Money::new(4_200, "BRL"));
    snapshot.payment.state.status = payment;
    snapshot
}

fn committed(mut snapshot: Snapshot) -> Snapshot {
    snapshot.booking.state.timer.state = State::Cancelled {
        by: Cancellation::Committed,
    };
    snapshot
}

/// Every way in which a booking can stand, with the timer before and after the commit point.
fn every_booking() -> Vec<Snapshot> {
    let legs = [
        LegStatus::Confirmed,
        LegStatus::Released,
        LegStatus::ReleaseFailed,
    ];
    let mut all = Vec::new();
    for status in BookingStatus::ALL {
        for payment in PaymentStatus::ALL {
            for leg in legs {
                let snapshot = booking(*status, leg, *payment);
                all.extend([committed(snapshot.clone()), snapshot]);
            }
        }
    }
    all
}

/// All that may end a booking, or bring it to the desk.
fn changes(from: &Snapshot) -> Vec<Transition> {
    let by_hand = |to: Snapshot| decided(from, &to, EventName::DeskResolved, "why", STAMP);
    let all = [
        close(from, under_way(from), STAMP),
        conclude(from, STAMP),
        captured(from, Some("PAY-1"), STAMP),
        by_hand(done_by_hand(from, &waiting_work(from))),
        by_hand(abandoned(from, "why")),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn each_event_that_ends_a_booking_tells_whom_to_write_to_and_no_other_does() {
    let (mut ends, mut others) = (0, 0);
    for from in every_booking() {
        for change in changes(&from) {
            let status = change.booking.as_ref().map(|booking| booking.state.status);
            let status = status.unwrap_or(from.booking.state.status);
            if status == from.booking.state.status || !status.has_ended() {
                assert_eq!(change.event.ended, None, "{from:?}");
                others += 1;
                continue;
            }
            let payment = change.payment.as_ref().unwrap_or(&from.payment);
            let ended = change.event.ended.expect("an end that is told");
            assert_eq!(ended.customer, from.booking.customer);
            assert_eq!(ended.payment, payment.state.status);
            assert_eq!(
                ended.trip.is_empty(),
                status != BookingStatus::Booked || from.trip().count() == 0
            );
            ends += 1;
        }
    }
    assert!(ends > 100 && others > 10, "{ends} {others}");
}

#[test]
fn a_trip_that_is_booked_tells_its_legs() {
    let confirming = committed(booking(
        BookingStatus::Confirming,
        LegStatus::Confirmed,
        PaymentStatus::Authorized,
    ));
    let booked = captured(&confirming, Some("PAY-1"), STAMP).unwrap();
    let trip = json!([{
        "kind": "insurance",
        "reference": "IN-1",
        "price": {"amount": 4_200, "currency": "BRL"},
    }]);
    let ended = json!(booked.event)["ended"].take();
    assert_eq!(ended["trip"], trip);
    assert_eq!(ended["payment"], "captured");
    assert_eq!(ended["customer"]["email"], "traveller@example.com");
}

#[test]
fn an_event_from_before_is_read_as_one_that_tells_nothing() {
    let gone = booking(
        BookingStatus::Unwinding,
        LegStatus::Released,
        PaymentStatus::Voided,
    );
    let closed = close(&gone, None, STAMP).unwrap();
    let mut stored = json!(closed.event);
    assert!(stored.as_object_mut().unwrap().remove("ended").is_some());
    let event: Event = serde_json::from_value(stored).unwrap();
    assert_eq!(event.ended, None);
}
