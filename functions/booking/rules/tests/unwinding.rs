//! What is left to do, for every way a booking can stand: each status of it, of two legs, and of its
//! payment, with the timer before and after the commit point.
#![allow(clippy::unwrap_used)]

use holdfast_booking_rules::action::{Action, Script};
use holdfast_booking_rules::booking::{
    Booking, BookingState, BookingStatus, Ending, Leg, LegState, LegStatus, Payment, PaymentState,
    PaymentStatus, Snapshot,
};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::request::Customer;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::{Participant, Work, remaining_work};
use holdfast_core::cause::{CANCELLED, Cause};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State, Timer};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_000);
const LEGS: &[LegStatus] = &[
    LegStatus::Pending,
    LegStatus::Held,
    LegStatus::Confirmed,
    LegStatus::Refused,
    LegStatus::Released,
    LegStatus::ReleaseFailed,
    LegStatus::Unknown,
];
const PAYMENTS: &[PaymentStatus] = &[
    PaymentStatus::None,
    PaymentStatus::Authorized,
    PaymentStatus::Captured,
    PaymentStatus::Declined,
    PaymentStatus::Voided,
    PaymentStatus::Refunded,
    PaymentStatus::ReleaseFailed,
    PaymentStatus::Pending,
    PaymentStatus::Unknown,
];
const TIMERS: &[State] = &[
    State::Running,
    State::Paused { lease_ends: NOW },
    State::Fired,
    State::Cancelled {
        by: Cancellation::Released,
    },
    State::Cancelled {
        by: Cancellation::Committed,
    },
];

fn booking(status: BookingStatus, timer: State) -> Booking {
    Booking {
        simulate: Script::default(),
        booking_id: "b1".parse().unwrap(),
        version: 1,
        state: BookingState {
            status,
            timer: Timer {
                state: timer,
                ..Timer::start(NOW)
            },
            ending: None,
            reason: None,
            amount: None,
            cancellation: None,
        },
        customer: Customer {
            id: "cus_1".parse().unwrap(),
            email: "traveller@example.com".to_owned(),
        },
        max_total: None,
        passengers: Vec::new(),
        execution: "arn".to_owned(),
        waiting: None,
        trace_id: "t".to_owned(),
        definition: "1".to_owned(),
        created: NOW,
        updated: NOW,
    }
}

fn leg(id: &str, order: u32, status: LegStatus) -> Leg {
    Leg {
        id: id.parse().unwrap(),
        kind: Kind::Flight,
        order,
        spec: Value::Null,
        offer: None,
        named: false,
        simulate: Script::default(),
        version: 1,
        state: LegState::pending().with(status),
        attempts: 0,
        last_error: None,
    }
}

fn payment(status: PaymentStatus, attempts: u32) -> Payment {
    Payment {
        version: 1,
        state: PaymentState {
            attempts,
            ..PaymentState::none().with(status)
        },
        decide_by: None,
        simulate: Script::default(),
        last_error: None,
    }
}

/// Every way in which a booking of two legs can stand.
fn every_snapshot() -> Vec<Snapshot> {
    let mut all = Vec::new();
    for &status in BookingStatus::ALL {
        for &timer in TIMERS {
            for (&first, &second) in LEGS.iter().flat_map(|a| LEGS.iter().map(move |b| (a, b))) {
                for payment in every_payment() {
                    all.push(Snapshot {
                        booking: booking(status, timer),
                        legs: vec![leg("out", 0, first), leg("back", 1, second)],
                        payment,
                    });
                }
            }
        }
    }
    all
}

/// Every payment, and the one that was not tried.
fn every_payment() -> Vec<Payment> {
    let tried = PAYMENTS.iter().map(|&status| payment(status, 1));
    tried.chain([payment(PaymentStatus::None, 0)]).collect()
}

/// What identifies a snapshot in a message.
fn told(snapshot: &Snapshot) -> String {
    let legs: Vec<_> = snapshot.legs.iter().map(|leg| leg.state.status).collect();
    let (state, payment) = (&snapshot.booking.state, &snapshot.payment.state);
    format!(
        "{:?}, {:?}, {legs:?}, {payment:?}",
        state.status, state.timer.state
    )
}

