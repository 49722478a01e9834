//! Payments from accounts, as a Lambda behind the API.

use holdfast_kit::settings::{Environment, seconds, setting};
use lambda_runtime::Error;

use crate::account_payments::{BearerKey, router};
use crate::serving::behind_gateway;
use crate::{AccountPayments, Supplies};

/// Where the API has them.
const BASE: &str = "/account-payments";

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let terms = AccountPayments {
        reservation: seconds("RESERVATION_SECONDS")?,
        simulation: environment.simulation()?,
    };
    let table: String = setting("AUTHORIZER_TABLE")?;
    let key: BearerKey = setting("SUPPLIERS_KEY")?;
    let supplies = Supplies::of_accounts(environment.dynamodb(), table, terms);
    lambda_http::run(behind_gateway(router(supplies, key), BASE)).await
}
