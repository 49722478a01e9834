//! Puts the events of orders, from the table's stream, on the bus.

use holdfast_kit::outbox::Publisher;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let publisher: Publisher = environment.publisher()?;
    publisher.serve::<Orders>().await
}
