//! The first step: writes the order with all its steps and starts its timer.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, seconds};
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Place, PlaceRequest};
use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let place = Place {
        store: settings::store(&environment)?,
        waker: environment.waker()?,
        clock: Clock::system(),
        lifetime: seconds("ORDER_SECONDS")?,
        definition: env!("CARGO_PKG_VERSION"),
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Orders::serve_opening(|request: PlaceRequest| {
        let (place, rehearsed) = (&place, &rehearsed);
        async move { rehearsed.place(&request, || place.place(&request)).await }
    })
    .await
}
