//! The rules of a payment, of a booking or an order: one intent, several attempts to authorize it.
//!
//! At most one authorization lives at a time. A void is final, whether or not it found anything:
//! an authorization that arrives later is refused. A withdrawal is final for its attempt alone
//! ([`withdrawal`]). Money is taken once and given back once.
//! Where accounts pay, each change takes the movement of the account with it (see [`crate::account`]).

mod card;
mod undoing;
mod withdrawal;

use std::time::Duration;

use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{self, Purse, Source};
use crate::answer::Answer;
use crate::bank::Decision;
use crate::request::Key;
use crate::verdict::{Kept, Verdict};
use crate::who::Owner;

pub(crate) use card::{Card, UNKNOWN_TOKEN};
pub(crate) use undoing::GivenBack;
use undoing::{refund, refund_part, void};

/// How the references of payments begin.
pub(crate) const PREFIX: &str = "PAY";

/// A call that concerns a payment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaymentOrder {
    pub(crate) key: Key,
    pub(crate) owner: Owner,
    pub(crate) attempt: u32,
    pub(crate) step: PaymentStep,
}

/// What is to be done about the money.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PaymentStep {
    Authorize {
        card: Card,
        amount: Money,
        report_to: Option<String>,
    },
    Capture {
        amount: Option<Money>,
    },
    Void,
    /// Gives back what this attempt has reserved, and refuses it for good. Another may follow.
    Withdraw,
    /// Everything that was taken.
    Refund {
        amount: Option<Money>,
    },
    /// A part of what was taken, under a number of its own.
    RefundPart {
        number: u32,
        amount: Money,
    },
}

/// A payment as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payment {
    #[serde(flatten)]
    pub(crate) owner: Owner,
    pub(crate) reference: String,
    #[serde(flatten)]
    pub(crate) state: State,
    /// Where a decision of the bank's is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) report_to: Option<String>,
    /// The last attempt that was withdrawn: neither it nor one before it is authorized any more.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(crate) withdrawn: u32,
    /// What it is taken from, where an account pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<Source>,
    /// When it can be forgotten. Money that was taken can be given back at any time, so it never is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forget_after: Option<Timestamp>,
    pub(crate) version: u32,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(attempt: &u32) -> bool {
    *attempt == 0
}

/// Where a payment stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum State {
    /// The bank has not decided yet; `key` is what it is asked under.
    Pending {
        amount: Money,
        attempt: u32,
        key: String,
    },
    /// The bank has declined, and another attempt may follow.
    Declined { attempt: u32 },
    /// The caller has withdrawn its last attempt, and another attempt may follow.
    Withdrawn,
    /// The money is reserved.
    Authorized { amount: Money, attempt: u32 },
    /// The money is taken; a part of it may have been given back.
    Captured {
        amount: Money,
        #[serde(default, skip_serializing_if = "GivenBack::is_nothing")]
        given_back: GivenBack,
    },
    /// Nothing is reserved, and never will be.
    Voided,
    /// It was not captured in time: what was reserved is given back, and nothing ever will be again.
    Expired,
    /// The money was taken and given back.
    Refunded { amount: Money },
}

/// How long a payment is remembered after it last changed, unless money was taken and not all of it
/// given back.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3600);

impl Kept for Payment {
    fn version(&self) -> u32 {
        self.version
    }

    fn is_alive(&self) -> bool {
        matches!(
            self.state,
            State::Pending { .. } | State::Authorized { .. } | State::Captured { .. }
        )
    }

    fn forget_after(&self) -> Option<Timestamp> {
        self.forget_after
    }

    fn due_at(&self) -> Option<Timestamp> {
        let is_reserved = matches!(self.state, State::Authorized { .. });
        let source = self.source.as_ref().filter(|_| is_reserved)?;
        Some(source.until)
    }
}

impl State {
    /// How much was given back of what was taken.
    pub(crate) fn given_back(&self) -> u64 {
        match self {
            Self::Captured { given_back, .. } => given_back.sum(),
            Self::Refunded { amount } => amount.amount,
            _ => 0,
        }
    }

    fn forget_after(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Captured { .. } => None,
            Self::Pending { .. }
            | Self::Declined { .. }
            | Self::Withdrawn
            | Self::Authorized { .. }
            | Self::Voided
            | Self::Expired
            | Self::Refunded { .. } => Some(now + REMEMBERED),
        }
    }
}

impl Payment {
    /// Whether the bank has said this, and nothing has been done since.
    pub(crate) fn was_decided(&self, decision: Decision) -> bool {
        match decision {
            Decision::Approve => matches!(self.state, State::Authorized { .. }),
            Decision::Decline => self.was_declined(),
        }
    }

    /// The attempt to pay that it came from, while that matters.
    pub(crate) fn attempt(&self) -> u32 {
        match self.state {
            State::Pending { attempt, .. }
            | State::Declined { attempt }
            | State::Authorized { attempt, .. } => attempt,
            State::Withdrawn
            | State::Captured { .. }
            | State::Voided
            | State::Expired
            | State::Refunded { .. } => 0,
        }
    }

    fn was_declined(&self) -> bool {
        matches!(self.state, State::Declined { .. })
    }

    /// Whether nothing is left of the attempts so far, and this one may be made.
    fn may_be_followed_by(&self, attempt: u32) -> bool {
        let is_over = matches!(self.state, State::Declined { .. } | State::Withdrawn);
        is_over && attempt > self.withdrawn
    }

    fn new(order: &PaymentOrder, state: State, now: Timestamp, reference: String) -> Self {
        Self {
            owner: order.owner.clone(),
            reference,
            forget_after: state.forget_after(now),
            state,
            report_to: None,
            withdrawn: 0,
            source: None,
            version: 1,
        }
    }

