//! Following an order: which of its events a reader has not seen yet. Every event makes a version of the
//! order, and versions have no holes, so a reader's place is the last version that the reader has seen.

use serde::{Deserialize, Serialize};

use crate::event::Event;

/// What a reader has seen: the last version of the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(u32);

impl Seen {
    /// The first few events that have not been seen, in order; and what has been seen with them.
    pub fn news(self, mut events: Vec<Event>, most: usize) -> (Vec<Event>, Self) {
        events.retain(|event| event.order.version > self.0);
        events.sort_by_key(|event| event.order.version);
        let expected = (1..).map(|step| self.0.saturating_add(step));
        let come = events.iter().zip(expected);
        let come = come.take_while(|(event, version)| event.order.version == *version);
        let news = come.take(most).count();
        events.truncate(news);
        let last = events.last().map(|event| event.order.version);
        (events, last.map_or(self, Self))
    }
}
