//! What others are told of an account.

use holdfast_core::email::Email;
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::Serialize;

use crate::category::Category;
use crate::movement::{Code, Kind, Line};
use crate::request::Merchant;

/// All balances are in this currency.
pub const CURRENCY: &str = "BRL";

/// A purchase is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurchaseApproved {
    /// Tells it from all other events.
    pub id: String,
    /// The event's name.
    pub name: &'static str,
    /// When it was approved.
    pub at: Timestamp,
    /// Who paid.
    pub account_id: AccountId,
    /// Whose account that is.
    pub customer_id: CustomerId,
    /// Where its owner is written to, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The balance that paid.
    pub category: Category,
    /// How much.
    pub amount: Money,
    /// Who was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant: Option<Merchant>,
    /// What the terminal calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
}

impl PurchaseApproved {
    /// The event's name.
    pub const NAME: &'static str = "purchase_approved";

    /// The event that a line of the statement is; `None` where it is none. Lines know no address.
    pub fn of(line: Line) -> Option<Self> {
        let is_approved = line.kind == Kind::Purchase && line.code == Code::Approved;
        is_approved.then(|| Self {
            id: format!("{}/purchase.{}", line.account_id, line.key),
            name: Self::NAME,
            at: line.at,
            account_id: line.account_id,
            customer_id: line.customer_id,
            email: None,
            category: line.category,
            amount: Money::new(line.amount.0, CURRENCY),
            merchant: line.merchant,
            transaction: line.id,
        })
    }
}
