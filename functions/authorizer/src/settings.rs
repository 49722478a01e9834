//! The parts of this service, made from environment variables.

use std::time::Duration;

use holdfast_kit::settings::{BadSetting, Environment, setting};

use crate::accounts::Accounts;
use crate::doubts::Doubts;
use crate::openings::Openings;

/// The accounts' table, by `AUTHORIZER_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn accounts(environment: &Environment) -> Result<Accounts, BadSetting> {
    let table: String = setting("AUTHORIZER_TABLE")?;
    Ok(Accounts::new(environment.dynamodb(), table))
}

/// What accounts are opened with, by `AUTHORIZER_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn openings(environment: &Environment) -> Result<Openings, BadSetting> {
    let table: String = setting("AUTHORIZER_TABLE")?;
    Ok(Openings::new(environment.dynamodb(), table))
}

/// How long the table has to answer for a terminal, by `TERMINAL_TABLE_MS`.
///
/// # Errors
/// [`BadSetting`]
pub fn patience() -> Result<Duration, BadSetting> {
    setting("TERMINAL_TABLE_MS").map(Duration::from_millis)
}

/// Where doubts go, by `DOUBTS_QUEUE_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn doubts(environment: &Environment) -> Result<Doubts, BadSetting> {
    Ok(Doubts::in_queue(environment.queue("DOUBTS_QUEUE_URL")?))
}
