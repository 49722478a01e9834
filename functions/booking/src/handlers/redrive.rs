//! Does again what could not be done, as the messages of the queue `saga-errors` name it.

use crate::desk::{AUTOMATIC, Automatic, Clerk, Redriver};
use crate::settings;
use crate::store::Bookings;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Pauses;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, seconds};
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let automatic = Automatic {
        clerk: Redriver {
            clerk: Clerk {
                store: settings::store(&environment)?,
                clock: Clock::system(),
                name: AUTOMATIC.to_owned(),
            },
            supplier: environment.suppliers()?,
        },
        queue: environment.queue("SAGA_ERRORS_QUEUE_URL")?,
        pauses: Pauses {
            first: seconds("DESK_PAUSE_SECONDS")?,
        },
    };
    Bookings::serve(|batch| {
        let automatic = &automatic;
        async move { automatic.consume(batch).await }
    })
    .await
}
