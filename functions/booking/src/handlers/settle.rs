//! The end of the way forward: the commit point, the capture, `booked`.

use crate::settings;
use crate::steps::{Payments, Settle, SettleRequest, Terms};
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let payments = Payments {
        store: settings::store(&environment)?,
        supplier: settings::suppliers()?,
        clock: Clock::system(),
        terms: Terms::default(),
        actor: "settle",
        simulation: environment.simulation()?,
    };
    let settle = Settle {
        payments,
        waker: settings::waker(&environment)?,
    };
    serve(|request: SettleRequest| {
        let settle = &settle;
        async move { settle.settle(&request).await }
    })
    .await
}
