//! `00`, `51` or `07`: which balance pays a purchase, and whether it can.

use crate::account::Balances;
use crate::category::Category;
use crate::cents::Cents;
use crate::movement::Code;

/// What becomes of a purchase, given the balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the terminal is told.
    pub code: Code,
    /// The balance that pays; where none can, the one that should have.
    pub category: Category,
    /// The balance that was asked first: it is other than `category` where CASH stepped in.
    pub first: Category,
}

/// Decides: the first category pays all of it, or else CASH does. It is never split.
pub fn decide(balances: &Balances, first: Category, amount: Cents) -> Decision {
    let decision = |code, category| Decision {
        code,
        category,
        first,
    };
    if balances.of(first) >= amount {
        return decision(Code::Approved, first);
    }
    if balances.of(Category::CASH) >= amount {
        return decision(Code::Approved, Category::CASH);
    }
    decision(Code::Insufficient, first)
}

impl Decision {
    /// The balances that must not be able to pay, for this to be the decision.
    pub fn cannot_pay(&self) -> impl Iterator<Item = Category> {
        let first =
            (self.code != Code::Approved || self.first != self.category).then_some(self.first);
        let cash = (self.code == Code::Insufficient && self.first != Category::CASH)
            .then_some(Category::CASH);
        first.into_iter().chain(cash)
    }
}
