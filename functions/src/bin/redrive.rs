//! Does again what could not be done, as the messages of the queue `saga-errors` name it.

use holdfast::batch::Queue;
use holdfast::clock::Clock;
use holdfast::desk::{AUTOMATIC, Automatic, Clerk, Pauses};
use holdfast::lambda::{Environment, seconds, serve, setting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let automatic = Automatic {
        clerk: Clerk {
            store: environment.store()?,
            clock: Clock::system(),
            name: AUTOMATIC.to_owned(),
        },
        supplier: environment.suppliers()?,
        queue: Queue {
            sqs: aws_sdk_sqs::Client::new(environment.aws()),
            url: setting("SAGA_ERRORS_QUEUE_URL")?,
        },
        pauses: Pauses {
            first: seconds("DESK_PAUSE_SECONDS")?,
        },
    };
    serve(|batch| {
        let automatic = &automatic;
        async move { automatic.consume(batch).await }
    })
    .await
}
