//! Sagas of all kinds, the newest first, page by page.

use futures_util::future::try_join_all;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::saga::SagaLine;
use holdfast_core::time::Timestamp;

use super::place::{After, Mark, cut};
use super::{Sagas, of};

/// How often a page is looked for before it is handed out with fewer sagas than it may have.
const MOST_LOOKS: u32 = 10;

/// What sagas a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Only those of this status.
    pub status: Option<String>,
    /// Only those of this customer.
    pub customer: Option<CustomerId>,
}

impl Sought {
    /// Whether those of this status are sought.
    pub(super) fn is_of(&self, status: &str) -> bool {
        self.status.as_deref().is_none_or(|sought| sought == status)
    }
}

/// Which sagas of a kind are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What sagas the list is about. Those of a customer come whatever their status.
    pub sought: Sought,
    /// Only those that began at this time or before.
    pub until: Option<Timestamp>,
    /// How many of each status.
    pub most: i32,
}

/// Some sagas, and where the list goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The sagas.
    pub sagas: Vec<SagaLine>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<After>,
}

/// A page of the sagas of these kinds that are sought. It may have fewer than there is room for, though
/// others come behind it: no index tells a customer's sagas by status.
///
/// # Errors
/// [`Failure::Unavailable`] when a table does not answer.
pub async fn page(
    kinds: &[&dyn Sagas],
    sought: &Sought,
    after: Option<&After>,
    most: usize,
) -> Result<Listed, Failure> {
    let mut listed = look(kinds, sought, after, most).await?;
    for _ in 1..MOST_LOOKS {
        let room = most.saturating_sub(listed.sagas.len());
        let Some(after) = listed.next.as_ref().filter(|_| room > 0) else {
            break;
        };
        let more = look(kinds, sought, Some(after), room).await?;
        listed.sagas.extend(more.sagas);
        listed.next = more.next;
    }
    Ok(listed)
}

/// Those that are sought among so many of the newest.
async fn look(
    kinds: &[&dyn Sagas],
    sought: &Sought,
    after: Option<&After>,
    most: usize,
) -> Result<Listed, Failure> {
    let wanted = Wanted {
        sought: sought.clone(),
        until: after.map(|after| after.at),
        most: After::reach(after, most),
    };
    let found = kinds.iter().map(|kind| kind.newest(&wanted));
    let mut marks: Vec<_> = try_join_all(found).await?.into_iter().flatten().collect();
    // A saga that changed its status meanwhile may have been found twice.
    marks.sort_unstable();
    marks.dedup();
    marks.reverse();
    let (marks, next) = cut(marks, after, most);
    let read = marks.iter().map(|mark| read(kinds, mark));
    let read = try_join_all(read).await?.into_iter().flatten();
    let sagas = read.filter(|saga| sought.is_of(&saga.status));
    Ok(Listed {
        sagas: sagas.collect(),
        next,
    })
}

async fn read(kinds: &[&dyn Sagas], mark: &Mark) -> Result<Option<SagaLine>, Failure> {
    match of(kinds, mark.kind) {
        Some(kind) => kind.line(&mark.id).await,
        None => Ok(None),
    }
}
