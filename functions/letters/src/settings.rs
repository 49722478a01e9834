//! The parts of this service, made from environment variables.

use aws_sdk_ses::config::retry::RetryConfig;
use aws_types::SdkConfig;
use holdfast_core::email::{Email, NotAnEmail};
use holdfast_kit::clock::Clock;
use holdfast_kit::later::Later;
use holdfast_kit::settings::{BadSetting, Environment, setting};
use std::str::FromStr;

use crate::delivery::Delivery;
use crate::links::Links;
use crate::post::Post;
use crate::store::Store;

/// The letters' table, by `LETTERS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    let table: String = setting("LETTERS_TABLE")?;
    Ok(Store::new(environment.dynamodb(), table))
}

/// What sends letters, by `NOTIFY_FROM` and `OPERATOR_EMAIL`, each of which may be empty, and `LINK_KEY_ID`
/// and `PAGES_ADDRESS`.
///
/// # Errors
/// [`BadSetting`]
pub fn delivery(environment: &Environment) -> Result<Delivery, BadSetting> {
    let Address(from) = setting("NOTIFY_FROM")?;
    let Address(operator) = setting("OPERATOR_EMAIL")?;
    let links = Links {
        secrets: environment.client(aws_sdk_secretsmanager::Client::new),
        secret_id: setting("LINK_KEY_ID")?,
        page: setting("PAGES_ADDRESS")?,
    };
    let ses: Later<aws_sdk_ses::Client> = environment.client(asked_once);
    Ok(Delivery::new(
        store(environment)?,
        from.map(|from| Post { ses, from }),
        operator,
        Clock::system(),
    )
    .with_links(links))
}

/// A client that never asks again by itself: a letter whose answer is lost may have been sent.
pub fn asked_once(aws: &SdkConfig) -> aws_sdk_ses::Client {
    let config = aws_sdk_ses::config::Builder::from(aws);
    aws_sdk_ses::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

/// An address, or none.
struct Address(Option<Email>);

impl FromStr for Address {
    type Err = NotAnEmail;
    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let given = Some(text).filter(|text| !text.is_empty());
        given.map(Email::read).transpose().map(Self)
    }
}
