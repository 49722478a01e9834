//! The languages that customers are written to in, and how each writes money and days.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::time::Timestamp;

/// A language that customers are written to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Language {
    /// Portuguese, as in Brazil.
    #[serde(rename = "pt-BR")]
    PtBr,
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
}

/// The text names no language that customers are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be pt-BR or en")]
pub struct NotALanguage;

impl FromStr for Language {
    type Err = NotALanguage;
    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        match text {
            "pt-BR" => Ok(Self::PtBr),
            "en" => Ok(Self::En),
            _ => Err(NotALanguage),
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: &[Self] = &[Self::PtBr, Self::En];

    /// Its name in HTML and in headers.
    pub fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    /// A day as it is written: `10/01/2027`, or `2027-01-10`, which no English reader takes for
    /// another day.
    pub fn date(self, at: Timestamp) -> String {
        let moment = at.to_string();
        let day = moment.split('T').next().unwrap_or_default();
        match self {
            Self::PtBr => {
                let mut parts: Vec<_> = day.split('-').collect();
                parts.reverse();
                parts.join("/")
            }
            Self::En => day.to_owned(),
        }
    }

    /// An amount as it is written: `BRL 1.842,00`, `BRL 1,842.00`.
    pub fn money(self, money: &Money) -> String {
        format!("{} {}", money.currency, self.amount(money.amount))
    }

    /// A number of cents as it is written, without its currency.
    pub fn amount(self, cents: u64) -> String {
        let (thousands, decimal) = match self {
            Self::PtBr => ('.', ','),
            Self::En => (',', '.'),
        };
        let (whole, cents) = (cents / 100, cents % 100);
        format!("{}{decimal}{cents:02}", grouped(whole, thousands))
    }
}

/// A number with a mark between each three digits.
fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_days_are_written_as_each_language_does() {
        let money = |language: Language, amount| language.money(&Money::new(amount, "BRL"));
        assert_eq!(money(Language::PtBr, 184_200), "BRL 1.842,00");
        assert_eq!(money(Language::En, 123_456_789), "BRL 1,234,567.89");
        assert_eq!(money(Language::En, 5), "BRL 0.05");
        let at: Timestamp = "2027-01-10T23:00:00Z".parse().unwrap();
        assert_eq!(Language::PtBr.date(at), "10/01/2027");
        assert_eq!(Language::En.date(at), "2027-01-10");
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(language.tag().parse(), Ok(*language));
        }
        assert_eq!("fr".parse::<Language>(), Err(NotALanguage));
    }
}
