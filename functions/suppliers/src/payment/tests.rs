use super::*;
use crate::bank;

/// What may happen to a payment: a call for an attempt, or a decision of the bank's.
#[derive(Clone, Debug)]
enum Happening {
    Call(PaymentStep),
    Second(PaymentStep),
    Bank(Decision),
}

fn happenings() -> [Happening; 9] {
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
        Happening::Call(PaymentStep::Withdraw),
        Happening::Second(authorize(Card::Good)),
        Happening::Call(PaymentStep::Refund { amount: None }),
        Happening::Bank(Decision::Approve),
        Happening::Bank(Decision::Decline),
    ]
}

/// What becomes of a payment; nothing if it stays as it is.
fn next(current: Option<&Payment>, happening: Happening) -> Option<Payment> {
    let now = Timestamp::from_millis(0);
    let (attempt, step) = match happening {
        Happening::Call(step) => (1, step),
        Happening::Second(step) => (2, step),
        Happening::Bank(decision) => {
            return bank::rule(current?, decision, now).map(|(to, _)| to);
        }
    };
    let order = PaymentOrder {
        key: Key::read("k", "key").unwrap(),
        owner: Owner::Booking("b1".parse().unwrap()),
        attempt,
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
fn what_is_pending_becomes_authorized_or_declined_by_the_bank_and_given_up_by_us() {
    let pending = |past: &[State]| matches!(past.last(), Some(State::Pending { .. }));
    play(None, &[], 4, &|past, next| {
        let by_the_bank = matches!(next, State::Authorized { .. } | State::Declined { .. });
        let proper = by_the_bank || matches!(next, State::Withdrawn | State::Voided);
        assert!(!pending(past) || proper, "{next:?} after {past:?}");
    });
}

#[test]
fn an_attempt_that_was_withdrawn_is_never_authorized_and_a_later_one_may_be() {
    let reserves =
        |state: &State| matches!(state, State::Authorized { .. } | State::Pending { .. });
    let of_the_second = |state: &State| matches!(state, State::Authorized { attempt: 2, .. });
    let mut followed = std::cell::Cell::new(false);
    play(None, &[], 4, &|past, next| {
        let withdrawn = past.contains(&State::Withdrawn);
        let proper = !withdrawn || !reserves(next) || of_the_second(next);
        assert!(proper, "{next:?} after {past:?}");
        followed.set(followed.get() || withdrawn && of_the_second(next));
    });
    assert!(*followed.get_mut(), "a second attempt may follow");
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
