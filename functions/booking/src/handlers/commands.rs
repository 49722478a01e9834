//! Takes the traveller's commands: pay, cancel, add a leg, drop a leg.

use crate::commands::{CommandRequest, Commands, PATIENCE};
use crate::settings;
use crate::store::Bookings;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let commands = Commands {
        store: settings::store(&environment)?,
        task_tokens: environment.task_tokens(),
        executions: environment.executions()?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
        patience: PATIENCE,
    };
    Bookings::serve(|request| {
        let commands = &commands;
        async move { commands.take(&CommandRequest::read(&request)?).await }
    })
    .await
}
