//! The parts of this service, made from environment variables.

use holdfast_kit::settings::{BadSetting, Environment, setting};

use crate::accounts::Accounts;
use crate::doubts::Doubts;

/// The accounts' table, by `AUTHORIZER_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn accounts(environment: &Environment) -> Result<Accounts, BadSetting> {
    let table: String = setting("AUTHORIZER_TABLE")?;
    Ok(Accounts::new(environment.dynamodb(), table))
}

/// Where doubts go, by `DOUBTS_QUEUE_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn doubts(environment: &Environment) -> Result<Doubts, BadSetting> {
    Ok(Doubts::in_queue(environment.queue("DOUBTS_QUEUE_URL")?))
}
