//! The price that was agreed: no payment begins, and no command to pay is taken, for another one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::{
    BookingStatus, LegStatus, PaymentState, PaymentStatus, Snapshot, Waiting,
};
use holdfast_booking_rules::command::{self, Command};
use holdfast_booking_rules::event::Ended;
use holdfast_booking_rules::next::Next;
use holdfast_booking_rules::opening::{Execution, open};
use holdfast_booking_rules::paying::{Attempt, begin};
use holdfast_booking_rules::request::{BookingRequest, PaymentRequest};
use holdfast_booking_rules::settling::captured;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(0);
const STAMP: Stamp<'_> = Stamp {
    actor: "test",
    at: NOW,
};

fn brl(amount: u64) -> Money {
    Money::new(amount, "BRL")
}

/// A booking of a car for BRL 40.00 and cover for BRL 60.00, both held.
fn held(more: &Value) -> Snapshot {
    let days = json!({"from": "2027-03-01", "to": "2027-03-15", "travellers": 1});
    let mut asked = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": [
            {"id": "car", "kind": "car",
             "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}},
            {"id": "cover", "kind": "insurance", "spec": days},
        ],
    });
    for (name, value) in more.as_object().unwrap() {
        asked[name] = value.clone();
    }
    let execution = Execution {
        name: "b1",
        arn: "execution:b1",
        definition: "test",
    };
    let asked = BookingRequest::read(&asked, NOW).unwrap();
    let mut held = open(execution, &asked, NOW).unwrap();
    for (leg, price) in held.legs.iter_mut().zip([4_000, 6_000]) {
        leg.state.status = LegStatus::Held;
        leg.state.price = Some(brl(price));
    }
    held
}

fn bounded(amount: u64, currency: &str) -> Snapshot {
    held(&json!({"max_total": {"amount": amount, "currency": currency}}))
}

/// The same, and its execution waits for the traveller.
fn waiting(mut snapshot: Snapshot) -> Snapshot {
    snapshot.booking.state.status = BookingStatus::AwaitingPayment;
    snapshot.booking.waiting = Some(Waiting {
        handle: "token".to_owned(),
        taken: None,
        since: Since {
            entered: None,
            retry: None,
        },
        decision: None,
    });
    snapshot
}

fn pays(snapshot: &Snapshot, amount: Option<Money>) -> Result<Option<Transition>, Failure> {
    let attempt = Attempt {
        number: 1,
        method: Method::Card,
        amount: amount.as_ref(),
        lease: Duration::from_secs(60),
        simulate: &Script::default(),
    };
    begin(snapshot, attempt, STAMP)
}

fn says(snapshot: &Snapshot, amount: Option<Money>) -> Result<Option<Transition>, Failure> {
    let pay = Command::Pay(PaymentRequest {
        token: "tok_visa".to_owned(),
        amount,
        simulate: Script::default(),
    });
    command::take(snapshot, &pay, STAMP)
}

