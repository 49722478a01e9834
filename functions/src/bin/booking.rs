//! Takes the traveller's commands for a booking that waits: pay, cancel, add a leg, drop a leg.

use holdfast::clock::Clock;
use holdfast::commands::{CommandRequest, Commands};
use holdfast::lambda::{Environment, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let commands = Commands {
        store: environment.store()?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|request| {
        let commands = &commands;
        async move { commands.take(&CommandRequest::read(&request)?).await }
    })
    .await
}
