//! A transaction that is being answered.

use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::deciding::Decision;
use holdfast_authorizer_rules::movement::{Code, Entry, Key, Kind, Line, Movement, Particulars};
use holdfast_authorizer_rules::request::{Purchase, Refusal};
use holdfast_core::time::Timestamp;

use super::Answer;
use crate::accounts::{Doubt, key_of};

const DIGEST_CHARACTERS: usize = 8;

/// A transaction that is being answered.
pub(super) struct Asked {
    pub(super) purchase: Purchase,
    pub(super) key: Key,
    pub(super) mark: String,
    /// The balance that pays first.
    pub(super) first: Category,
    /// This worker.
    by: String,
}

impl Asked {
    /// A transaction, asked for by this purchase.
    pub(super) fn new(purchase: Purchase) -> Self {
        let contents = format!(
            "{} {} {} {}",
            purchase.account, purchase.amount, purchase.mcc, purchase.merchant
        );
        let mut mark = key_of(&contents).0;
        mark.truncate(DIGEST_CHARACTERS);
        Self {
            key: key_of(purchase.id.as_str()),
            mark,
            first: Category::of(purchase.merchant.as_str(), purchase.mcc.as_str()),
            by: format!("{:08x}", fastrand::u32(..)),
            purchase,
        }
    }

    /// What the decision makes of it.
    pub(super) fn movement(&self, decision: Decision, at: Timestamp) -> Movement {
        Movement {
            key: self.key.clone(),
            kind: Kind::Purchase,
            code: decision.code,
            category: decision.category,
            amount: self.purchase.amount,
            reserved: Cents(0),
            at,
            mark: self.mark.clone(),
        }
    }

    /// Its line, once it is done.
    pub(super) fn line(&self, account: &Account, entry: &Entry) -> Line {
        let purchase = &self.purchase;
        let insufficient = entry.movement(&self.key).code == Code::Insufficient;
        let particulars = Particulars {
            id: Some(purchase.id.to_string()),
            mcc: Some(purchase.mcc.clone()),
            merchant: Some(purchase.merchant.clone()),
            reason: insufficient.then(|| "insufficient balance".to_owned()),
            by: self.by.clone(),
        };
        entry.line(
            &self.key,
            &account.account_id,
            &account.customer_id,
            particulars,
        )
    }

    /// The answer 07.
    pub(super) fn refused(&self, refusal: &Refusal) -> Answer {
        Answer {
            code: Code::Refused,
            transaction: Some(self.purchase.id.clone()),
            category: Some(self.first),
            reason: Some(refusal.to_string()),
        }
    }

    /// That it may have been debited, although its terminal is told 07.
    pub(super) fn doubt(&self, at: Timestamp) -> Doubt {
        let purchase = &self.purchase;
        Doubt {
            account_id: purchase.account.clone(),
            key: self.key.clone(),
            id: purchase.id.to_string(),
            mark: self.mark.clone(),
            by: self.by.clone(),
            category: self.first,
            amount: purchase.amount,
            merchant: purchase.merchant.clone(),
            mcc: purchase.mcc.clone(),
            at,
        }
    }
}
