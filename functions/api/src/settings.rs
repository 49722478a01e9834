//! The parts of the API, made from environment variables.

use axum::http::HeaderValue;
use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{BadSetting, Environment, setting};

use crate::customers::Customers;
use crate::keys::KeyRing;

/// The customers' table, by `CUSTOMERS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn customers(environment: &Environment) -> Result<Customers, BadSetting> {
    let table: String = setting("CUSTOMERS_TABLE")?;
    Ok(Customers::new(environment.dynamodb(), table))
}

/// What tokens are signed with, by `SIGNING_KEY_ID`.
///
/// # Errors
/// [`BadSetting`]
pub fn key_ring(environment: &Environment) -> Result<KeyRing, BadSetting> {
    keys_of(environment, "SIGNING_KEY_ID")
}

/// What suppliers sign their reports with, by `WEBHOOK_SECRET_ID`.
///
/// # Errors
/// [`BadSetting`]
pub fn webhook_keys(environment: &Environment) -> Result<KeyRing, BadSetting> {
    keys_of(environment, "WEBHOOK_SECRET_ID")
}

fn keys_of(environment: &Environment, name: &'static str) -> Result<KeyRing, BadSetting> {
    let secret: String = setting(name)?;
    let secrets = environment.client(aws_sdk_secretsmanager::Client::new);
    Ok(KeyRing::new(secrets, secret, Clock::system()))
}

/// The origin whose pages may use the API, by `CORS_ORIGIN`; `None` where it is empty.
///
/// # Errors
/// [`BadSetting`]
pub fn cors_origin() -> Result<Option<HeaderValue>, BadSetting> {
    let origin: HeaderValue = setting("CORS_ORIGIN")?;
    Ok(Some(origin).filter(|origin| !origin.is_empty()))
}
