//! Settles what may have been debited although its terminal was told otherwise.

use std::time::Duration;

use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses};
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use super::Account;
use crate::accounts::Doubt;
use crate::settings;

/// How long a doubt that could not be settled waits.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(2),
};

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let (accounts, clock) = (settings::accounts(&environment)?, Clock::system());
    let queue = environment.queue("DOUBTS_QUEUE_URL")?;
    Account::serve(|batch| {
        let (accounts, clock, queue) = (&accounts, &clock, &queue);
        let settle =
            move |doubt: Doubt, _| async move { accounts.settle_doubt(&doubt, clock.now()).await };
        let pause = |tries| Some(PAUSES.after(tries));
        queue::each::<Account, _, _>(batch, queue, pause, settle)
    })
    .await
}
