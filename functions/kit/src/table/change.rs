//! Decide, write, and decide again if another writer was first: for a whole aggregate, and for one of
//! its rows.

use holdfast_core::failure::Failure;

use super::aggregate::{Aggregate, View};
use super::{Lost, Table};
use crate::race::{Try, race};

/// An aggregate is changed by few at a time: a change that loses this often is better retried later.
const MOST_RACES: usize = 12;

impl<A: Aggregate> Table<A> {
    /// Changes what `view` shows as `decide` says, which is asked again upon what is there now
    /// whenever a race is lost. Returns the view as it is then; nothing is written if there is
    /// nothing to do.
    ///
    /// # Errors
    /// What `decide` refuses, or [`Failure::Unavailable`].
    pub async fn change<V: View<A>>(
        &self,
        view: V,
        decide: impl Fn(&V) -> Result<Option<A::Transition>, Failure>,
    ) -> Result<V, Failure> {
        let decide = &decide;
        let attempt = |mut view: V| async move {
            let Some(transition) = decide(&view)? else {
                return Ok(Try::Done(view));
            };
            let rows = A::rows(&transition);
            match self.write_rows(&rows, &transition).await {
                Ok(_) => {
                    view.absorb(rows);
                    Ok(Try::Done(view))
                }
                Err(Lost::Race(current)) => Ok(Try::Lost(view.catch_up(self, current).await?)),
                Err(Lost::Answered) => Ok(Try::Done(view)),
                Err(Lost::Short(short)) => {
                    view.fall_short(short);
                    Ok(Try::Lost(view))
                }
                Err(Lost::Down(failure)) => Err(failure),
            }
        };
        let busy = || {
            let name = A::NAME;
            Failure::Unavailable(format!(
                "the {name} is being changed by too many at once; try again"
            ))
        };
        race(view, MOST_RACES, attempt, busy).await
    }
}
