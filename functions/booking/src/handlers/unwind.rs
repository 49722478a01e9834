//! The turn to the way back: decides that a booking is undone, and plans what that takes.

use crate::settings;
use crate::steps::{Unwind, UnwindRequest};
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let unwind = Unwind {
        store: settings::store(&environment)?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|request: UnwindRequest| {
        let unwind = &unwind;
        async move { unwind.unwind(&request).await }
    })
    .await
}
