//! Puts the events of bookings, from the table's stream, on the bus.

use crate::publisher::Publisher;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let publisher = Publisher {
        bus: aws_sdk_eventbridge::Client::new(environment.aws()),
        bus_name: setting("EVENT_BUS_NAME")?,
        sqs: aws_sdk_sqs::Client::new(environment.aws()),
        dead_letters_url: setting("PUBLISHER_DEAD_LETTERS_URL")?,
    };
    serve(|batch| {
        let publisher = &publisher;
        async move { publisher.publish(batch).await }
    })
    .await
}
