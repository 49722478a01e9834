//! Gives back, from time to time, what accounts reserved in vain.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;
use serde::de::IgnoredAny;

use crate::Supplies;
use crate::account_sweep::Reservations;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let table: String = setting("AUTHORIZER_TABLE")?;
    let supplies = Supplies::new(environment.dynamodb(), table, Default::default());
    Reservations::serve(|_: IgnoredAny| supplies.sweep()).await
}
