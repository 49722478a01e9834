//! Looks, every few minutes, for orders whose wake-ups were lost, and for those at the desk whose
//! messages were.

use holdfast_kit::clock::Clock;
use holdfast_kit::settings::Environment;
use holdfast_kit::sweep::Sweep;
use lambda_runtime::Error;

use crate::settings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let sweep = Sweep {
        table: settings::store(&environment)?,
        queue: environment.timer_queue()?,
        errands: environment.queue("ORDER_ERRORS_QUEUE_URL")?,
        clock: Clock::system(),
    };
    sweep.serve().await
}
