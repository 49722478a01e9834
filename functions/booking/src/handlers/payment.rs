//! The participant for the money: authorize, await, withdraw, capture, void, refund.

use holdfast_booking_rules::action::Action;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, seconds, setting};
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{Authorizations, Decisions, PaymentStep, Payments, Terms};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let store = settings::store(&environment)?;
    let rehearsed = settings::rehearsed(&environment)?;
    let payments = Payments {
        supplier: environment
            .guarded_suppliers(store.clone())?
            .with_mishaps(rehearsed.simulation),
        store,
        clock: Clock::system(),
        actor: "payment",
    };
    let terms = Terms {
        lease: seconds("LEASE_SECONDS")?,
        patience: seconds("PENDING_SECONDS")?,
        report_to: Some(setting("WEBHOOK_URL")?),
    };
    let decisions = Decisions {
        payments: payments.clone(),
        lease: terms.lease,
        task_tokens: environment.task_tokens(),
    };
    let authorizations = Authorizations {
        payments: payments.clone(),
        terms,
    };
    let take = async |step: &PaymentStep| match step.action {
        Action::Authorize => authorizations.take(step).await,
        Action::Await => decisions.wait(step).await,
        _ => payments.take(step).await,
    };
    Bookings::serve(|step: PaymentStep| {
        let (take, rehearsed) = (&take, &rehearsed);
        async move { rehearsed.payment(&step, || take(&step)).await }
    })
    .await
}
