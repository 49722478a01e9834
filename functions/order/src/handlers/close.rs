//! The end of the way back: what the order is called from now on.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use holdfast_order_rules::action::Action;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Close, CloseRequest};
use crate::store::Orders;

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
    Orders::serve(|request: CloseRequest| {
        let (close, rehearsed) = (&close, &rehearsed);
        async move {
            let (id, action) = (&request.order_id, Action::CloseOrder);
            let step = || close.close(&request);
            rehearsed.step(id, action, request.retry, step).await
        }
    })
    .await
}
