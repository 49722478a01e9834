//! The turn to the way back: decides that a booking is undone, and plans what that takes.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::steps::{Unwind, UnwindRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let unwind = Unwind {
        store: environment.store()?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|request: UnwindRequest| {
        let unwind = &unwind;
        async move { unwind.unwind(&request).await }
    })
    .await
}
