//! The end of the way forward: the commit point, the capture, `booked`.

use holdfast_booking_rules::action::Action;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Payments, Settle, SettleRequest};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let rehearsed = settings::rehearsed(&environment)?;
    let payments = Payments {
        store: settings::store(&environment)?,
        supplier: environment.suppliers()?.with_mishaps(rehearsed.simulation),
        clock: Clock::system(),
        actor: "settle",
    };
    let settle = Settle {
        payments,
        waker: environment.waker()?,
    };
    Bookings::serve(|request: SettleRequest| {
        let (settle, rehearsed) = (&settle, &rehearsed);
        async move {
            let (id, retry) = (&request.booking_id, request.retry);
            let step = || settle.settle(&request);
            rehearsed.whole(id, Action::Settle, retry, step).await
        }
    })
    .await
}