fn is_forward(snapshot: &Snapshot) -> bool {
    let state = &snapshot.booking.state;
    state.timer.is_committed() && state.status != BookingStatus::Unwinding
}

/// The snapshots of bookings that are to be undone.
fn undoings() -> impl Iterator<Item = Snapshot> {
    let all = every_snapshot().into_iter();
    all.filter(|snapshot| !snapshot.booking.state.status.is_finished() && !is_forward(snapshot))
}

#[test]
fn nothing_is_left_to_do_for_a_booking_that_has_ended_well() {
    for snapshot in every_snapshot() {
        if snapshot.booking.state.status.is_finished() {
            assert_eq!(remaining_work(&snapshot), [], "{}", told(&snapshot));
        }
    }
}

#[test]
fn once_committed_only_the_capture_is_left() {
    let capture = Work {
        kind: Participant::Payment,
        leg: "payment".to_owned(),
        order: 0,
        action: Action::Capture,
    };
    for snapshot in every_snapshot() {
        if is_forward(&snapshot) && !snapshot.booking.state.status.is_finished() {
            let work = remaining_work(&snapshot);
            assert_eq!(work, std::slice::from_ref(&capture), "{}", told(&snapshot));
        }
    }
}

#[test]
fn nothing_is_captured_for_a_booking_that_is_being_undone() {
    for snapshot in undoings() {
        for work in remaining_work(&snapshot) {
            assert_ne!(work.action, Action::Capture, "{}", told(&snapshot));
        }
    }
}

/// A capture that is definitively refused turns a committed booking to the way back. Its release may
/// fail in turn, and then it waits at the desk, with a timer that is still committed.
#[test]
fn a_committed_booking_that_was_given_up_is_undone_at_the_desk_too() {
    let committed = State::Cancelled {
        by: Cancellation::Committed,
    };
    let mut given_up = Snapshot {
        booking: booking(BookingStatus::NeedsAttention, committed),
        legs: vec![
            leg("out", 0, LegStatus::Released),
            leg("back", 1, LegStatus::ReleaseFailed),
        ],
        payment: payment(PaymentStatus::Voided, 1),
    };
    given_up.booking.state.ending = Some(Ending::Failed);
    let work = remaining_work(&given_up);
    let actions: Vec<_> = work
        .iter()
        .map(|work| (work.leg.as_str(), work.action))
        .collect();
    assert_eq!(actions, [("back", Action::Release)]);
}

#[test]
fn legs_are_released_from_last_to_first_and_only_those_that_are_not_surely_gone() {
    for snapshot in undoings() {
        let gone = [LegStatus::Refused, LegStatus::Released];
        let there = snapshot
            .legs
            .iter()
            .filter(|leg| !gone.contains(&leg.state.status));
        let expected: Vec<_> = there
            .rev()
            .map(|leg| (leg.id.to_string(), leg.order))
            .collect();
        let work = remaining_work(&snapshot);
        let legs = work
            .iter()
            .filter(|work| matches!(work.kind, Participant::Leg(_)));
        let released: Vec<_> = legs
            .clone()
            .map(|work| (work.leg.clone(), work.order))
            .collect();
        assert_eq!(released, expected, "{}", told(&snapshot));
        for work in legs {
            assert_eq!(work.action, Action::Release, "{}", told(&snapshot));
        }
    }
}

#[test]
fn what_may_have_been_done_is_undone_like_what_was() {
    for snapshot in undoings() {
        let status = snapshot.legs[0].state.status;
        if matches!(status, LegStatus::Pending | LegStatus::Unknown) {
            let work = remaining_work(&snapshot);
            assert!(
                work.iter().any(|work| work.leg == "out"),
                "{}",
                told(&snapshot)
            );
        }
    }
}

