//! Does again what waits at a desk, as the messages of its queue name it.

use holdfast_core::failure::Failure;
use serde::de::DeserializeOwned;

use super::{DeskItem, Errand, Report, Said};
use crate::batch::{self, Batch};
use crate::queue::{self, Pauses, Postpones};
use crate::table::Aggregate;

/// A clerk who does again what waits.
pub trait Redrives: Sized {
    /// Whose desk it is.
    type Of: Aggregate;
    /// How far one of them has come.
    type Status;
    /// One piece of work.
    type Work: DeserializeOwned;

    /// The part of what waits that a message about this work is about; without one, all of it.
    fn part(work: &Self::Work) -> Option<String>;
    /// Does again what waits. What fails is told in the report and goes on waiting.
    fn redrive(
        &self,
        errand: &Errand<Self::Of>,
    ) -> impl Future<Output = Result<Reported<Self>, Failure>>;
}

/// What a clerk reports.
pub type Reported<R> = Report<<R as Redrives>::Of, <R as Redrives>::Status, <R as Redrives>::Work>;

/// The queue's consumer: does again what its messages name, with growing pauses between. The queue
/// counts: after its bound a message goes to the dead-letter queue, and the saga goes on waiting, in full
/// view, for a person.
#[derive(Clone, Debug)]
pub struct Automatic<R, P> {
    /// Does the work.
    pub clerk: R,
    /// Where the messages come from.
    pub queue: P,
    /// How long they wait.
    pub pauses: Pauses,
}

/// The name of the automatic redrive in the history.
pub const AUTOMATIC: &str = "redrive";

impl<R: Redrives, P: Postpones> Automatic<R, P> {
    /// Handles every message of a batch.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(&self, batch: Batch<batch::Message>) -> Result<batch::Answer, Failure> {
        let pause = |tries| Some(self.pauses.after(tries));
        let again = |item, tries| Box::pin(async move { self.try_again(item, tries).await });
        queue::each::<R::Of, _, _>(batch, &self.queue, pause, again).await
    }

    /// One try. Nothing left to do is success: another try was first, or an operator gave it up.
    async fn try_again(&self, item: DeskItem<R::Of, R::Work>, tries: u32) -> Result<(), Failure> {
        let errand = Errand {
            part: R::part(&item.work),
            reason: Some(format!("try {tries} of the automatic redrive")),
            ..Errand::all_of(item.id)
        };
        let report = self.clerk.redrive(&errand).await?;
        let left = report.did.into_iter().find_map(|did| match did.outcome {
            Said::Failed(why) => Some(why),
            Said::Asked => Some("it is asked for; its answer has not come yet".to_owned()),
            Said::Done | Said::WouldBeDone => None,
        });
        left.map_or(Ok(()), |why| Err(Failure::Unavailable(why)))
    }
}