/// What a conflict says.
#[track_caller]
fn conflict(taken: Result<Option<Transition>, Failure>) -> String {
    match taken {
        Err(Failure::Conflict(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_payment_begins_at_the_price_agreed_and_at_no_other() {
    let (free, enough) = (held(&json!({})), bounded(10_000, "BRL"));
    for (snapshot, amount) in [
        (&free, None),
        (&free, Some(brl(10_000))),
        (&enough, None),
        (&enough, Some(brl(10_000))),
    ] {
        let begun = pays(snapshot, amount).unwrap().unwrap();
        let state = begun.booking.unwrap().state;
        assert_eq!(state.status, BookingStatus::Paying);
        assert_eq!(state.amount, Some(brl(10_000)));
    }
    for other in [brl(9_999), brl(10_001), Money::new(10_000, "EUR")] {
        for snapshot in [&free, &enough] {
            let problem = conflict(pays(snapshot, Some(other.clone())));
            assert!(
                problem.starts_with("the trip costs BRL 100.00, not "),
                "{problem}"
            );
            assert!(problem.ends_with("; nothing is paid"), "{problem}");
        }
    }
}

#[test]
fn a_trip_that_costs_more_than_its_bound_is_refused_before_money_is_asked_for() {
    for (bound, currency, why) in [
        (
            9_999,
            "BRL",
            "the trip costs BRL 100.00, more than its `max_total` of BRL 99.99",
        ),
        (
            20_000,
            "EUR",
            "the trip is priced in BRL, and its `max_total` is in EUR",
        ),
    ] {
        // Also where the traveller names the amount that it costs.
        for amount in [None, Some(brl(10_000))] {
            let refused = pays(&bounded(bound, currency), amount);
            assert_eq!(refused.err(), Some(Failure::Refused(why.to_owned())));
        }
    }
}

#[test]
fn a_command_to_pay_another_amount_is_not_taken() {
    let snapshot = waiting(held(&json!({})));
    assert!(says(&snapshot, None).unwrap().is_some());
    assert!(says(&snapshot, Some(brl(10_000))).unwrap().is_some());
    let problem = conflict(says(&snapshot, Some(brl(9_000))));
    assert_eq!(
        problem,
        "the trip costs BRL 100.00, not BRL 90.00; nothing is paid"
    );
}

/// It would be told to the execution in place of the first.
#[test]
fn a_command_that_was_taken_is_not_taken_over_for_another_amount() {
    let mut snapshot = waiting(held(&json!({})));
    let taken = says(&snapshot, Some(brl(10_000))).unwrap().unwrap();
    snapshot.booking = taken.booking.unwrap();
    assert!(says(&snapshot, Some(brl(10_000))).unwrap().is_none());
    conflict(says(&snapshot, Some(brl(9_000))));
}

#[test]
fn the_traveller_is_told_which_legs_to_drop() {
    let told = |bound| conflict(says(&waiting(bounded(bound, "BRL")), None));
    let why =
        |bound| format!("the trip costs BRL 100.00, more than its `max_total` of BRL {bound}");
    assert_eq!(told(9_000), format!("{}; drop car or cover", why("90.00")));
    assert_eq!(told(5_000), format!("{}; drop cover", why("50.00")));
    let all = format!("{}; drop legs until it fits", why("10.00"));
    assert_eq!(told(1_000), all);
    let mut one = waiting(bounded(5_000, "BRL"));
    one.legs[0].state = one.legs[0].state.out();
    let problem = conflict(says(&one, None));
    assert!(
        problem.ends_with("; cancel it, or book something else"),
        "{problem}"
    );
}

#[test]
fn to_pay_is_no_action_of_a_trip_beyond_its_bound_until_a_leg_is_dropped() {
    let mut snapshot = waiting(bounded(5_000, "BRL"));
    assert_eq!(
        snapshot.next(NOW),
        [Next::AddLeg, Next::DropLeg, Next::Cancel]
    );
    snapshot.legs[1].state = snapshot.legs[1].state.out();
    assert_eq!(snapshot.next(NOW)[0], Next::Pay);
    assert!(says(&snapshot, Some(brl(4_000))).unwrap().is_some());
}

#[test]
fn legs_without_a_common_price_are_not_agreed_to() {
    let mut snapshot = waiting(held(&json!({})));
    snapshot.legs[0].state.price = Some(Money::new(4_000, "EUR"));
    conflict(says(&snapshot, Some(brl(10_000))));
    snapshot.booking.max_total = Some(brl(10_000));
    conflict(says(&snapshot, None));
}

#[test]
fn passengers_are_kept_in_the_booking_alone_and_told_when_the_trip_is_booked() {
    let names = json!({"passengers": ["Ana Souza", "Rui Souza"]});
    let mut snapshot = held(&names);
    let opening = Transition::opening(&snapshot, "open");
    assert!(opening.legs.iter().all(|leg| leg.named));
    assert!(!json!(opening.event).to_string().contains("Souza"));
    assert!(!json!(opening.legs).to_string().contains("Souza"));
    assert!(!json!(opening.payment).to_string().contains("Souza"));
    snapshot.booking.state.status = BookingStatus::Confirming;
    snapshot.booking.state.timer.state = State::Cancelled {
        by: Cancellation::Committed,
    };
    snapshot.payment.state = PaymentState {
        status: PaymentStatus::Authorized,
        attempts: 1,
        ..PaymentState::none()
    };
    let booked = captured(&snapshot, Some("PAY-1"), STAMP).unwrap();
    let Ended { passengers, .. } = booked.event.ended.unwrap();
    assert_eq!(json!(passengers), names["passengers"]);
    // A trip that is not booked needs no names.
    snapshot.booking.state.status = BookingStatus::Unwinding;
    let closed = holdfast_booking_rules::closing::close(&snapshot, None, STAMP).unwrap();
    assert!(!json!(closed.event).to_string().contains("Souza"));
}

#[test]
fn a_booking_without_names_and_bounds_is_stored_as_before() {
    let opening = Transition::opening(&held(&json!({})), "open");
    let booking = json!(opening.booking);
    let legs = json!(opening.legs);
    for name in ["max_total", "passengers", "named", "offer"] {
        assert!(booking.get(name).is_none(), "{name}");
        assert!(legs[0].get(name).is_none(), "{name}");
    }
}
