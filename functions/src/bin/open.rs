//! The first step: writes the booking with all its legs and starts its timer.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::steps::{Open, OpenRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let open = Open {
        store: environment.store()?,
        waker: environment.waker()?,
        clock: Clock::system(),
        definition: env!("CARGO_PKG_VERSION"),
        simulation: environment.simulation()?,
    };
    serve(|request: OpenRequest| {
        let open = &open;
        async move { open.open(&request).await }
    })
    .await
}
