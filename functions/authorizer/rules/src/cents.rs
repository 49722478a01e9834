//! Amounts: decimal where they come from, whole cents inside. Nothing is ever rounded.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The most that one transaction may be about: 1,000,000.00.
pub const MOST: Cents = Cents(100_000_000);

/// So many cents.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cents(pub u64);

/// The text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAmount {
    /// It is no number.
    #[error("must be a number such as 100.00")]
    NoNumber,
    /// It is zero or less.
    #[error("must be more than 0")]
    NotPositive,
    /// It has parts of a cent.
    #[error("must have at most two decimals")]
    TooFine,
    /// It is too much for one transaction.
    #[error("must be at most 1000000.00")]
    TooMuch,
}

impl FromStr for Cents {
    type Err = NotAnAmount;

    /// Reads the text of a JSON number.
    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return Err(NotAnAmount::NoNumber);
        }
        let fraction_length = i64::try_from(fraction.len()).map_err(|_| NotAnAmount::TooFine)?;
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        if negative || digits.is_empty() {
            return Err(NotAnAmount::NotPositive);
        }
        shifted(digits, 2 - fraction_length + exponent)
    }
}

fn exponent_of(text: &str) -> Result<i64, NotAnAmount> {
    let text = text.strip_prefix('+').unwrap_or(text);
    match text.parse() {
        // Nothing that is an amount needs more.
        Ok(exponent @ -99..=99) => Ok(exponent),
        Ok(100..) => Err(NotAnAmount::TooMuch),
        Ok(_) => Err(NotAnAmount::TooFine),
        Err(_) => Err(NotAnAmount::NoNumber),
    }
}

/// The digits times ten to this power, as cents.
fn shifted(digits: &str, power: i64) -> Result<Cents, NotAnAmount> {
    let significant = digits.trim_end_matches('0');
    let zeros =
        i64::try_from(digits.len() - significant.len()).map_err(|_| NotAnAmount::TooMuch)?;
    let power = u32::try_from(power + zeros).map_err(|_| NotAnAmount::TooFine)?;
    let value: u64 = significant.parse().map_err(|_| NotAnAmount::TooMuch)?;
    let cents = 10_u64
        .checked_pow(power)
        .and_then(|scale| value.checked_mul(scale));
    match cents.map(Cents) {
        Some(cents) if cents <= MOST => Ok(cents),
        _ => Err(NotAnAmount::TooMuch),
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, cents) in [
            ("100.00", 10_000),
            ("100", 10_000),
            ("100.0", 10_000),
            ("0.1", 10),
            ("0.30", 30),
            ("0.01", 1),
            ("19.99", 1_999),
            ("100.000", 10_000),
            ("1e2", 10_000),
            ("1.5E+1", 1_500),
            ("1000000.00", 100_000_000),
            ("10000000e-1", 100_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Cents(cents)), "{text}");
        }
        let (one, two): (Cents, Cents) = ("0.1".parse().unwrap(), "0.2".parse().unwrap());
        assert_eq!(Ok(Cents(one.0 + two.0)), "0.3".parse());
    }

    #[test]
    fn what_is_no_amount_says_why() {
        use NotAnAmount::{NoNumber, NotPositive, TooFine, TooMuch};
        for (text, why) in [
            ("", NoNumber),
            ("abc", NoNumber),
            ("1.", NoNumber),
            (".5", NoNumber),
            ("1,50", NoNumber),
            ("\"100\"", NoNumber),
            ("NaN", NoNumber),
            ("1e", NoNumber),
            ("0", NotPositive),
            ("0.00", NotPositive),
            ("-0", NotPositive),
            ("-5", NotPositive),
            ("0.001", TooFine),
            ("10.005", TooFine),
            ("1e-3", TooFine),
            ("1e-100000", TooFine),
            ("1000000.01", TooMuch),
            ("1e99", TooMuch),
            ("1e100000", TooMuch),
            ("99999999999999999999999999", TooMuch),
        ] {
            assert_eq!(text.parse::<Cents>(), Err(why), "{text}");
        }
    }

    #[test]
    fn it_is_shown_as_it_is_asked_for() {
        assert_eq!(Cents(10_005).to_string(), "100.05");
    }
}
