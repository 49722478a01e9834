//! Moments, to the millisecond. The domain never asks what time it is: time is an argument.
//!
//! Written as text of fixed width (`2027-03-01T12:00:00.000Z`), so that text order is time order:
//! sort keys and conditions in the table rely on it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as DynamoDB's time to live wants them.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The day that it is where days end last: twelve hours behind UTC.
    pub fn day_of_the_last(self) -> Date {
        let behind = self - Duration::from_secs(12 * 3600);
        jiff::Timestamp::from_millisecond(behind.0)
            .map_or(Date::MAX, |moment| Offset::UTC.to_datetime(moment).date())
    }

    /// How long it is from `self` until `later`; nothing if that has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(millis(by)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(millis(by)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{}", moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

/// The text is not a moment such as `2027-03-01T12:00:00Z`.
#[derive(Debug, thiserror::Error)]
#[error("must be a time such as 2027-03-01T12:00:00Z")]
pub struct NotATime;

impl FromStr for Timestamp {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| NotATime)?;
        Ok(Self(moment.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_width_and_comes_back() {
        let moment = Timestamp::from_millis(1_803_902_400_007);
        assert_eq!(moment.to_string(), "2027-03-01T12:00:00.007Z");
        assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
    }

    #[test]
    fn what_has_passed_is_no_time_away() {
        let now = Timestamp::from_millis(5_000);
        assert_eq!(now.until(Timestamp::from_millis(4_000)), Duration::ZERO);
        assert_eq!(now.until(Timestamp::from_millis(6_500)).as_millis(), 1_500);
    }
}
