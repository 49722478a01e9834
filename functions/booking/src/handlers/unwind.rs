//! The turn to the way back: decides that a booking is undone, and plans what that takes.

use holdfast_booking_rules::action::Action;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Unwind, UnwindRequest};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let unwind = Unwind {
        store: settings::store(&environment)?,
        clock: Clock::system(),
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Bookings::serve(|request: UnwindRequest| {
        let (unwind, rehearsed) = (&unwind, &rehearsed);
        async move {
            let (id, retry) = (&request.booking_id, request.retry);
            let step = || unwind.unwind(&request);
            rehearsed.whole(id, Action::Unwind, retry, step).await
        }
    })
    .await
}
