//! Following a booking: which of its events a reader has not seen yet.
//!
//! Events are found in order of time, but two that are written at the same moment may appear in
//! either order, and one may appear before another that is a little older. So a reader's place is no
//! moment. It is, for each record, the last version that the reader has seen: versions have no holes
//! and do not depend on clocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Event;

/// What a reader has seen: the last version of each record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(BTreeMap<String, u32>);

impl Seen {
    /// The first few events that have not been seen, each behind all that it builds upon; and what
    /// has been seen with them.
    pub fn news(&self, events: Vec<Event>, most: usize) -> (Vec<Event>, Self) {
        let mut seen = self.clone();
        let mut news = Vec::new();
        let mut left: Vec<Event> = events
            .into_iter()
            .filter(|event| !seen.covers(event))
            .collect();
        while let Some(next) = left.iter().position(|event| seen.is_next(event)) {
            if news.len() == most {
                break;
            }
            let event = left.remove(next);
            seen.0.extend(versions(&event));
            news.push(event);
        }
        (news, seen)
    }

    fn of(&self, record: &str) -> u32 {
        self.0.get(record).copied().unwrap_or(0)
    }

    fn covers(&self, event: &Event) -> bool {
        versions(event)
            .iter()
            .all(|(record, version)| *version <= self.of(record))
    }

    fn is_next(&self, event: &Event) -> bool {
        versions(event)
            .iter()
            .all(|(record, version)| Some(*version) == self.of(record).checked_add(1))
    }
}

/// The versions that an event has made. A leg may be called whatever a booking or a payment is.
fn versions(event: &Event) -> Vec<(String, u32)> {
    let booking = event.booking.iter();
    let booking = booking.map(|change| ("b".to_owned(), change.version));
    let payment = event.payment.iter();
    let payment = payment.map(|change| ("p".to_owned(), change.version));
    let legs = event.legs.iter();
    let legs = legs.map(|(id, change)| (format!("l.{id}"), change.version));
    booking.chain(payment).chain(legs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::LegState;
    use crate::event::{Change, EventName};
    use holdfast_core::time::Timestamp;

    fn event(at: i64, legs: &[(&str, u32)]) -> Event {
        let change = |version| Change {
            version,
            before: None,
            after: LegState::pending(),
        };
        let legs = legs.iter();
        let legs = legs.map(|(id, version)| (id.parse().unwrap(), change(*version)));
        Event {
            booking_id: "b".parse().unwrap(),
            name: EventName::LegHeld,
            at: Timestamp::from_millis(at),
            actor: "flight".to_owned(),
            trace_id: "t".to_owned(),
            note: None,
            booking: None,
            legs: legs.collect(),
            payment: None,
            about: Vec::new(),
            ended: None,
        }
    }

    fn times(events: &[Event]) -> Vec<i64> {
        events.iter().map(|event| event.at.as_millis()).collect()
    }

    #[test]
    fn what_was_seen_is_not_told_again() {
        let history = vec![event(1, &[("a", 1), ("b", 1)]), event(2, &[("a", 2)])];
        let (news, seen) = Seen::default().news(history.clone(), 9);
        assert_eq!(times(&news), [1, 2]);
        assert_eq!(seen.news(history, 9).0, []);
    }

    #[test]
    fn an_event_that_appears_late_is_told_though_it_is_older() {
        let opened = event(1, &[("a", 1), ("b", 1)]);
        let (_, seen) = Seen::default().news(vec![opened.clone(), event(5, &[("b", 2)])], 9);
        let history = vec![opened, event(3, &[("a", 2)]), event(5, &[("b", 2)])];
        assert_eq!(times(&seen.news(history, 9).0), [3]);
    }

    #[test]
    fn an_event_waits_for_those_that_it_builds_upon() {
        let (opened, held) = (event(2, &[("a", 1)]), event(1, &[("a", 2)]));
        let (news, seen) = Seen::default().news(vec![held.clone()], 9);
        assert_eq!(news, []);
        let (news, _) = seen.news(vec![held, opened], 9);
        assert_eq!(times(&news), [2, 1]);
    }

    #[test]
    fn many_come_a_few_at_a_time() {
        let history: Vec<_> = (1..=5)
            .map(|version| event(i64::from(version), &[("a", version)]))
            .collect();
        let (first, seen) = Seen::default().news(history.clone(), 3);
        let (rest, _) = seen.news(history, 3);
        assert_eq!((times(&first), times(&rest)), (vec![1, 2, 3], vec![4, 5]));
    }
}
