//! The end of the way back: what the booking is called from now on.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::steps::{Close, CloseRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let close = Close {
        store: environment.store()?,
        waker: environment.waker()?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|request: CloseRequest| {
        let close = &close;
        async move { close.close(&request).await }
    })
    .await
}
