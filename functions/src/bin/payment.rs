//! The participant for the money: authorize, capture, void, refund.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, seconds, serve};
use holdfast::steps::{PaymentStep, Payments};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let store = environment.store()?;
    let payments = Payments {
        supplier: environment.guarded_suppliers(&store)?,
        store,
        clock: Clock::system(),
        lease: seconds("LEASE_SECONDS")?,
        actor: "payment",
        simulation: environment.simulation()?,
    };
    serve(|step: PaymentStep| {
        let payments = &payments;
        async move { payments.take(&step).await }
    })
    .await
}
