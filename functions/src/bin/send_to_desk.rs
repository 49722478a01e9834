//! Hands over to the desk what could not be undone.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve, setting};
use holdfast::steps::{Desk, DeskRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let desk = Desk {
        store: environment.store()?,
        sqs: aws_sdk_sqs::Client::new(environment.aws()),
        queue_url: setting("SAGA_ERRORS_QUEUE_URL")?,
        clock: Clock::system(),
    };
    serve(|request: DeskRequest| {
        let desk = &desk;
        async move { desk.hand_over(&request).await }
    })
    .await
}
