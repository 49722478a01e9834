//! The first step: writes the booking with all its legs and starts its timer.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Open, OpenRequest};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let open = Open {
        store: settings::store(&environment)?,
        waker: environment.waker()?,
        clock: Clock::system(),
        definition: env!("CARGO_PKG_VERSION"),
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Bookings::serve_opening(|request: OpenRequest| {
        let (open, rehearsed) = (&open, &rehearsed);
        async move {
            let now = open.clock.now();
            rehearsed.open(&request, now, || open.open(&request)).await
        }
    })
    .await
}
