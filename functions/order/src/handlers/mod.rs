//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the module of the same name.

mod answers;
mod ask;
mod capture;
mod close;
mod commands;
mod participants;
mod place;
mod publisher;
mod redrive;
mod send_to_desk;
mod sweep;
mod timer;
mod unwind;

use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// All handlers.
pub const NAMES: &[&str] = &[
    "answers",
    "ask",
    "capture",
    "close",
    "commands",
    "participants",
    "place",
    "publisher",
    "redrive",
    "send_to_desk",
    "sweep",
    "timer",
    "unwind",
];

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "answers" => Box::pin(answers::run(environment)).await,
        "ask" => Box::pin(ask::run(environment)).await,
        "capture" => Box::pin(capture::run(environment)).await,
        "close" => Box::pin(close::run(environment)).await,
        "commands" => Box::pin(commands::run(environment)).await,
        "participants" => Box::pin(participants::run(environment)).await,
        "place" => Box::pin(place::run(environment)).await,
        "publisher" => Box::pin(publisher::run(environment)).await,
        "redrive" => Box::pin(redrive::run(environment)).await,
        "send_to_desk" => Box::pin(send_to_desk::run(environment)).await,
        "sweep" => Box::pin(sweep::run(environment)).await,
        "timer" => Box::pin(timer::run(environment)).await,
        "unwind" => Box::pin(unwind::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
