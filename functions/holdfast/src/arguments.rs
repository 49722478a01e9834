//! The command line: which command, and what all commands read in the same way.

use std::ffi::OsString;
use std::time::Duration;

use holdfast_core::ids::{BookingId, LegId, OfferId};
use holdfast_core::money::Money;
use lexopt::ValueExt;

/// Why a command line cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misuse {
    /// Only a text was asked for: this.
    #[error("{0}")]
    Told(String),
    /// The words make no sense.
    #[error("{0}")]
    Words(String),
    /// The options make no sense.
    #[error(transparent)]
    Options(#[from] lexopt::Error),
}

/// The words make no sense.
pub(crate) fn words(problem: impl Into<String>) -> Misuse {
    Misuse::Words(problem.into())
}

/// How a command follows the booking that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// Whether it follows.
    pub(crate) follow: bool,
    /// How long.
    pub(crate) wait: Duration,
}

/// Longer than any step takes whose supplier works; a bank that decides later may take longer.
const USUAL_WAIT: Duration = Duration::from_secs(300);

impl Patience {
    pub(crate) fn following(follow: bool) -> Self {
        Self {
            follow,
            wait: USUAL_WAIT,
        }
    }
}

/// The id of a booking.
pub(crate) fn booking(word: OsString) -> Result<BookingId, Misuse> {
    let text = word.string()?;
    text.parse().map_err(|problem| {
        words(format!(
            "`{text}` is no booking's id such as b-0123abcd: it {problem}"
        ))
    })
}

/// The id of a leg.
pub(crate) fn leg(word: OsString) -> Result<LegId, Misuse> {
    let text = word.string()?;
    text.parse().map_err(|problem| {
        words(format!(
            "`{text}` is no leg's id such as hotel: it {problem}"
        ))
    })
}

/// The id of an offer.
pub(crate) fn to_offer(word: OsString) -> Result<OfferId, Misuse> {
    let text = word.string()?;
    text.parse().map_err(|problem| {
        words(format!(
            "`{text}` is no offer's id such as `holdfast offers` prints: it {problem}"
        ))
    })
}

/// An amount of money, as `holdfast` prints it, with or without the blank.
pub(crate) fn to_amount(parser: &mut lexopt::Parser) -> Result<Money, Misuse> {
    let text = parser.value()?.string()?;
    money(&text).ok_or_else(|| words(format!("`{text}` is no amount such as BRL6601.20")))
}

fn money(text: &str) -> Option<Money> {
    let (currency, amount) = text.split_at_checked(3)?;
    let is_code = currency.bytes().all(|byte| byte.is_ascii_uppercase());
    let amount = amount.trim_start().replace(',', "");
    let (whole, cents) = amount.split_once('.').unwrap_or((&amount, "00"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_amount = digits(whole) && digits(cents) && cents.len() == 2 && !whole.is_empty();
    let amount = format!("{whole}{cents}").parse().ok();
    amount
        .filter(|_| is_code && is_amount)
        .map(|amount| Money::new(amount, currency))
}

/// What must have been named.
pub(crate) fn named<T>(found: Option<T>, what: &str) -> Result<T, Misuse> {
    found.ok_or_else(|| words(format!("name {what}")))
}

/// The value of `--wait`.
pub(crate) fn wait(parser: &mut lexopt::Parser) -> Result<Duration, Misuse> {
    let text = parser.value()?.string()?;
    let seconds = text.parse().ok().filter(|seconds| *seconds <= 86_400);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        words(format!(
            "`--wait {text}` is no number of seconds from 0 to 86400, such as 300"
        ))
    })
}

/// A number of persons, lines, …, of an option.
pub(crate) fn number(parser: &mut lexopt::Parser, option: &str, most: u32) -> Result<u32, Misuse> {
    let text = parser.value()?.string()?;
    let number = text.parse().ok();
    let number = number.filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| words(format!("`{option} {text}` is no number from 1 to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_it_is_printed() {
        for (text, cents) in [
            ("BRL6601.20", 660_120),
            ("BRL 6,601.20", 660_120),
            ("BRL12", 1_200),
            ("BRL0.05", 5),
        ] {
            assert_eq!(money(text), Some(Money::new(cents, "BRL")), "{text}");
        }
        for text in [
            "",
            "BRL",
            "6601.20",
            "brl1.00",
            "BRL1.5",
            "BRL-1",
            "BRL1.000",
            "BRL.50",
            "BR€1",
            "BRL 1 0",
            "BRL99999999999999999999",
        ] {
            assert_eq!(money(text), None, "{text}");
        }
    }
}
