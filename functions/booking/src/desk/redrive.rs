//! The queue's consumer: does again what its messages name, with growing pauses between.
//!
//! The queue counts: after its bound a message goes to the dead-letter queue, and the booking goes
//! on waiting, in full view, for a person.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::failure::Failure;

use super::act::{Clerk, Errand, Said};
use crate::steps::DeskItem;
use crate::store::Bookings;
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::queue::{self, Pauses, Postpones};
use holdfast_kit::suppliers::Endpoint;

/// The automatic redrive.
#[derive(Clone, Debug)]
pub struct Automatic<P> {
    /// Does the work.
    pub clerk: Clerk,
    /// The suppliers.
    pub supplier: Endpoint,
    /// Where the messages come from.
    pub queue: P,
    /// How long they wait.
    pub pauses: Pauses,
}

impl<P: Postpones> Automatic<P> {
    /// Handles every message of a batch.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(&self, batch: Batch<Message>) -> Result<Answer, Failure> {
        let pause = |tries| Some(self.pauses.after(tries));
        queue::each::<Bookings, _, _>(batch, &self.queue, pause, |item: DeskItem, tries| {
            Box::pin(async move { self.try_again(&item, tries).await })
        })
        .await
    }

    /// One try. Nothing left to do is success: another try was first, or an operator gave it up.
    async fn try_again(&self, item: &DeskItem, tries: u32) -> Result<(), Failure> {
        let errand = Errand {
            booking_id: item.booking_id.clone(),
            part: part(&item.work),
            reason: Some(format!("try {tries} of the automatic redrive")),
            dry_run: false,
        };
        let report = self.clerk.redrive(&errand, &self.supplier).await?;
        let failed = report.did.into_iter().find_map(|did| match did.outcome {
            Said::Failed(why) => Some(why),
            _ => None,
        });
        failed.map_or(Ok(()), |why| Err(Failure::Unavailable(why)))
    }
}

/// What a message is about. Money that is refused for good turns the whole trip back, so a message
/// about a capture is about all that waits.
fn part(work: &Work) -> Option<String> {
    (work.action != Action::Capture).then(|| work.leg.clone())
}
