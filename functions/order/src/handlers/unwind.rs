//! The turn to the way back: decides that an order is undone, and plans what that takes.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use holdfast_order_rules::action::Action;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Unwind, UnwindRequest};
use crate::store::Orders;

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
    Orders::serve(|request: UnwindRequest| {
        let (unwind, rehearsed) = (&unwind, &rehearsed);
        async move {
            let (id, action) = (&request.order_id, Action::TurnBack);
            let step = || unwind.unwind(&request);
            rehearsed.step(id, action, request.retry, step).await
        }
    })
    .await
}
