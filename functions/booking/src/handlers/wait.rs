//! The booking starts to wait for its traveller: keeps the execution's task token.

use crate::settings;
use crate::steps::{Wait, WaitRequest};
use crate::store::Bookings;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, seconds};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let wait = Wait {
        store: settings::store(&environment)?,
        waker: environment.waker()?,
        clock: Clock::system(),
        margin: seconds("HOLD_MARGIN_SECONDS")?,
    };
    Bookings::serve(|request: WaitRequest| {
        let wait = &wait;
        async move { wait.wait(&request).await }
    })
    .await
}
