//! Hears of connections that open and end.

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
    let sockets = settings::sockets(&environment)?;
    Pushed::serve(|event| sockets.handle(event)).await
}
