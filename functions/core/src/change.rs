//! How a record changes, and how its changes are folded back into its state: a version per change,
//! without holes, each starting where the one before ended.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Who changes a record, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The name of a function, or a person at the desk.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<S> {
    /// The record's version after the change; the first is 1.
    pub version: u32,
    /// How it stood; nothing for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<S>,
    /// How it stands since.
    pub after: S,
}

impl<S: Clone> Change<S> {
    /// The first change of a record: it was not there before.
    pub fn born(state: &S) -> Self {
        Self {
            version: 1,
            before: None,
            after: state.clone(),
        }
    }

    /// The change that follows `version`.
    pub fn step(version: u32, before: &S, after: &S) -> Self {
        Self {
            version: version + 1,
            before: Some(before.clone()),
            after: after.clone(),
        }
    }
}

/// A history that does not hold together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenHistory {
    /// A record has no events.
    #[error("{0} has no events")]
    Missing(String),
    /// A record's versions have a hole or a repetition.
    #[error("{record}: version {expected} expected, {found} found")]
    Gap {
        /// Which record.
        record: String,
        /// The version that should come next.
        expected: u32,
        /// The version that came.
        found: u32,
    },
    /// An event starts from another state than the one before it left.
    #[error("{record}: version {version} does not start where the one before ended")]
    Contradiction {
        /// Which record.
        record: String,
        /// The version at which they part.
        version: u32,
    },
}

/// Folds the changes of one record, in any order, into the state that they tell.
///
/// # Errors
/// [`BrokenHistory`] when a change is missing, doubled or contradicts another.
pub fn fold_record<S: Clone + PartialEq>(
    record: &str,
    mut changes: Vec<&Change<S>>,
) -> Result<S, BrokenHistory> {
    changes.sort_by_key(|change| change.version);
    let mut state: Option<&S> = None;
    for (expected, change) in (1..).zip(changes) {
        let record = || record.to_owned();
        if change.version != expected {
            return Err(BrokenHistory::Gap {
                record: record(),
                expected,
                found: change.version,
            });
        }
        if change.before.as_ref() != state {
            return Err(BrokenHistory::Contradiction {
                record: record(),
                version: expected,
            });
        }
        state = Some(&change.after);
    }
    state
        .cloned()
        .ok_or_else(|| BrokenHistory::Missing(record.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(version: u32, before: Option<u8>, after: u8) -> Change<u8> {
        Change {
            version,
            before,
            after,
        }
    }

    #[test]
    fn events_fold_in_any_order() {
        let (first, second) = (change(1, None, 7), change(2, Some(7), 8));
        assert_eq!(fold_record("x", vec![&second, &first]), Ok(8));
    }

    #[test]
    fn a_missing_doubled_or_contradicting_event_is_noticed() {
        let first = change(1, None, 7);
        let gap = fold_record("x", vec![&first, &change(3, Some(7), 8)]);
        assert!(matches!(
            gap,
            Err(BrokenHistory::Gap {
                expected: 2,
                found: 3,
                ..
            })
        ));
        let doubled = fold_record("x", vec![&first, &first]);
        assert!(matches!(
            doubled,
            Err(BrokenHistory::Gap {
                expected: 2,
                found: 1,
                ..
            })
        ));
        let other = fold_record("x", vec![&first, &change(2, Some(6), 8)]);
        assert!(matches!(
            other,
            Err(BrokenHistory::Contradiction { version: 2, .. })
        ));
        assert!(matches!(
            fold_record::<u8>("x", vec![]),
            Err(BrokenHistory::Missing(_))
        ));
    }
}
