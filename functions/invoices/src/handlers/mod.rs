//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires.

mod publisher;
mod requests;

use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// The function's handler is none of this program's.
#[derive(Debug, thiserror::Error)]
#[error("environment variable _HANDLER: there is no handler `{0}`; use one of {names}", names = NAMES.join(", "))]
pub struct UnknownHandler(String);

/// All handlers.
pub const NAMES: &[&str] = &["publisher", "requests"];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "publisher" => Box::pin(publisher::run(environment)).await,
        "requests" => Box::pin(requests::run(environment)).await,
        other => Err(UnknownHandler(other.to_owned()).into()),
    }
}
