//! The price that a traveller agrees to. A trip that costs more than its bound is not paid for, nor one
//! that costs another amount than the traveller names: money is asked for only at the price agreed.

use holdfast_core::failure::Failure;
use holdfast_core::ids::LegId;
use holdfast_core::language::Language;
use holdfast_core::money::Money;

use crate::booking::Snapshot;

/// Why a trip is not paid for at its price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAgreed {
    /// It costs more than the traveller pays at most.
    #[error("the trip costs {}, more than its `max_total` of {}", told(.total), told(.most))]
    TooMuch {
        /// What it costs.
        total: Money,
        /// What the traveller pays at most.
        most: Money,
    },
    /// Its price and its bound cannot be compared.
    #[error("the trip is priced in {0}, and its `max_total` is in {1}")]
    Currencies(String, String),
    /// It costs another amount than the traveller names.
    #[error("the trip costs {}, not {}; nothing is paid", told(.total), told(.amount))]
    Another {
        /// What it costs.
        total: Money,
        /// What the traveller names.
        amount: Money,
    },
    /// The prices of its legs do not add up.
    #[error("the legs have no common price that could be agreed to; nothing is paid")]
    NoTotal,
}

fn told(money: &Money) -> String {
    Language::En.money(money)
}

/// Whether the trip may be paid for at its price: it is within the traveller's bound, and it is the
/// amount that they name, where they name one.
///
/// # Errors
/// [`NotAgreed`]
pub fn check(snapshot: &Snapshot, amount: Option<&Money>) -> Result<(), NotAgreed> {
    let most = snapshot.booking.max_total.as_ref();
    if most.is_none() && amount.is_none() {
        return Ok(());
    }
    let total = snapshot.total().ok_or(NotAgreed::NoTotal)?;
    if let Some(most) = most {
        check_bound(&total, most)?;
    }
    match amount {
        Some(amount) if *amount != total => Err(NotAgreed::Another {
            total,
            amount: amount.clone(),
        }),
        _ => Ok(()),
    }
}

fn check_bound(total: &Money, most: &Money) -> Result<(), NotAgreed> {
    let (total, most) = (total.clone(), most.clone());
    if total.currency != most.currency {
        return Err(NotAgreed::Currencies(total.currency, most.currency));
    }
    match total.amount > most.amount {
        true => Err(NotAgreed::TooMuch { total, most }),
        false => Ok(()),
    }
}

impl NotAgreed {
    /// The failure of a payment that begins: nothing is asked of a supplier.
    pub fn of_a_payment(self) -> Failure {
        match self {
            Self::TooMuch { .. } | Self::Currencies(..) => Failure::Refused(self.to_string()),
            Self::Another { .. } | Self::NoTotal => Failure::Conflict(self.to_string()),
        }
    }

    /// The failure of a command to pay, with what its traveller can do.
    pub fn of_a_command(self, snapshot: &Snapshot) -> Failure {
        let problem = self.to_string();
        Failure::Conflict(match self {
            Self::TooMuch { total, most } => {
                let remedy = remedy(snapshot, total.amount - most.amount);
                format!("{problem}; {remedy}")
            }
            _ => problem,
        })
    }
}

/// Each leg that is dear enough is one to drop.
fn remedy(snapshot: &Snapshot, excess: u64) -> String {
    let price = |id: &LegId| snapshot.leg(id).and_then(|leg| leg.state.price.as_ref());
    let legs: Vec<_> = snapshot.trip().map(|leg| &leg.id).collect();
    let dear = legs
        .iter()
        .filter(|id| price(id).is_some_and(|price| price.amount >= excess));
    let dear: Vec<_> = dear.map(|id| id.as_str()).collect();
    match dear[..] {
        [] => "drop legs until it fits".to_owned(),
        _ if legs.len() == 1 => "cancel it, or book something else".to_owned(),
        _ => format!("drop {}", holdfast_core::reading::listed(&dear)),
    }
}
