//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the module of the same name.

mod close;
mod commands;
mod leg;
mod open;
mod payment;
mod publisher;
mod redrive;
mod send_to_desk;
mod settle;
mod sweep;
mod timer;
mod unwind;
mod wait;

use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// All handlers.
pub const NAMES: &[&str] = &[
    "close",
    "commands",
    "leg",
    "open",
    "payment",
    "publisher",
    "redrive",
    "send_to_desk",
    "settle",
    "sweep",
    "timer",
    "unwind",
    "wait",
];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "close" => Box::pin(close::run(environment)).await,
        "commands" => Box::pin(commands::run(environment)).await,
        "leg" => Box::pin(leg::run(environment)).await,
        "open" => Box::pin(open::run(environment)).await,
        "payment" => Box::pin(payment::run(environment)).await,
        "publisher" => Box::pin(publisher::run(environment)).await,
        "redrive" => Box::pin(redrive::run(environment)).await,
        "send_to_desk" => Box::pin(send_to_desk::run(environment)).await,
        "settle" => Box::pin(settle::run(environment)).await,
        "sweep" => Box::pin(sweep::run(environment)).await,
        "timer" => Box::pin(timer::run(environment)).await,
        "unwind" => Box::pin(unwind::run(environment)).await,
        "wait" => Box::pin(wait::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
