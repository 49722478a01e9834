//! The end of the way forward: the commit point, the capture, `completed`.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use holdfast_order_rules::action::Action;
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Capture, CaptureRequest};
use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let capture = Capture {
        participants: settings::unguarded_participants(&environment)?,
        waker: environment.waker()?,
    };
    let rehearsed = settings::rehearsed(&environment)?;
    Orders::serve(|request: CaptureRequest| {
        let (capture, rehearsed) = (&capture, &rehearsed);
        async move {
            let (id, action) = (&request.order_id, Action::CapturePayment);
            let step = || capture.capture(&request);
            rehearsed.step(id, action, request.retry, step).await
        }
    })
    .await
}
