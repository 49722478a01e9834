//! Consumes the queue of events, and tells the pages.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::store::Pushed;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let fan_out = settings::fan_out(&environment)?;
    Pushed::serve(|batch| fan_out.consume(batch)).await
}
