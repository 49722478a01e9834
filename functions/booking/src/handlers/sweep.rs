//! Looks, every few minutes, for bookings whose wake-ups were lost.

use crate::settings;
use crate::sweep::{Sweep, SweepRequest};
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let sweep = Sweep {
        store: settings::store(&environment)?,
        queue: settings::timer_queue(&environment)?,
        clock: Clock::system(),
    };
    serve(|request: SweepRequest| {
        let sweep = &sweep;
        async move { sweep.sweep(&request).await }
    })
    .await
}
