//! Hands over to the desk what could not be undone.

use crate::settings;
use crate::steps::{Desk, DeskRequest};
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
    let desk = Desk {
        store: settings::store(&environment)?,
        queue: environment.queue("SAGA_ERRORS_QUEUE_URL")?,
        clock: Clock::system(),
    };
    Bookings::serve(|request: DeskRequest| {
        let desk = &desk;
        async move { desk.hand_over(&request).await }
    })
    .await
}
