//! Looks, every few minutes, for bookings whose wake-ups were lost.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::sweep::{Sweep, SweepRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let sweep = Sweep {
        store: environment.store()?,
        queue: environment.timer_queue()?,
        clock: Clock::system(),
    };
    serve(|request: SweepRequest| {
        let sweep = &sweep;
        async move { sweep.sweep(&request).await }
    })
    .await
}
