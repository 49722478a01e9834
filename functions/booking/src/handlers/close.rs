//! The end of the way back: what the booking is called from now on.

use crate::settings;
use crate::steps::{Close, CloseRequest};
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let close = Close {
        store: settings::store(&environment)?,
        waker: settings::waker(&environment)?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|request: CloseRequest| {
        let close = &close;
        async move { close.close(&request).await }
    })
    .await
}
