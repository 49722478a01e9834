//! Looks, every few minutes, for bookings whose wake-ups were lost, and for those at the desk whose
//! messages were.

use crate::settings;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::{Environment, setting};
use holdfast_kit::sweep::{Sweep, SweepRequest};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let sweep = Sweep {
        table: settings::store(&environment)?,
        queue: settings::timer_queue(&environment)?,
        errands: Queue {
            sqs: environment.sqs(),
            url: setting("SAGA_ERRORS_QUEUE_URL")?,
        },
        clock: Clock::system(),
    };
    serve(|request: SweepRequest| {
        let sweep = &sweep;
        async move { sweep.sweep(&request).await }
    })
    .await
}
