//! Calls the participants outside: credit bureau, payment supplier, carrier; do and undo.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::StepRequest;
use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let participants = settings::guarded_participants(&environment)?;
    let rehearsed = settings::rehearsed(&environment)?;
    Orders::serve(|request: StepRequest| {
        let (participants, rehearsed) = (&participants, &rehearsed);
        async move {
            let (id, action) = (&request.order_id, request.action);
            let step = || participants.take(&request);
            rehearsed.step(id, action, request.retry, step).await
        }
    })
    .await
}
