//! Money, in whole minor units: no fractions, no rounding.

use serde::{Deserialize, Deserializer, Serialize};

use crate::reading::{currency, whole};

/// A hundred million, in cents: more than any trip costs.
pub const MOST_MONEY: u64 = 10_000_000_000;

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

/// An amount that a caller names, or none: at least one minor unit, at most [`MOST_MONEY`], in a currency
/// of three capital letters.
///
/// # Errors
/// The deserializer's, where it is neither.
pub fn perhaps_money<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Money>, D::Error> {
    let named = Option::<Named>::deserialize(deserializer)?;
    Ok(named.map(|named| Money {
        amount: named.amount,
        currency: named.currency,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(deserialize_with = "whole::<_, _, 1, MOST_MONEY>")]
    amount: u64,
    #[serde(deserialize_with = "currency")]
    currency: String,
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
    use serde_json::{Value, json};

    use super::*;
    use crate::reading::{Flaw, read};

    #[derive(Debug, Deserialize)]
    struct Asked {
        #[serde(default, deserialize_with = "perhaps_money")]
        amount: Option<Money>,
    }

    #[test]
    fn an_amount_that_a_caller_names_has_bounds_and_a_currency() {
        let asked = |json: Value| read::<Asked>(&json).map(|asked| asked.amount);
        let named = |amount: Value, currency: &str| {
            asked(json!({"amount": {"amount": amount, "currency": currency}}))
        };
        assert_eq!(named(json!(1), "BRL"), Ok(Some(Money::new(1, "BRL"))));
        assert_eq!(asked(json!({})), Ok(None));
        assert_eq!(asked(json!({"amount": null})), Ok(None));
        let most = MOST_MONEY + 1;
        for amount in [json!(0), json!(most), json!(-1), json!(1.5), json!("1")] {
            let Flaw { field, problem } = named(amount, "BRL").unwrap_err();
            assert_eq!(field, "amount.amount");
            assert_eq!(problem, "must be a whole number from 1 to 10000000000");
        }
        for currency in ["", "brl", "BR", "BRLX", "B1L"] {
            let Flaw { field, problem } = named(json!(1), currency).unwrap_err();
            assert_eq!(field, "amount.currency");
            assert_eq!(
                problem,
                "must be a currency of three capital letters such as BRL"
            );
        }
    }

    #[test]
    fn prices_of_one_currency_add_up_and_others_do_not() {
        let brl = |amount| Money::new(amount, "BRL");
        assert_eq!(Money::sum([&brl(1), &brl(2)]), Ok(Some(brl(3))));
        assert_eq!(Money::sum([]), Ok(None));
        assert!(Money::sum([&brl(1), &Money::new(1, "EUR")]).is_err());
        assert_eq!(Money::sum([&brl(u64::MAX), &brl(1)]), Err(NoSum::TooMuch));
    }
}
