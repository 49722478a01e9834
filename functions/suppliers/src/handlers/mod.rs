//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the module of the same name.

mod account_payments;
mod account_sweep;
mod suppliers;

use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

pub use crate::serving::in_lambda;

/// All handlers.
pub const NAMES: &[&str] = &["account_payments", "account_sweep", "suppliers"];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "account_payments" => Box::pin(account_payments::run(environment)).await,
        "account_sweep" => Box::pin(account_sweep::run(environment)).await,
        "suppliers" => Box::pin(suppliers::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
