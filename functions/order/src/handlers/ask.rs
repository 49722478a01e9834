//! Asks another service over the broker: keeps the task token and writes the request.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, seconds};
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Ask, AskRequest};
use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let ask = Ask {
        store: settings::store(&environment)?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
        patience: seconds("INVOICE_TIMEOUT_SECONDS")?,
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Orders::serve(|request: AskRequest| {
        let (ask, rehearsed) = (&ask, &rehearsed);
        async move {
            let (id, action) = (&request.order_id, request.action);
            let step = || ask.ask(&request);
            rehearsed.ask(id, action, request.retry, step).await
        }
    })
    .await
}
