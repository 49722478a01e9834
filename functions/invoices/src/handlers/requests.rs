//! Consumes the requests of orders for invoices and credit notes.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::settings;
use crate::store::Invoices;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let requests = settings::requests(&environment)?;
    let queue = environment.queue("INVOICES_QUEUE_URL")?;
    Invoices::serve(|batch| requests.consume(batch, &queue)).await
}
