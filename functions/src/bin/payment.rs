//! The participant for the money: authorize, await, capture, void, refund.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, seconds, serve, setting};
use holdfast::steps::{Decisions, PaymentStep, Payments, Terms};
use holdfast_domain::ids::Action;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let store = environment.store()?;
    let payments = Payments {
        supplier: environment.guarded_suppliers(&store)?,
        store,
        clock: Clock::system(),
        terms: Terms {
            lease: seconds("LEASE_SECONDS")?,
            patience: seconds("PENDING_SECONDS")?,
            report_to: Some(setting("WEBHOOK_URL")?),
        },
        actor: "payment",
        simulation: environment.simulation()?,
    };
    let decisions = Decisions {
        payments,
        task_tokens: environment.task_tokens(),
    };
    serve(|step: PaymentStep| {
        let decisions = &decisions;
        async move {
            match step.action {
                Action::Await => decisions.wait(&step).await,
                _ => decisions.payments.take(&step).await,
            }
        }
    })
    .await
}
