//! What a payment pays by is recorded when an attempt begins, before anybody is asked, and told by its event.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::{LegStatus, PaymentState, PaymentStatus, Snapshot};
use holdfast_booking_rules::opening::{Execution, open};
use holdfast_booking_rules::paying::{Attempt, begin, check_method};
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(0);

/// A booking of a car, which is held.
fn held() -> Snapshot {
    let asked = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": [{"id": "car", "kind": "car",
            "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}}],
    });
    let execution = Execution {
        name: "b1",
        arn: "execution:b1",
        definition: "test",
    };
    let asked = BookingRequest::read(&asked, NOW).unwrap();
    let mut held = open(execution, &asked, NOW).unwrap();
    held.legs[0].state.status = LegStatus::Held;
    held
}

fn paid(status: PaymentStatus, attempts: u32) -> Snapshot {
    let mut snapshot = held();
    snapshot.payment.state = PaymentState {
        status,
        attempts,
        ..PaymentState::none()
    };
    snapshot
}

fn attempt(number: u32, method: Method, script: &Script) -> Attempt<'_> {
    Attempt {
        number,
        method,
        amount: None,
        lease: Duration::from_secs(60),
        simulate: script,
    }
}

#[test]
fn an_attempt_begins_with_what_it_pays_by_and_its_event_tells_it() {
    let stamp = Stamp {
        actor: "test",
        at: NOW,
    };
    for method in [Method::Card, Method::Account] {
        let script = Script::default();
        let begun = begin(&held(), attempt(1, method, &script), stamp);
        let begun = begun.unwrap().unwrap();
        assert_eq!(begun.payment.unwrap().state.method, method);
        let told = begun.event.payment.unwrap();
        assert_eq!((told.after.method, told.after.attempts), (method, 1));
    }
}

#[test]
fn an_attempt_pays_by_something_else_only_where_surely_nothing_is_left_of_those_before() {
    for (status, attempts) in PaymentStatus::ALL
        .iter()
        .flat_map(|status| [(*status, 0), (*status, 1)])
    {
        let snapshot = paid(status, attempts);
        let changed = check_method(&snapshot, Method::Account);
        let is_gone = snapshot.payment.state.is_gone();
        assert_eq!(changed.is_ok(), is_gone, "{status:?} after {attempts}");
        let refused = changed.err();
        let is_conflict = |failure: &Failure| matches!(failure, Failure::Conflict(_));
        assert!(refused.iter().all(is_conflict), "{refused:?}");
        assert_eq!(check_method(&snapshot, Method::Card), Ok(()), "{status:?}");
    }
}

#[test]
fn an_attempt_that_may_have_reserved_money_is_followed_by_none_that_pays_by_something_else() {
    let stamp = Stamp {
        actor: "test",
        at: NOW,
    };
    let script = Script::default();
    let second = |snapshot: &Snapshot, method| begin(snapshot, attempt(2, method, &script), stamp);
    let unasked = paid(PaymentStatus::None, 1);
    assert!(second(&unasked, Method::Card).is_ok());
    let refused = second(&unasked, Method::Account).unwrap_err();
    assert_eq!(refused.name(), "Conflict", "{refused}");
    let declined = paid(PaymentStatus::Declined, 1);
    assert!(second(&declined, Method::Account).is_ok());
}

#[test]
fn a_payment_by_card_is_written_and_read_as_ever() {
    let card = PaymentState::none();
    let written = json!({"status": "none", "attempts": 0});
    assert_eq!(serde_json::to_value(&card).unwrap(), written);
    assert_eq!(
        serde_json::from_value::<PaymentState>(written).unwrap(),
        card
    );
    let account = PaymentState {
        method: Method::Account,
        ..card
    };
    let written = json!({"status": "none", "attempts": 0, "method": "account"});
    assert_eq!(serde_json::to_value(&account).unwrap(), written);
    assert_eq!(
        serde_json::from_value::<PaymentState>(written).unwrap(),
        account
    );
}
