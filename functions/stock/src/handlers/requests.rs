//! Consumes the queue of what orders ask for.

use std::sync::Arc;

use crate::requests::Requests;
use crate::store::Reservations;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let requests = Requests {
        store: environment.table("STOCK_TABLE")?,
        clock: Clock::system(),
        simulation: environment.simulation()?,
        turn: Arc::default(),
    };
    let queue = environment.queue("STOCK_QUEUE_URL")?;
    Reservations::serve(|batch| {
        let (requests, queue) = (&requests, &queue);
        async move { requests.consume(batch, queue).await }
    })
    .await
}