#[test]
fn the_payment_comes_last_and_only_if_it_is_not_surely_gone() {
    use PaymentStatus::{Captured, Declined, None, Refunded, Voided};
    for snapshot in undoings() {
        let state = &snapshot.payment.state;
        let expected = match state.status {
            Declined | Voided | Refunded => Option::None,
            None if state.attempts == 0 => Option::None,
            Captured => Some(Action::Refund),
            _ => Some(Action::Void),
        };
        let work = remaining_work(&snapshot);
        let payments = work.iter().filter(|work| work.kind == Participant::Payment);
        assert_eq!(
            payments.count(),
            usize::from(expected.is_some()),
            "{}",
            told(&snapshot)
        );
        if expected.is_some() {
            let last = work.last().map(|work| work.action);
            assert_eq!(last, expected, "{}", told(&snapshot));
        }
    }
}

#[test]
fn a_booking_is_undone_when_its_unwinding_has_nothing_left_to_do() {
    let mut seen = [false; 2];
    for snapshot in every_snapshot() {
        if snapshot.booking.state.status == BookingStatus::Unwinding {
            let undone = is_undone(&snapshot);
            assert_eq!(
                undone,
                remaining_work(&snapshot).is_empty(),
                "{}",
                told(&snapshot)
            );
            seen[usize::from(undone)] = true;
        }
    }
    assert_eq!(seen, [true; 2], "both must have occurred");
}

#[test]
fn work_is_looked_up_by_the_word_for_its_kind() {
    let snapshot = Snapshot {
        booking: booking(BookingStatus::Unwinding, State::Fired),
        legs: vec![leg("out", 3, LegStatus::Held)],
        payment: payment(PaymentStatus::Authorized, 1),
    };
    let work = serde_json::to_value(remaining_work(&snapshot)).unwrap();
    let expected = json!([
        {"kind": "flight", "leg": "out", "order": 3, "action": "release"},
        {"kind": "payment", "leg": "payment", "order": 0, "action": "void"},
    ]);
    assert_eq!(work, expected);
    let back: Vec<Work> = serde_json::from_value(work).unwrap();
    assert_eq!(back, remaining_work(&snapshot));
}

fn cause(step: &str, error: &str, message: &str) -> Cause {
    let [step, error, message] = [step, error, message].map(str::to_owned);
    Cause {
        step,
        error,
        message,
    }
}

#[test]
fn of_several_causes_the_one_that_tells_most_is_foremost() {
    let of = |errors: &[&str]| {
        let causes = errors.iter().map(|error| cause(error, error, ""));
        Cause::foremost(causes.collect()).error
    };
    for (other, foremost) in [
        ("Refused", "HoldExpired"),
        ("Unavailable", "Refused"),
        ("States.Timeout", CANCELLED),
        ("Unavailable", "Declined"),
    ] {
        assert_eq!(of(&[other, foremost]), foremost);
        assert_eq!(of(&[foremost, other]), foremost);
    }
    assert_eq!(of(&["Unavailable", "States.Timeout"]), "Unavailable");
    assert_eq!(of(&[]), "");
    let first = Cause::foremost(vec![cause("a", "Refused", ""), cause("b", "Refused", "")]);
    assert_eq!(first.step, "a");
}

#[test]
fn the_error_says_what_the_unwinding_leads_to() {
    let leads_to = |error| Ending::from(&cause("", error, ""));
    assert_eq!(leads_to("HoldExpired"), Ending::Expired);
    assert_eq!(leads_to(CANCELLED), Ending::Cancelled);
    for error in ["Refused", "Declined", "Unavailable", "States.Timeout", ""] {
        assert_eq!(leads_to(error), Ending::Failed, "{error}");
    }
}

#[test]
fn a_reason_is_one_line_of_what_is_known() {
    assert_eq!(Cause::default().reason(), "the execution was stopped");
    assert_eq!(cause("", "HoldExpired", "").reason(), "HoldExpired");
    let failure = Failure::Refused("sold out".to_owned());
    assert_eq!(Cause::from(&failure).reason(), "Refused: sold out");
}
