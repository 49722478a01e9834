//! Money, in whole minor units: no fractions, no rounding.

use serde::{Deserialize, Serialize};

/// An amount in the minor unit of its currency (cents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// How much, in minor units.
    pub amount: u64,
    /// ISO 4217 code.
    pub currency: String,
}

/// Prices that cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSum {
    /// The legs are priced in different currencies.
    #[error("prices in {0} and {1} cannot be added up")]
    Currencies(String, String),
    /// More than can be written down.
    #[error("the prices add up to more than can be charged")]
    TooMuch,
}

impl Money {
    /// An amount in a currency.
    pub fn new(amount: u64, currency: &str) -> Self {
        Self {
            amount,
            currency: currency.to_owned(),
        }
    }

    /// The sum of some prices, or nothing where there are none.
    ///
    /// # Errors
    /// [`NoSum`] if the currencies differ or the sum is too large.
    pub fn sum<'a>(prices: impl IntoIterator<Item = &'a Self>) -> Result<Option<Self>, NoSum> {
        prices
            .into_iter()
            .try_fold(None, |sum: Option<Self>, price| match sum {
                None => Ok(Some(price.clone())),
                Some(sum) => sum.plus(price).map(Some),
            })
    }

    /// So many hundredths of it, without the fraction of a minor unit.
    #[must_use]
    pub fn percent(&self, percent: u32) -> Self {
        let part = u128::from(self.amount) * u128::from(percent) / 100;
        let amount = u64::try_from(part).unwrap_or(u64::MAX);
        Self {
            amount,
            currency: self.currency.clone(),
        }
    }

    fn plus(self, other: &Self) -> Result<Self, NoSum> {
        if self.currency != other.currency {
            return Err(NoSum::Currencies(self.currency, other.currency.clone()));
        }
        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(NoSum::TooMuch)?;
        Ok(Self { amount, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_one_currency_add_up_and_others_do_not() {
        let brl = |amount| Money::new(amount, "BRL");
        assert_eq!(Money::sum([&brl(1), &brl(2)]), Ok(Some(brl(3))));
        assert_eq!(Money::sum([]), Ok(None));
        assert!(Money::sum([&brl(1), &Money::new(1, "EUR")]).is_err());
        assert_eq!(Money::sum([&brl(u64::MAX), &brl(1)]), Err(NoSum::TooMuch));
    }
}
