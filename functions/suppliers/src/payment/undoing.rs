//! How a payment is undone: voided before its money is taken, given back afterwards, whole or in parts.

use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Payment, State, keep, write};
use crate::answer::Answer;
use crate::verdict::{Move, Verdict};

/// The parts of a payment that were given back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct GivenBack(Vec<Part>);

/// A part that was given back, in the minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    number: u32,
    amount: u64,
}

impl GivenBack {
    pub(crate) fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// All parts together, in the minor unit.
    pub(crate) fn sum(&self) -> u64 {
        self.0.iter().map(|part| part.amount).sum()
    }

    fn and(&self, number: u32, amount: u64) -> Self {
        let mut all = self.clone();
        all.0.push(Part { number, amount });
        all
    }

    fn part(&self, number: u32) -> Option<&Part> {
        self.0.iter().find(|part| part.number == number)
    }
}

pub(super) fn void(current: &Payment, now: Timestamp) -> Verdict<Payment> {
    match &current.state {
        State::Authorized { .. } | State::Declined { .. } | State::Withdrawn => {
            write("voided", current.becomes(State::Voided, now))
        }
        State::Pending { key, .. } => Verdict::Change {
            to: current.becomes(State::Voided, now),
            moves: vec![Move::Amend {
                key: key.clone(),
                answer: Answer::refused("voided before it was decided"),
            }],
            answer: Answer::done("voided", &current.reference),
        },
        State::Captured { .. } => keep(Answer::refused("captured already: refund it")),
        // Nothing is reserved any more, which is all that a void asks for.
        State::Voided | State::Expired | State::Refunded { .. } => {
            keep(Answer::done("voided", &current.reference))
        }
    }
}

pub(super) fn refund(current: &Payment, asked: Option<&Money>, now: Timestamp) -> Verdict<Payment> {
    match &current.state {
        State::Captured { amount, .. } | State::Refunded { amount }
            if asked.is_some_and(|asked| asked != amount) =>
        {
            keep(Answer::refused(
                "not what was captured: a refund gives back all of it",
            ))
        }
        State::Captured { amount, .. } => {
            let amount = amount.clone();
            write("refunded", current.becomes(State::Refunded { amount }, now))
        }
        State::Refunded { .. } => keep(Answer::done("refunded", &current.reference)),
        State::Pending { .. }
        | State::Declined { .. }
        | State::Withdrawn
        | State::Authorized { .. }
        | State::Voided
        | State::Expired => keep(Answer::refused("nothing was captured")),
    }
}

/// Gives a part back. Each number is given back once; all parts together are not more than was taken.
pub(super) fn refund_part(
    current: &Payment,
    number: u32,
    asked: &Money,
    now: Timestamp,
) -> Verdict<Payment> {
    let State::Captured { amount, given_back } = &current.state else {
        return keep(match &current.state {
            State::Refunded { .. } => Answer::refused("everything was given back already"),
            _ => Answer::refused("nothing was captured"),
        });
    };
    if let Some(before) = given_back.part(number) {
        return keep(match before.amount == asked.amount {
            true => Answer::done("partly_refunded", &current.reference),
            false => Answer::refused("given back already under this number, another amount"),
        });
    }
    let all = given_back.and(number, asked.amount);
    if asked.currency != amount.currency || all.sum() > amount.amount {
        return keep(Answer::refused("more than is left of what was captured"));
    }
    let amount = amount.clone();
    if all.sum() == amount.amount {
        return write("refunded", current.becomes(State::Refunded { amount }, now));
    }
    let given_back = all;
    let left = State::Captured { amount, given_back };
    write("partly_refunded", current.becomes(left, now))
}
