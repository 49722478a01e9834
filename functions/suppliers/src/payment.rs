//! The rules of a booking's payment: one intent, several attempts to authorize it.
//!
//! At most one authorization lives at a time. A void is final, whether or not it found anything:
//! an authorization that arrives later is refused. Money is taken once and given back once.

use std::time::Duration;

use holdfast_domain::ids::BookingId;
use holdfast_domain::money::Money;
use holdfast_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::verdict::{Kept, Verdict};

/// How the references of payments begin.
pub(crate) const PREFIX: &str = "PAY";

/// A call that concerns a payment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaymentOrder {
    pub(crate) booking: BookingId,
    pub(crate) attempt: u32,
    pub(crate) step: PaymentStep,
}

/// What is to be done about the money.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PaymentStep {
    Authorize { card: Card, amount: Money },
    Capture { amount: Option<Money> },
    Void,
    Refund { amount: Option<Money> },
}

/// What a test token stands for. The token itself goes no further than the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Card {
    Good,
    Declined,
    InsufficientFunds,
    Unknown,
}

impl Card {
    /// The card behind a token.
    pub(crate) fn of(token: &str) -> Self {
        match token {
            "tok_visa" => Self::Good,
            "tok_declined" => Self::Declined,
            "tok_insufficient_funds" => Self::InsufficientFunds,
            _ => Self::Unknown,
        }
    }

    fn objection(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::Declined => Some("card declined"),
            Self::InsufficientFunds => Some("insufficient funds"),
            Self::Unknown => Some("unknown token"),
        }
    }
}

/// A booking's payment as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) booking: BookingId,
    pub(crate) reference: String,
    #[serde(flatten)]
    pub(crate) state: State,
    /// When it can be forgotten.
    pub(crate) forget_after: Timestamp,
    pub(crate) version: u32,
}

/// Where a payment stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum State {
    /// The money is reserved.
    Authorized { amount: Money, attempt: u32 },
    /// The money is taken.
    Captured { amount: Money },
    /// Nothing is reserved, and never will be.
    Voided,
    /// The money was taken and given back.
    Refunded { amount: Money },
}

/// How long a payment is remembered after it last changed.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3600);

impl Kept for Payment {
    fn version(&self) -> u32 {
        self.version
    }

    fn is_alive(&self) -> bool {
        matches!(
            self.state,
            State::Authorized { .. } | State::Captured { .. }
        )
    }

    fn forget_after(&self) -> Timestamp {
        self.forget_after
    }
}

impl Payment {
    fn new(order: &PaymentOrder, state: State, now: Timestamp, reference: String) -> Self {
        Self {
            booking: order.booking.clone(),
            reference,
            state,
            forget_after: now + REMEMBERED,
            version: 1,
        }
    }

    fn becomes(&self, state: State, now: Timestamp) -> Self {
        Self {
            state,
            forget_after: now + REMEMBERED,
            version: self.version + 1,
            ..self.clone()
        }
    }
}

/// Decides about a call, given what is kept of the payment. `reference` is the one a new payment gets.
pub(crate) fn decide(
    current: Option<&Payment>,
    order: &PaymentOrder,
    now: Timestamp,
    reference: String,
) -> Verdict<Payment> {
    match (&order.step, current) {
        (PaymentStep::Authorize { .. }, Some(current)) => keep(second_authorization(current)),
        (PaymentStep::Authorize { card, amount }, None) => match card.objection() {
            Some(objection) => keep(Answer::declined(objection)),
            None => {
                let state = State::Authorized {
                    amount: amount.clone(),
                    attempt: order.attempt,
                };
                write("authorized", Payment::new(order, state, now, reference))
            }
        },
        (PaymentStep::Void, None) => {
            write("voided", Payment::new(order, State::Voided, now, reference))
        }
        (PaymentStep::Void, Some(current)) => void(current, now),
        (PaymentStep::Capture { amount }, Some(current)) => capture(current, amount.as_ref(), now),
        (PaymentStep::Refund { amount }, Some(current)) => refund(current, amount.as_ref(), now),
        (PaymentStep::Capture { .. }, None) => keep(Answer::refused("not authorized")),
        (PaymentStep::Refund { .. }, None) => keep(Answer::refused("nothing was captured")),
    }
}

fn keep(answer: Answer) -> Verdict<Payment> {
    Verdict::Keep(answer)
}

