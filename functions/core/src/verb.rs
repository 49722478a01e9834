//! The words for what a service does, or has a supplier do.

use std::fmt::{Debug, Display};

/// The actions of a service: an enum of its own, whose words stand in keys, addresses and scripts.
pub trait Verb: Copy + Ord + Debug + Display + Send + Sync + 'static {
    /// All of them, in the order in which they are listed to users.
    const ALL: &'static [Self];

    /// The word used in keys and scripted faults.
    fn as_str(self) -> &'static str;

    /// The word that its supplier knows it by, in addresses.
    fn asked_as(self) -> &'static str {
        self.as_str()
    }

    /// Whether a supplier is asked for it. The others are steps of the service's own.
    fn is_asked(self) -> bool;

    /// Whether a breaker stands before calls for it: before those on the way forward. It never stands
    /// before an undo, nor before what comes after a commit point, for then there is no way back; and
    /// how those fare says nothing to it.
    fn is_guarded(self) -> bool;
}

/// The action of this word.
pub fn named<V: Verb>(word: &str) -> Option<V> {
    V::ALL.iter().copied().find(|verb| verb.as_str() == word)
}
