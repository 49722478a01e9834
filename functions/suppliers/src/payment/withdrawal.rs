//! A withdrawal: the caller gives one attempt up for good, and may make another.
//!
//! What the attempt has reserved is given back. The attempt is refused from then on, whether it was
//! pending, authorized or never seen, and so is every attempt before it. Unlike a void it leaves the
//! way open for later attempts.

use super::{Payment, PaymentOrder, State, Terms, Verdict, keep, write};
use crate::answer::Answer;
use crate::verdict::Move;

/// What is answered once an attempt is withdrawn.
const WITHDRAWN: &str = "withdrawn";

/// Decides about a withdrawal, given what is kept of the payment.
pub(super) fn withdraw(
    current: Option<&Payment>,
    order: &PaymentOrder,
    terms: &Terms<'_>,
) -> Verdict<Payment> {
    let Some(current) = current else {
        let reference = terms.reference.clone();
        let unseen = Payment::new(order, State::Withdrawn, terms.now, reference);
        return write(WITHDRAWN, without(unseen, order.attempt));
    };
    let withdrawn = || without(current.becomes(State::Withdrawn, terms.now), order.attempt);
    match &current.state {
        _ if current.withdrawn >= order.attempt => {
            keep(Answer::done(WITHDRAWN, &current.reference))
        }
        State::Pending { attempt, .. } | State::Authorized { attempt, .. }
            if *attempt != order.attempt =>
        {
            keep(Answer::refused(format!("attempt {attempt} is under way")))
        }
        State::Pending { key, .. } => Verdict::Change {
            to: withdrawn(),
            moves: vec![Move::Amend {
                key: key.clone(),
                answer: Answer::refused(refusal(order.attempt)),
            }],
            answer: Answer::done(WITHDRAWN, &current.reference),
        },
        State::Authorized { .. } | State::Declined { .. } | State::Withdrawn => {
            write(WITHDRAWN, withdrawn())
        }
        State::Captured { .. } => keep(Answer::refused("captured already: refund it")),
        // Nothing is reserved any more, and nothing ever will be.
        State::Voided | State::Expired | State::Refunded { .. } => {
            keep(Answer::done("voided", &current.reference))
        }
    }
}

/// Why an attempt is not authorized that was withdrawn.
pub(super) fn refusal(attempt: u32) -> String {
    format!("attempt {attempt} is withdrawn: it is not authorized any more")
}

fn without(payment: Payment, attempt: u32) -> Payment {
    Payment {
        withdrawn: attempt,
        ..payment
    }
}
