//! The participant for the money: authorize, await, capture, void, refund.

use crate::settings;
use crate::steps::{Decisions, PaymentStep, Payments, Terms};
use holdfast_core::ids::Action;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::{Environment, seconds, setting};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let store = settings::store(&environment)?;
    let payments = Payments {
        supplier: settings::guarded_suppliers(&store)?,
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
