//! Places in lists of sagas of all kinds: where a page ends, and where the next one begins.

use holdfast_core::ids::SagaId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A saga in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// What it is sorted by: when it began, or when its timer is due.
    pub at: Timestamp,
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub id: SagaId,
}

impl Mark {
    fn name(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }
}

/// A place in a list: behind these sagas, which are of this time, and all those before them. Those of the
/// same instant come in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    // Cursors from before there were other lists name it so.
    #[serde(alias = "created")]
    pub(super) at: Timestamp,
    seen: Vec<String>,
}

impl After {
    /// How many must be read to find so many more, and one that tells whether there is another page.
    pub(super) fn reach(after: Option<&Self>, most: usize) -> i32 {
        let seen = after.map_or(0, |after| after.seen.len());
        i32::try_from(most + seen + 1).unwrap_or(i32::MAX)
    }

    /// Whether a saga of a list that begins at this place was on an earlier page.
    fn has_seen(&self, mark: &Mark) -> bool {
        mark.at == self.at && self.seen.contains(&mark.name())
    }

    /// The place behind the last of a page.
    fn behind(last: &Mark, page: &[Mark], after: Option<&Self>) -> Self {
        let with_it = page.iter().filter(|mark| mark.at == last.at);
        let before = after.filter(|after| after.at == last.at);
        let before = before.into_iter().flat_map(|after| after.seen.clone());
        Self {
            at: last.at,
            seen: before.chain(with_it.map(Mark::name)).collect(),
        }
    }
}

/// The page behind a place, of marks in the order of their list; and where the next one begins.
pub(super) fn cut(
    mut marks: Vec<Mark>,
    after: Option<&After>,
    most: usize,
) -> (Vec<Mark>, Option<After>) {
    marks.retain(|mark| !after.is_some_and(|after| after.has_seen(mark)));
    let goes_on = marks.len() > most;
    marks.truncate(most);
    let last = marks.last().filter(|_| goes_on);
    let next = last.map(|last| After::behind(last, &marks, after));
    (marks, next)
}
