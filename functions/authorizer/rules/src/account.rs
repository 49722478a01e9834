//! What an account holds: balances by category, and the sums that must agree with them at any moment.

use std::collections::BTreeMap;

use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::cents::Cents;
use crate::moment;
use crate::movement::{Effect, Entry, Key};

/// An account, as it lies in the table: one item, written by one conditional write for each movement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub account_id: AccountId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// What it can pay, by category.
    pub balances: Balances,
    /// All that ever came in.
    pub credited: Cents,
    /// What purchases took.
    pub debited: Cents,
    /// What is put aside for bookings and orders.
    pub reserved: Cents,
    /// What bookings and orders took.
    pub captured: Cents,
    /// The number of the last movement, and its line.
    pub last: (u64, Key),
    /// Movements whose line may not be there yet, as far as they were looked at.
    #[serde(default)]
    pub open: BTreeMap<Key, Entry>,
    /// Since when there is such an account.
    #[serde(with = "moment")]
    pub created: Timestamp,
}

/// Balances by category. What is not there is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Balances(pub BTreeMap<Category, Cents>);

/// What comes before the first line.
pub const BEGINNING: &str = "-";

/// An account that does not add up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("account {account_id}: {credited} came in, but {accounted} is accounted for")]
pub struct DoesNotAddUp {
    account_id: AccountId,
    credited: Cents,
    accounted: Cents,
}

impl Balances {
    /// What a category can pay.
    pub fn of(&self, category: Category) -> Cents {
        self.0.get(&category).copied().unwrap_or_default()
    }

    /// All of it.
    pub fn sum(&self) -> Cents {
        Cents(self.0.values().map(|balance| balance.0).sum())
    }
}

impl Account {
    /// A new account, with nothing in it.
    pub fn new(account_id: AccountId, customer_id: CustomerId, now: Timestamp) -> Self {
        Self {
            account_id,
            customer_id,
            balances: Balances(Category::all().map(|name| (name, Cents(0))).collect()),
            credited: Cents(0),
            debited: Cents(0),
            reserved: Cents(0),
            captured: Cents(0),
            last: (0, Key(BEGINNING.to_owned())),
            open: BTreeMap::new(),
            created: now,
        }
    }

    /// Whether all that came in is still there or accounted for, to the cent.
    ///
    /// # Errors
    /// [`DoesNotAddUp`]
    pub fn adds_up(&self) -> Result<(), DoesNotAddUp> {
        let there = [
            self.balances.sum(),
            self.debited,
            self.reserved,
            self.captured,
        ];
        let accounted = Cents(there.iter().map(|cents| cents.0).sum());
        if accounted == self.credited {
            return Ok(());
        }
        Err(DoesNotAddUp {
            account_id: self.account_id.clone(),
            credited: self.credited,
            accounted,
        })
    }

    /// The account after a movement with this effect on this balance; `None` where anything would become
    /// negative.
    pub fn after(&self, category: Category, effect: Effect) -> Option<Self> {
        let mut after = self.clone();
        let balance = plus(self.balances.of(category), effect.balance)?;
        after.balances.0.insert(category, balance);
        after.credited = plus(self.credited, effect.credited)?;
        after.debited = plus(self.debited, effect.debited)?;
        after.reserved = plus(self.reserved, effect.reserved)?;
        after.captured = plus(self.captured, effect.captured)?;
        Some(after)
    }
}

fn plus(cents: Cents, change: i64) -> Option<Cents> {
    cents.0.checked_add_signed(change).map(Cents)
}
