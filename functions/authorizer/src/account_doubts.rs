//! Settles doubts, as their queue brings them.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses, Postpones};

use crate::accounts::{Accounts, Doubt};
use crate::subject::Account;

/// How long a doubt that could not be settled waits.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(2),
};

/// Settles a batch of doubts.
///
/// # Errors
/// None: what failed is in the answer.
pub async fn settle(
    accounts: &Accounts,
    clock: &Clock,
    batch: Batch<Message>,
    queue: &impl Postpones,
) -> Result<Answer, Failure> {
    let settle = |doubt: Doubt, _| async move { accounts.settle_doubt(&doubt, clock.now()).await };
    let pause = |tries| Some(PAUSES.after(tries));
    queue::each::<Account, _, _>(batch, queue, pause, settle).await
}
