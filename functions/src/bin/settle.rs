//! The end of the way forward: the commit point, the capture, `booked`.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::steps::{Payments, Settle, SettleRequest, Terms};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let payments = Payments {
        store: environment.store()?,
        supplier: environment.suppliers()?,
        clock: Clock::system(),
        terms: Terms::default(),
        actor: "settle",
        simulation: environment.simulation()?,
    };
    let settle = Settle {
        payments,
        waker: environment.waker()?,
    };
    serve(|request: SettleRequest| {
        let settle = &settle;
        async move { settle.settle(&request).await }
    })
    .await
}
