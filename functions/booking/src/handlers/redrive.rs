//! Does again what could not be done, as the messages of the queue `saga-errors` name it.

use crate::desk::{AUTOMATIC, Automatic, Clerk, Pauses};
use crate::settings;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;
use holdfast_kit::serve::serve;
use holdfast_kit::settings::{Environment, seconds, setting};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let automatic = Automatic {
        clerk: Clerk {
            store: settings::store(&environment)?,
            clock: Clock::system(),
            name: AUTOMATIC.to_owned(),
        },
        supplier: settings::suppliers(&environment)?,
        queue: Queue {
            sqs: environment.sqs(),
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
