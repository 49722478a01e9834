//! The timers of sagas of all kinds that can still fire, the earliest first, page by page.

use futures_util::future::try_join_all;
use holdfast_core::failure::Failure;
use holdfast_core::saga::TimerLine;

use super::place::{After, Mark, cut};
use super::{Sagas, of};

/// Some timers, and where the list goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Timers {
    /// The timers.
    pub timers: Vec<TimerLine>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<After>,
}

/// A page of the timers of these kinds, in the order in which they are due: at the deadline, or when the
/// pause ends if that is later. It may have fewer than there is room for, though others come behind it: the
/// index knows sagas whose timers cannot fire any more.
///
/// # Errors
/// [`Failure::Unavailable`] when a table does not answer.
pub async fn timers(
    kinds: &[&dyn Sagas],
    after: Option<&After>,
    most: usize,
) -> Result<Timers, Failure> {
    let from = after.map(|after| after.at);
    let reach = After::reach(after, most);
    let found = kinds.iter().map(|kind| kind.due(from, reach));
    let mut marks: Vec<_> = try_join_all(found).await?.into_iter().flatten().collect();
    // A saga that changed its status meanwhile may have been found twice.
    marks.sort_unstable();
    marks.dedup();
    let (marks, next) = cut(marks, after, most);
    let read = marks.iter().map(|mark| read(kinds, mark));
    let timers = try_join_all(read).await?.into_iter().flatten().collect();
    Ok(Timers { timers, next })
}

async fn read(kinds: &[&dyn Sagas], mark: &Mark) -> Result<Option<TimerLine>, Failure> {
    match of(kinds, mark.kind) {
        Some(kind) => kind.timer(&mark.id).await,
        None => Ok(None),
    }
}
