//! The figures of the last hour: how many sagas of a kind began, minute by minute, and how they stand.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::time::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);

/// The last hour, from a whole minute on. Its last minute is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// When it begins.
    pub from: Timestamp,
    /// When it was looked at.
    pub to: Timestamp,
}

impl Hour {
    const MINUTES: u32 = 60;

    /// The hour that a moment is at the end of.
    pub fn until(now: Timestamp) -> Self {
        let minute = Timestamp::from_millis(now.as_seconds().div_euclid(60) * 60_000);
        Self {
            from: minute - (Self::MINUTES - 1) * MINUTE,
            to: now,
        }
    }

    /// Which of its minutes a moment is in. What another clock dates ahead is in the last one.
    fn minute(&self, at: Timestamp) -> usize {
        let minutes = self.from.until(at).as_secs() / MINUTE.as_secs();
        let last = u64::from(Self::MINUTES - 1);
        usize::try_from(minutes.min(last)).unwrap_or_default()
    }
}

/// A saga that began within the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// When.
    pub at: Timestamp,
    /// How it stands now, in the words of its kind.
    pub status: &'static str,
}

/// The sagas of one kind that began within the last hour, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// The kind: `order`.
    pub kind: String,
    /// How many began.
    pub begun: u32,
    /// How many began in each of 60 minutes, the oldest first. The last minute is not over.
    #[cfg_attr(feature = "openapi", schema(min_items = 60, max_items = 60))]
    pub per_minute: Vec<u32>,
    /// How many of them stand how, in the words of the kind; only where there are any.
    pub statuses: BTreeMap<String, u32>,
    /// Whether all were counted: where there are too many of one status, the newest of it were.
    pub is_complete: bool,
}

impl Figures {
    /// Counts sagas of a kind.
    pub fn of(
        kind: &str,
        hour: &Hour,
        begun: impl IntoIterator<Item = Begun>,
        is_complete: bool,
    ) -> Self {
        let mut figures = Self {
            kind: kind.to_owned(),
            begun: 0,
            per_minute: vec![0; Hour::MINUTES as usize],
            statuses: BTreeMap::new(),
            is_complete,
        };
        for saga in begun {
            figures.begun += 1;
            if let Some(minute) = figures.per_minute.get_mut(hour.minute(saga.at)) {
                *minute += 1;
            }
            let status = figures.statuses.entry(saga.status.to_owned());
            *status.or_default() += 1;
        }
        figures
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2027-01-10T{time}Z").parse().unwrap()
    }

    #[test]
    fn the_hour_begins_at_a_whole_minute_and_ends_in_the_one_that_is_not_over() {
        for (now, from) in [
            ("12:00:00", "11:01:00"),
            ("12:00:59.999", "11:01:00"),
            ("12:01:00", "11:02:00"),
        ] {
            let hour = Hour::until(at(now));
            assert_eq!((hour.from, hour.to), (at(from), at(now)));
        }
    }

    #[test]
    fn sagas_are_counted_by_minute_and_by_status() {
        let hour = Hour::until(at("12:00:30"));
        let begun = |time: &str, status| Begun {
            at: at(time),
            status,
        };
        let sagas = [
            begun("11:01:00", "booked"),
            begun("11:01:59.999", "booked"),
            begun("11:02:00", "failed"),
            begun("12:00:30", "holding"),
            // Dated by a clock that is ahead.
            begun("12:01:01", "holding"),
        ];
        let figures = Figures::of("booking", &hour, sagas, true);
        let mut minutes = vec![0; 60];
        (minutes[0], minutes[1], minutes[59]) = (2, 1, 2);
        assert_eq!((figures.begun, figures.per_minute), (5, minutes));
        let statuses: Vec<_> = figures.statuses.into_iter().collect();
        let expected = [("booked", 2), ("failed", 1), ("holding", 2)];
        assert_eq!(
            statuses,
            expected.map(|(status, count)| (status.to_owned(), count))
        );
    }
}
