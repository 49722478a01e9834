//! The credit bureau: says what a customer is good for. It only reads, so there is nothing to undo.

use holdfast_core::email::Email;
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::money::Money;

use crate::answer::Answer;
use crate::catalogue::digest;

/// How the references of credit checks begin.
pub(crate) const PREFIX: &str = "CR";

/// Customers with an e-mail address here have no credit.
const NO_CREDIT: &str = "@no-credit.example";
/// A million, in cents: what every other customer is good for.
const LIMIT: u64 = 100_000_000;
const WORST_SCORE: u64 = 300;
const BEST_SCORE: u64 = 850;

/// A call that asks about a customer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreditOrder {
    pub(crate) order: SagaId,
    pub(crate) customer: CustomerId,
    pub(crate) email: Email,
    pub(crate) amount: Money,
}

/// Decides from the call alone. `reference` is the one that a good answer gets.
pub(crate) fn decide(order: &CreditOrder, reference: &str) -> Answer {
    if order.email.as_str().ends_with(NO_CREDIT) {
        return Answer::refused("this customer has no credit");
    }
    let limit = Money::new(LIMIT, &order.amount.currency);
    if order.amount.amount > limit.amount {
        let (whole, currency) = (LIMIT / 100, &limit.currency);
        return Answer::refused(format!("more than the limit of {currency} {whole}"));
    }
    Answer::approved(reference, score(&order.customer), &limit)
}

/// The same customer has the same score always.
fn score(customer: &CustomerId) -> u64 {
    WORST_SCORE + digest(customer.as_str()) % (BEST_SCORE - WORST_SCORE + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(email: &str, amount: u64) -> u16 {
        let order = CreditOrder {
            order: "o1".parse().unwrap(),
            customer: "cus_1".parse().unwrap(),
            email: Email::read(email).unwrap(),
            amount: Money::new(amount, "BRL"),
        };
        decide(&order, "CR-1").http_status.as_u16()
    }

    #[test]
    fn the_address_and_the_amount_decide() {
        assert_eq!(status("buyer@example.com", LIMIT), 200);
        assert_eq!(status("buyer@example.com", LIMIT + 1), 409);
        assert_eq!(status("Buyer@No-Credit.example", 1), 409);
        assert_eq!(status("buyer@some-no-credit.example", 1), 200);
        assert_eq!(status("no-credit.example@example.com", 1), 200);
    }

    #[test]
    fn every_customer_has_a_score_within_bounds() {
        for n in 0..1_000 {
            let customer = format!("cus_{n}").parse().unwrap();
            assert!((WORST_SCORE..=BEST_SCORE).contains(&score(&customer)));
            assert_eq!(score(&customer), score(&customer));
        }
    }
}
