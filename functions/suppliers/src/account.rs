//! The rules of paying from an account: whether it pays, from which balance, and how its money moves
//! with the payment. The money is reserved by an authorization, taken by a capture (what the capture
//! leaves goes back), and given back by a void, a withdrawal, a refund, or when nobody captures it in
//! time.

use std::time::Duration;

use holdfast_authorizer::accounts::key_of;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::deciding;
use holdfast_authorizer_rules::movement::{Code, Kind, Movement, Particulars};
use holdfast_authorizer_rules::request::Mcc;
use holdfast_core::ids::AccountId;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::payment::{Card, Payment, State, UNKNOWN_TOKEN};
use crate::verdict::{AccountMove, Kept, Move, Turn};
use crate::who::Owner;

/// What becomes of calls for a payment whose reservation has ended.
pub(crate) const NOT_IN_TIME: &str = "given back: it was not captured in time";

/// The currency of all accounts.
const CURRENCY: &str = "BRL";
/// The merchant category codes of travel agencies and of shops.
const TRIPS: &str = "4722";
const GOODS: &str = "5999";

/// Who pays, if the token is good.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Purse {
    /// Cards; accounts are not known here.
    Cards,
    /// An account, which keeps what it reserves for so long; no cards.
    Account(Box<Account>, Duration),
    /// An account that does not exist; no cards.
    NoAccount,
}

/// What a payment is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) account: AccountId,
    pub(crate) category: Category,
    /// When the money is given back if it is not captured.
    pub(crate) until: Timestamp,
}

impl Purse {
    /// What the money is taken from (`None` for cards), or why it is not given.
    pub(crate) fn pays(
        &self,
        card: &Card,
        amount: &Money,
        owner: &Owner,
        now: Timestamp,
    ) -> Result<Option<Source>, &'static str> {
        match (self, card) {
            (Self::Cards, card) => card.objection().map_or(Ok(None), Err),
            (Self::NoAccount, Card::Account(_)) => Err("no such account"),
            (Self::Account(account, reservation), Card::Account(_)) => {
                let category = balance(account, amount, owner)?;
                Ok(Some(Source {
                    account: account.account_id.clone(),
                    category,
                    until: now + *reservation,
                }))
            }
            (Self::NoAccount | Self::Account(..), _) => Err(UNKNOWN_TOKEN),
        }
    }
}

/// The balance that pays all of it.
fn balance(account: &Account, amount: &Money, owner: &Owner) -> Result<Category, &'static str> {
    if amount.currency != CURRENCY {
        return Err("accounts pay in BRL only");
    }
    let first = Category::of("", mcc(owner));
    let decision = deciding::decide(&account.balances, first, Cents(amount.amount));
    match decision.code {
        Code::Approved => Ok(decision.category),
        Code::Insufficient | Code::Refused => Err("insufficient balance"),
    }
}

fn mcc(owner: &Owner) -> &'static str {
    match owner {
        Owner::Booking(_) => TRIPS,
        Owner::Order(_) => GOODS,
    }
}

/// How the account's money moves when a payment changes. `call` names the call that changes it: each is
/// one movement.
pub(crate) fn movement(
    from: Option<&Payment>,
    to: &Payment,
    call: &str,
    now: Timestamp,
) -> Option<Move> {
    let source = to.source.as_ref()?;
    let nothing = Cents(0);
    let (kind, amount, reserved) = match (from.map(|payment| &payment.state), &to.state) {
        (_, State::Authorized { amount, .. }) => (Kind::Reserve, Cents(amount.amount), nothing),
        (Some(State::Authorized { amount: all, .. }), State::Captured { amount, .. }) => {
            (Kind::Capture, Cents(amount.amount), Cents(all.amount))
        }
        (
            Some(State::Authorized { amount, .. }),
            State::Withdrawn | State::Voided | State::Expired,
        ) => {
            let all = Cents(amount.amount);
            (Kind::Release, all, all)
        }
        (Some(State::Captured { given_back, .. }), to) => {
            let back = to.given_back().saturating_sub(given_back.sum());
            (Kind::Refund, Cents(back), nothing)
        }
        _ => return None,
    };
    let (owner, id) = (to.owner.as_str(), to.owner.id());
    let movement = Movement {
        // The ids of card transactions have no blanks, so none of them has the same key.
        key: key_of(&format!("payment {call}")),
        kind,
        code: Code::Approved,
        category: source.category,
        amount,
        reserved,
        at: now,
        mark: format!("{owner} {id}"),
    };
    let particulars = Particulars {
        id: Some(call.to_owned()),
        mcc: mcc(&to.owner).parse::<Mcc>().ok(),
        ..Particulars::default()
    };
    Some(Move::Account(AccountMove {
        account: source.account.clone(),
        movement,
        particulars,
    }))
}

