//! Puts the answers to orders, from the table's stream, on the bus.

use crate::store::Reservations;
use holdfast_kit::outbox::Publisher;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let publisher = Publisher {
        bus: environment.event_bus(),
        bus_name: setting("EVENT_BUS_NAME")?,
        sqs: environment.sqs(),
        dead_letters_url: setting("PUBLISHER_DEAD_LETTERS_URL")?,
    };
    serve(|batch| {
        let publisher = &publisher;
        async move { publisher.publish::<Reservations>(batch).await }
    })
    .await
}
