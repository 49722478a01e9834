//! Puts the events of bookings, from the table's stream, on the bus.

use holdfast::lambda::{Environment, serve, setting};
use holdfast::publisher::Publisher;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
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