    pub(crate) fn becomes(&self, state: State, now: Timestamp) -> Self {
        Self {
            forget_after: state.forget_after(now),
            state,
            version: self.version + 1,
            ..self.clone()
        }
    }
}

/// What a decision depends on besides the call and the payment.
pub(crate) struct Terms<'a> {
    pub(crate) now: Timestamp,
    /// The reference that a new payment gets.
    pub(crate) reference: String,
    /// Who pays, if the token is good.
    pub(crate) purse: &'a Purse,
}

/// Decides about a call, given what is kept of the payment.
pub(crate) fn decide(
    current: Option<&Payment>,
    order: &PaymentOrder,
    terms: Terms<'_>,
) -> Verdict<Payment> {
    let now = terms.now;
    match rule(current, order, terms) {
        Verdict::Change {
            to,
            mut moves,
            answer,
        } => {
            moves.extend(account::movement(current, &to, order.key.as_str(), now));
            Verdict::Change { to, moves, answer }
        }
        kept => kept,
    }
}

fn rule(current: Option<&Payment>, order: &PaymentOrder, terms: Terms<'_>) -> Verdict<Payment> {
    let now = terms.now;
    match (&order.step, current) {
        (_, Some(current)) if current.owner != order.owner => keep(Answer::refused(format!(
            "this is the payment of another {} with the same id",
            current.owner.as_str()
        ))),
        (PaymentStep::Authorize { .. }, Some(current))
            if !current.may_be_followed_by(order.attempt) =>
        {
            keep(second_authorization(current, order.attempt))
        }
        (
            PaymentStep::Authorize {
                card,
                amount,
                report_to,
            },
            _,
        ) => {
            let source = match terms.purse.pays(card, amount, &order.owner, now) {
                Ok(source) => source,
                Err(objection) => return keep(Answer::declined(objection)),
            };
            let fresh = |state| Payment {
                report_to: report_to.clone(),
                source,
                withdrawn: current.map_or(0, |current| current.withdrawn),
                version: current.map_or(1, |declined| declined.version + 1),
                ..Payment::new(order, state, now, terms.reference)
            };
            authorize(card, amount, order, fresh)
        }
        (PaymentStep::Void, None) => {
            let voided = Payment::new(order, State::Voided, now, terms.reference);
            write("voided", voided)
        }
        (PaymentStep::Void, Some(current)) => void(current, now),
        (PaymentStep::Withdraw, current) => withdrawal::withdraw(current, order, &terms),
        (PaymentStep::Capture { amount }, Some(current)) => capture(current, amount.as_ref(), now),
        (PaymentStep::Refund { amount }, Some(current)) => refund(current, amount.as_ref(), now),
        (PaymentStep::RefundPart { number, amount }, Some(current)) => {
            refund_part(current, *number, amount, now)
        }
        (PaymentStep::Capture { .. }, None) => keep(Answer::refused("not authorized")),
        (PaymentStep::Refund { .. } | PaymentStep::RefundPart { .. }, None) => {
            keep(Answer::refused("nothing was captured"))
        }
    }
}

fn authorize(
    card: &Card,
    amount: &Money,
    order: &PaymentOrder,
    fresh: impl FnOnce(State) -> Payment,
) -> Verdict<Payment> {
    let (amount, attempt) = (amount.clone(), order.attempt);
    if *card != Card::Pending {
        return write("authorized", fresh(State::Authorized { amount, attempt }));
    }
    let key = order.key.as_str().to_owned();
    let to = fresh(State::Pending {
        amount,
        attempt,
        key,
    });
    let answer = Answer::pending(&to.reference);
    Verdict::Change {
        to,
        moves: Vec::new(),
        answer,
    }
}

fn keep(answer: Answer) -> Verdict<Payment> {
    Verdict::Keep(answer)
}

fn write(status: &str, to: Payment) -> Verdict<Payment> {
    let answer = Answer::done(status, &to.reference);
    Verdict::Change {
        to,
        moves: Vec::new(),
        answer,
    }
}

/// A declined attempt leaves nothing behind, so whatever is there is in the way of another.
fn second_authorization(current: &Payment, attempt: u32) -> Answer {
    Answer::refused(match &current.state {
        _ if attempt <= current.withdrawn => withdrawal::refusal(attempt),
        State::Withdrawn => withdrawal::refusal(current.withdrawn),
        State::Pending { attempt, .. } => format!("pending already, by attempt {attempt}"),
        State::Authorized { attempt, .. } => format!("authorized already, by attempt {attempt}"),
        State::Declined { attempt } => format!("declined, by attempt {attempt}"),
        State::Captured { .. } => "captured already".to_owned(),
        State::Voided => {
            let owner = current.owner.as_str();
            format!("voided: nothing is authorized for this {owner} any more")
        }
        State::Expired => account::NOT_IN_TIME.to_owned(),
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
            let captured = State::Captured {
                amount: asked.clone(),
                given_back: GivenBack::default(),
            };
            write("captured", current.becomes(captured, now))
        }
        State::Captured { amount, .. } if asked.is_none_or(|asked| asked == amount) => {
            keep(Answer::done("captured", &current.reference))
        }
        State::Captured { .. } => keep(Answer::refused("captured already, another amount")),
        State::Pending { .. } => keep(Answer::refused("not decided yet")),
        State::Declined { .. } | State::Withdrawn => keep(Answer::refused("not authorized")),
        State::Voided => keep(Answer::refused("voided already")),
        State::Expired => keep(Answer::refused(account::NOT_IN_TIME)),
        State::Refunded { .. } => keep(Answer::refused("refunded already")),
    }
}

#[cfg(test)]
mod tests;
