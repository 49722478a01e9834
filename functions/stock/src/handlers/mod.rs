//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the module of the same name.

mod publisher;
mod requests;
mod seed;

use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// All handlers.
pub const NAMES: &[&str] = &["publisher", "requests", "seed"];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "publisher" => Box::pin(publisher::run(environment)).await,
        "requests" => Box::pin(requests::run(environment)).await,
        "seed" => Box::pin(seed::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
