//! The terms under which a thing is sold: how much of its price is given back, and until when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::time::Timestamp;

/// What is given back to those who do not travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RawRefund")]
pub struct Refund {
    /// How much of the price, in hundredths.
    #[cfg_attr(feature = "openapi", schema(maximum = 100))]
    pub percent: u32,
    /// The last day on which it can be asked for; nothing where nothing is given back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
}

#[derive(Deserialize)]
struct RawRefund {
    percent: u32,
    until: Option<Date>,
}

/// Terms that give back more than was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("percent: must be 0 to 100")]
pub struct TooMuch;

impl TryFrom<RawRefund> for Refund {
    type Error = TooMuch;
    fn try_from(raw: RawRefund) -> Result<Self, TooMuch> {
        let RawRefund { percent, until } = raw;
        if percent > 100 {
            return Err(TooMuch);
        }
        Ok(Self { percent, until })
    }
}

impl Refund {
    /// What is given back of a price at this moment. The last day counts until it has ended everywhere
    /// on earth; a fraction of a cent is not given back.
    pub fn of(&self, price: &Money, now: Timestamp) -> Money {
        let is_in_time = self
            .until
            .is_some_and(|until| now.day_of_the_last() <= until);
        let percent = if is_in_time { self.percent } else { 0 };
        price.percent(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(percent: u32) -> Refund {
        let until = Some(jiff::civil::date(2027, 2, 15));
        Refund { percent, until }
    }

    #[test]
    fn the_last_day_counts_until_it_has_ended_everywhere() {
        let price = Money::new(1_005, "BRL");
        for (now, amount) in [
            ("2027-02-01T00:00:00Z", 804),
            ("2027-02-16T11:59:59.999Z", 804),
            ("2027-02-16T12:00:00Z", 0),
        ] {
            let back = terms(80).of(&price, now.parse().unwrap());
            assert_eq!(back, Money::new(amount, "BRL"), "{now}");
        }
    }

    #[test]
    fn a_fraction_of_a_cent_is_not_given_back() {
        let now = "2027-02-01T00:00:00Z".parse().unwrap();
        for (price, percent, back) in [
            (99, 1, 0),
            (199, 50, 99),
            (7, 100, 7),
            (u64::MAX, 100, u64::MAX),
        ] {
            let given = terms(percent).of(&Money::new(price, "BRL"), now);
            assert_eq!(given.amount, back, "{percent} % of {price}");
        }
    }

    #[test]
    fn terms_that_give_back_more_than_was_paid_are_refused() {
        let read = |json| serde_json::from_str::<Refund>(json);
        assert!(read(r#"{"percent": 100, "until": "2027-02-15"}"#).is_ok());
        assert!(read(r#"{"percent": 0, "until": null}"#).is_ok());
        let refused = read(r#"{"percent": 101, "until": "2027-02-15"}"#).unwrap_err();
        assert!(refused.to_string().starts_with("percent: must be 0 to 100"));
    }
}