fn write(status: &str, to: Payment) -> Verdict<Payment> {
    let answer = Answer::payment(status, &to.reference);
    Verdict::Change {
        to,
        moves: Vec::new(),
        answer,
    }
}

/// A declined attempt leaves nothing behind, so whatever is there is in the way of another.
fn second_authorization(current: &Payment) -> Answer {
    Answer::refused(match &current.state {
        State::Authorized { attempt, .. } => format!("authorized already, by attempt {attempt}"),
        State::Captured { .. } => "captured already".to_owned(),
        State::Voided => "voided: nothing is authorized for this booking any more".to_owned(),
        State::Refunded { .. } => "refunded already".to_owned(),
    })
}

fn capture(current: &Payment, asked: Option<&Money>, now: Timestamp) -> Verdict<Payment> {
    match &current.state {
        State::Authorized { amount, .. } => {
            let asked = asked.unwrap_or(amount);
            if asked.currency != amount.currency || asked.amount > amount.amount {
                return keep(Answer::refused("more than was authorized"));
            }
            let amount = asked.clone();
            write("captured", current.becomes(State::Captured { amount }, now))
        }
        State::Captured { amount } if asked.is_none_or(|asked| asked == amount) => {
            keep(Answer::payment("captured", &current.reference))
        }
        State::Captured { .. } => keep(Answer::refused("captured already, another amount")),
        State::Voided => keep(Answer::refused("voided already")),
        State::Refunded { .. } => keep(Answer::refused("refunded already")),
    }
}

fn void(current: &Payment, now: Timestamp) -> Verdict<Payment> {
    match &current.state {
        State::Authorized { .. } => write("voided", current.becomes(State::Voided, now)),
        State::Captured { .. } => keep(Answer::refused("captured already: refund it")),
        // Nothing is reserved any more, which is all that a void asks for.
        State::Voided | State::Refunded { .. } => {
            keep(Answer::payment("voided", &current.reference))
        }
    }
}

fn refund(current: &Payment, asked: Option<&Money>, now: Timestamp) -> Verdict<Payment> {
    match &current.state {
        State::Captured { amount } | State::Refunded { amount }
            if asked.is_some_and(|asked| asked != amount) =>
        {
            keep(Answer::refused(
                "not what was captured: a refund gives back all of it",
            ))
        }
        State::Captured { amount } => {
            let amount = amount.clone();
            write("refunded", current.becomes(State::Refunded { amount }, now))
        }
        State::Refunded { .. } => keep(Answer::payment("refunded", &current.reference)),
        State::Authorized { .. } | State::Voided => keep(Answer::refused("nothing was captured")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> [PaymentStep; 4] {
        let amount = Money::new(1000, "BRL");
        let card = Card::Good;
        [
            PaymentStep::Authorize { card, amount },
            PaymentStep::Capture { amount: None },
            PaymentStep::Void,
            PaymentStep::Refund { amount: None },
        ]
    }

    /// Plays all sequences of steps and hands each change to `check`, with all that came before.
    fn play(
        current: Option<&Payment>,
        past: &[State],
        left: u32,
        check: &dyn Fn(&[State], &State),
    ) {
        for step in steps() {
            let booking = "b1".parse().unwrap();
            let order = PaymentOrder {
                booking,
                attempt: 1,
                step,
            };
            let now = Timestamp::from_millis(0);
            let mut past = past.to_vec();
            let next = match decide(current, &order, now, "PAY-1".to_owned()) {
                Verdict::Keep(_) => current.cloned(),
                Verdict::Change { to, .. } => {
                    check(&past, &to.state);
                    past.push(to.state.clone());
                    Some(to)
                }
            };
            if left > 0 {
                play(next.as_ref(), &past, left - 1, check);
            }
        }
    }

    #[test]
    fn whatever_is_called_in_whatever_order_money_is_taken_once_and_given_back_once() {
        let captured = |state: &State| matches!(state, State::Captured { .. });
        let refunded = |state: &State| matches!(state, State::Refunded { .. });
        play(None, &[], 5, &|past, next| {
            assert!(!past.contains(next), "{next:?} again, after {past:?}");
            assert!(!past.contains(&State::Voided), "{next:?} after a void");
            assert!(
                !captured(next) || matches!(past, [State::Authorized { .. }]),
                "{past:?}"
            );
            assert!(!refunded(next) || past.iter().any(captured), "{past:?}");
        });
    }
}
