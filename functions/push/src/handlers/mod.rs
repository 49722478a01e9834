//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the module of the same name.

mod fan_out;
mod sockets;

use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// All handlers.
pub const NAMES: &[&str] = &["fan_out", "sockets"];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "fan_out" => Box::pin(fan_out::run(environment)).await,
        "sockets" => Box::pin(sockets::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
