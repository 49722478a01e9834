//! The end of the way back: what the booking is called from now on.

use holdfast_booking_rules::action::Action;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Close, CloseRequest};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let close = Close {
        store: settings::store(&environment)?,
        waker: environment.waker()?,
        clock: Clock::system(),
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Bookings::serve(|request: CloseRequest| {
        let (close, rehearsed) = (&close, &rehearsed);
        async move {
            let (id, retry) = (&request.booking_id, request.retry);
            let step = || close.close(&request);
            rehearsed.whole(id, Action::Close, retry, step).await
        }
    })
    .await
}
