//! Places, and which day it is there.
//!
//! A date has passed once its day is over at its place. A place in several time zones counts by the
//! westernmost of them, and by its winter time: there the day ends last.

use holdfast_core::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// A place that trips go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its three letters.
    pub code: &'static str,
    /// How many hours its clocks are ahead of UTC.
    pub ahead_of_utc: i8,
}

/// Where trips go when a question names no place.
pub const PLACES: &[Place] = &[
    at("AMS", 1),
    at("BCN", 1),
    at("CDG", 1),
    at("EZE", -3),
    at("FCO", 1),
    at("GIG", -3),
    at("GRU", -3),
    at("JFK", -5),
    at("LIS", 0),
    at("MAD", 1),
    at("NRT", 9),
    at("SCL", -4),
];

/// The last place on earth where a day ends.
const WESTERNMOST: i8 = -12;

const fn at(code: &'static str, ahead_of_utc: i8) -> Place {
    Place { code, ahead_of_utc }
}

/// The day that it is at a place. A place that is not known counts as the westernmost.
pub fn today(place: Option<&str>, now: Timestamp) -> Date {
    let known = place.and_then(|code| PLACES.iter().find(|place| place.code == code));
    let hours = known.map_or(WESTERNMOST, |place| place.ahead_of_utc);
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    Offset::constant(hours).to_datetime(moment).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_begins_in_the_east_and_ends_in_the_west() {
        let now = "2027-03-01T03:30:00Z".parse().unwrap();
        assert_eq!(today(Some("NRT"), now), date(2027, 3, 1));
        assert_eq!(today(Some("GRU"), now), date(2027, 3, 1));
        assert_eq!(today(Some("SCL"), now), date(2027, 2, 28));
        for anywhere in [Some("QQQ"), None] {
            let noon = "2027-03-01T11:59:59Z".parse().unwrap();
            assert_eq!(today(anywhere, noon), date(2027, 2, 28));
            let later = "2027-03-01T12:00:00Z".parse().unwrap();
            assert_eq!(today(anywhere, later), date(2027, 3, 1));
        }
    }

    #[test]
    fn a_moment_beyond_the_calendar_has_a_day_all_the_same() {
        today(None, Timestamp::from_millis(i64::MAX));
        today(Some("NRT"), Timestamp::from_millis(i64::MIN));
    }
}
