use super::*;
use crate::bank;

/// What may happen to a payment: a call, or a decision of the bank's.
#[derive(Clone)]
enum Happening {
    Call(PaymentStep),
    Bank(Decision),
}

fn happenings() -> [Happening; 7] {
    let authorize = |card| PaymentStep::Authorize {
        card,
        amount: Money::new(1000, "BRL"),
        report_to: None,
    };
    [
        Happening::Call(authorize(Card::Good)),
        Happening::Call(authorize(Card::Pending)),
        Happening::Call(PaymentStep::Capture { amount: None }),
        Happening::Call(PaymentStep::Void),
        Happening::Call(PaymentStep::Refund { amount: None }),
        Happening::Bank(Decision::Approve),
        Happening::Bank(Decision::Decline),
    ]
}

/// What becomes of a payment; nothing if it stays as it is.
fn next(current: Option<&Payment>, happening: Happening) -> Option<Payment> {
    let now = Timestamp::from_millis(0);
    let step = match happening {
        Happening::Call(step) => step,
        Happening::Bank(decision) => {
            return bank::rule(current?, decision, now).map(|(to, _)| to);
        }
    };
    let order = PaymentOrder {
        key: Key::read("k", "key").unwrap(),
        owner: Owner::Booking("b1".parse().unwrap()),
        attempt: 1,
        step,
    };
    let terms = Terms {
        now,
        reference: "PAY-1".to_owned(),
        purse: &Purse::Cards,
    };
    match decide(current, &order, terms) {
        Verdict::Keep(_) => None,
        Verdict::Change { to, .. } => Some(to),
    }
}

/// Plays all sequences of happenings and hands each change to `check`, with all that came before.
fn play(current: Option<&Payment>, past: &[State], left: u32, check: &dyn Fn(&[State], &State)) {
    for happening in happenings() {
        let changed = next(current, happening);
        let mut past = past.to_vec();
        if let Some(to) = &changed {
            check(&past, &to.state);
            past.push(to.state.clone());
        }
        if left > 0 {
            play(changed.as_ref().or(current), &past, left - 1, check);
        }
    }
}

#[test]
fn whatever_happens_in_whatever_order_money_is_taken_once_and_given_back_once() {
    let captured = |state: &State| matches!(state, State::Captured { .. });
    let refunded = |state: &State| matches!(state, State::Refunded { .. });
    play(None, &[], 5, &|past, next| {
        let moves_money = captured(next) || refunded(next);
        assert!(
            !moves_money || !past.contains(next),
            "{next:?} again, after {past:?}"
        );
        assert!(!past.contains(&State::Voided), "{next:?} after a void");
        let authorized = matches!(past.last(), Some(State::Authorized { .. }));
        assert!(!captured(next) || authorized, "{past:?}");
        assert!(
            !refunded(next) || past.last().is_some_and(captured),
            "{past:?}"
        );
    });
}

#[test]
fn what_is_pending_becomes_authorized_or_declined_by_the_bank_and_voided_by_us() {
    let pending = |past: &[State]| matches!(past.last(), Some(State::Pending { .. }));
    play(None, &[], 4, &|past, next| {
        let by_the_bank = matches!(next, State::Authorized { .. } | State::Declined { .. });
        let proper = by_the_bank || *next == State::Voided;
        assert!(!pending(past) || proper, "{next:?} after {past:?}");
    });
}

#[test]
fn a_payment_is_stored_under_the_name_of_what_it_belongs_to() {
    let owners = [
        ("booking", Owner::Booking as fn(_) -> _),
        ("order", Owner::Order),
    ];
    for (field, owner) in owners {
        let stored = serde_json::json!({
            field: "x1", "reference": "PAY-1", "status": "authorized",
            "amount": {"amount": 1000, "currency": "BRL"}, "attempt": 1,
            "forget_after": "2028-02-14T12:00:00.000Z", "version": 1,
        });
        let payment: Payment = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(payment.owner, owner("x1".parse().unwrap()));
        assert_eq!(serde_json::json!(payment), stored);
    }
}