/// Gives back what was not captured in time.
pub(crate) fn expire(payment: Option<Payment>, now: Timestamp) -> Turn<Payment> {
    let Some(payment) = payment else {
        return Turn::Refused(Answer::refused("there is no such payment"));
    };
    if payment.due_at().is_none_or(|due| now < due) {
        return Turn::Already(payment);
    }
    let expired = payment.becomes(State::Expired, now);
    // There is one payment, so there is one expiry.
    let call = format!("{}/payment/expire", payment.owner.id());
    let moves = movement(Some(&payment), &expired, &call, now);
    Turn::To(expired, moves.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::{PaymentOrder, PaymentStep, Terms, decide};
    use crate::request::Key;
    use crate::verdict::Verdict;

    const DAY: Duration = Duration::from_secs(86_400);

    /// What may happen to a payment: a call for an attempt, or the sweep so many days after the
    /// beginning.
    #[derive(Clone, Debug)]
    enum Happening {
        Call(u32, PaymentStep),
        Sweep(u32),
    }

    fn happenings() -> Vec<Happening> {
        let brl = |amount| Money::new(amount, "BRL");
        let authorize = |amount| PaymentStep::Authorize {
            card: Card::Account("123".parse().unwrap()),
            amount: brl(amount),
            report_to: None,
        };
        let part = Some(brl(300));
        let refund_part = |number| PaymentStep::RefundPart {
            number,
            amount: brl(200),
        };
        let calls = [
            authorize(1_000),
            authorize(2_000),
            PaymentStep::Capture { amount: None },
            PaymentStep::Capture { amount: part },
            PaymentStep::Void,
            PaymentStep::Withdraw,
            PaymentStep::Refund { amount: None },
            refund_part(1),
            refund_part(2),
        ];
        let calls = calls.into_iter().map(|step| Happening::Call(1, step));
        let second = Happening::Call(2, authorize(500));
        let calls = calls.chain([second]);
        calls.chain([6, 7].map(Happening::Sweep)).collect()
    }

    fn next(
        current: Option<&Payment>,
        account: &Account,
        happening: &Happening,
    ) -> Option<(Payment, Vec<Move>)> {
        let start = Timestamp::from_millis(0);
        let (attempt, step) = match happening {
            Happening::Call(attempt, step) => (*attempt, step.clone()),
            Happening::Sweep(days) => {
                return match expire(current.cloned(), start + DAY * *days) {
                    Turn::To(to, moves) => Some((to, moves)),
                    Turn::Already(_) | Turn::Refused(_) => None,
                };
            }
        };
        let order = PaymentOrder {
            key: Key::read("k", "key").unwrap(),
            owner: Owner::Booking("b1".parse().unwrap()),
            attempt,
            step,
        };
        let terms = Terms {
            now: start,
            reference: "PAY-1".to_owned(),
            purse: &Purse::Account(Box::new(account.clone()), DAY * 7),
        };
        match decide(current, &order, terms) {
            Verdict::Keep(_) => None,
            Verdict::Change { to, moves, .. } => Some((to, moves)),
        }
    }

    /// Plays all sequences of happenings. The account follows each change.
    fn play(current: Option<&Payment>, account: &Account, left: u32) {
        for happening in happenings() {
            let Some((to, moves)) = next(current, account, &happening) else {
                continue;
            };
            let mut after = account.clone();
            for one in &moves {
                let Move::Account(moved) = one else {
                    panic!("{one:?}")
                };
                let movement = &moved.movement;
                let followed = after.after(movement.category, movement.effect());
                after = followed.unwrap_or_else(|| panic!("{movement:?} of {after:?}"));
            }
            after.adds_up().unwrap();
            let (reserved, captured) = match &to.state {
                State::Authorized { amount, .. } => (amount.amount, 0),
                State::Captured { amount, given_back } => (0, amount.amount - given_back.sum()),
                _ => (0, 0),
            };
            assert_eq!(after.reserved, Cents(reserved), "{happening:?}: {to:?}");
            assert_eq!(after.captured, Cents(captured), "{happening:?}: {to:?}");
            assert!(
                !matches!(happening, Happening::Sweep(6)),
                "too early: {to:?}"
            );
            if left > 0 {
                play(Some(&to), &after, left - 1);
            }
        }
    }

    #[test]
    fn whatever_happens_in_whatever_order_the_account_follows_the_payment() {
        let (id, owner) = ("123".parse().unwrap(), "cus_1".parse().unwrap());
        let mut account = Account::new(id, owner, Timestamp::from_millis(0));
        account.credited = Cents(1_500);
        account.balances.0.insert(Category::CASH, Cents(1_500));
        play(None, &account, 6);
    }
}
