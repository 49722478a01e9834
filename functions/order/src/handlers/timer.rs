//! Consumes the wake-ups of deadlines.

use holdfast_kit::clock::Clock;
use holdfast_kit::settings::Environment;
use holdfast_kit::timer::Timekeeper;
use lambda_runtime::Error;

use crate::settings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let timekeeper = Timekeeper {
        table: settings::store(&environment)?,
        queue: environment.timer_queue()?,
        executions: environment.executions()?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
    };
    timekeeper.serve().await
}
