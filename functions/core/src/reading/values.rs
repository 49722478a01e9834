//! Values with bounds or a form of their own. A message says what is right, whatever came instead.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A day, such as `2027-03-01`.
///
/// # Errors
/// The deserializer's, where it is none.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    struct Day;
    impl Visitor<'_> for Day {
        type Value = Date;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a date such as 2027-03-01")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
            let day = (text.len() == "2027-03-01".len()).then(|| text.parse().ok());
            day.flatten()
                .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(Day)
}

/// The code of a currency, such as `BRL`.
///
/// # Errors
/// The deserializer's, where it is none.
pub fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Code;
    impl Visitor<'_> for Code {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a currency of three capital letters such as BRL")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
            let wrong = || E::invalid_value(Unexpected::Str(text), &self);
            is_code.then(|| text.to_owned()).ok_or_else(wrong)
        }
    }
    deserializer.deserialize_str(Code)
}

/// A whole number within bounds.
///
/// # Errors
/// The deserializer's, where it is none.
pub fn whole<'de, D, T, const LEAST: u64, const MOST: u64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    Whole::<T, LEAST, MOST>::deserialize(deserializer).map(|whole| whole.0)
}

/// A whole number within bounds, or none.
///
/// # Errors
/// The deserializer's, where it is neither.
pub fn perhaps_whole<'de, D, T, const LEAST: u64, const MOST: u64>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    let whole = Option::<Whole<T, LEAST, MOST>>::deserialize(deserializer)?;
    Ok(whole.map(|whole| whole.0))
}

struct Whole<T, const LEAST: u64, const MOST: u64>(T);

impl<'de, T: TryFrom<u64>, const LEAST: u64, const MOST: u64> Deserialize<'de>
    for Whole<T, LEAST, MOST>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let within = Within::<T, LEAST, MOST>(std::marker::PhantomData);
        deserializer.deserialize_u64(within).map(Self)
    }
}

struct Within<T, const LEAST: u64, const MOST: u64>(std::marker::PhantomData<T>);

impl<T: TryFrom<u64>, const LEAST: u64, const MOST: u64> Visitor<'_> for Within<T, LEAST, MOST> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LEAST} to {MOST}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let within = (LEAST..=MOST).contains(&number);
        let number_there = || E::invalid_value(Unexpected::Unsigned(number), &self);
        let fits = within.then(|| T::try_from(number).ok()).flatten();
        fits.ok_or_else(number_there)
    }
}

/// A text of at most so many characters, none of them a control character.
///
/// # Errors
/// The deserializer's, where it is none.
pub fn text<'de, D: Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<String, D::Error> {
    Text::<MOST>::deserialize(deserializer).map(|text| text.0)
}

/// A text of at most so many characters, none of them a control character; or none.
///
/// # Errors
/// The deserializer's, where it is neither.
pub fn perhaps_text<'de, D: Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<Text<MOST>>::deserialize(deserializer)?;
    Ok(text.map(|text| text.0))
}

struct Text<const MOST: usize>(String);

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self(String::new()))
    }
}

impl<const MOST: usize> Visitor<'_> for Text<MOST> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a text of 1 to {MOST} characters on one line")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self, E> {
        let fits = !text.is_empty() && text.chars().count() <= MOST;
        if !fits || text.chars().any(char::is_control) {
            return Err(E::invalid_value(Unexpected::Str(text), &self));
        }
        Ok(Self(text.to_owned()))
    }
}
