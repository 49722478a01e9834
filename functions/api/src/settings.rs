//! The parts of the API, made from environment variables.

use axum::http::HeaderValue;
use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{BadSetting, Environment, seconds, setting};

use crate::customers::Customers;
use crate::keys::KeyRing;
use crate::mail::Mail;
use crate::push::Push;
use crate::shop::Shop;

/// The customers' table, by `CUSTOMERS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn customers(environment: &Environment) -> Result<Customers, BadSetting> {
    let table: String = setting("CUSTOMERS_TABLE")?;
    Ok(Customers::new(environment.dynamodb(), table))
}

/// The shop, by `ORDERS_TABLE`, `ORDER_STATE_MACHINE_ARN`, `ORDER_SECONDS`, `STOCK_TABLE` and
/// `INVOICES_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn shop(environment: &Environment) -> Result<Shop, BadSetting> {
    Ok(Shop {
        orders: environment.table("ORDERS_TABLE")?,
        executions: environment.executions_of("ORDER_STATE_MACHINE_ARN")?,
        lifetime: seconds("ORDER_SECONDS")?,
        stock: environment.table("STOCK_TABLE")?,
        invoices: environment.table("INVOICES_TABLE")?,
        task_tokens: environment.task_tokens(),
    })
}

/// Where pages hear of changes, by `CONNECTIONS_TABLE` and `PUSH_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn push(environment: &Environment) -> Result<Push, BadSetting> {
    Ok(Push {
        connections: holdfast_push::settings::connections(environment)?,
        url: setting("PUSH_URL")?,
    })
}

/// What tokens are signed with, by `SIGNING_KEY_ID`.
///
/// # Errors
/// [`BadSetting`]
pub fn key_ring(environment: &Environment) -> Result<KeyRing, BadSetting> {
    keys_of(environment, "SIGNING_KEY_ID")
}

/// What sends letters about accounts, by `LETTERS_QUEUE_URL` and `LINK_KEY_ID`.
///
/// # Errors
/// [`BadSetting`]
pub fn mail(environment: &Environment) -> Result<Mail, BadSetting> {
    Ok(Mail {
        queue: environment.queue("LETTERS_QUEUE_URL")?,
        keys: keys_of(environment, "LINK_KEY_ID")?,
    })
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
