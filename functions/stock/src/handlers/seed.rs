//! Begins the products of the catalogue that are not there yet.

use crate::seed::seed;
use crate::store::{Reservations, Store};
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;
use serde::de::IgnoredAny;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let store: Store = environment.table("STOCK_TABLE")?;
    Reservations::serve(|_: IgnoredAny| {
        let store = &store;
        async move { seed(store).await }
    })
    .await
}
