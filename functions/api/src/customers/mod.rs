//! Customers in DynamoDB: a table of their own, for theirs is the personal data.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `EMAIL#<SHA-256 of the address>` | `LOGIN` | the password's hash, and whose it is |
//! | the same | `ATTEMPTS` | how often somebody tried to sign in of late |
//! | `CUSTOMER#<id>` | `PROFILE` | e-mail address and role |
//! | the same | `REQUEST#<SHA-256 of an Idempotency-Key>` | the booking that a request has made |
//! | `SESSION#<id>` | `SESSION` | the hash of the refresh token that is good next |
//!
//! Everything is written on conditions. Attempts, requests and sessions end by their TTL.
//!
//! - `accounts`: registering, and who is who
//! - `attempts`: how often somebody may try to sign in
//! - `sessions`: refresh tokens, each good once
//! - `requests`: which request has made which booking

mod accounts;
mod attempts;
mod requests;
mod sessions;

pub use accounts::{Login, Profile, Registered};
pub use requests::Request;
pub use sessions::{RefreshToken, Rotated};

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_core::failure::Failure;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Item = HashMap<String, AttributeValue>;

/// The customers' table.
#[derive(Clone, Debug)]
pub struct Customers {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Customers {
    /// Customers in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let table = table.into();
        Self { client, table }
    }

    async fn get<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable("reading", DisplayErrorContext(error)))?;
        answer.item.map(read).transpose()
    }
}

fn key(pk: String, sk: impl Into<String>) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk)),
        ("sk".to_owned(), AttributeValue::S(sk.into())),
    ])
}

fn item(key: Item, record: impl Serialize) -> Result<Item, Failure> {
    let mut item: Item =
        serde_dynamo::to_item(record).map_err(|problem| unavailable("writing", problem))?;
    item.extend(key);
    Ok(item)
}

fn read<T: DeserializeOwned>(item: Item) -> Result<T, Failure> {
    serde_dynamo::from_item(item).map_err(|problem| unavailable("understanding an item", problem))
}

/// SHA-256 in hexadecimal digits.
fn hash(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let digits = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// What is in the table instead, where a condition was not met.
fn refused<E>(error: &SdkError<E>, refusal: impl Fn(&E) -> Option<&Item>) -> Option<Item> {
    error.as_service_error().and_then(refusal).cloned()
}

fn not_put(error: &PutItemError) -> Option<&Item> {
    match error {
        PutItemError::ConditionalCheckFailedException(refused) => refused.item(),
        _ => None,
    }
}

/// The table did not answer, or not with what was put there.
fn unavailable(doing: &str, problem: impl Display) -> Failure {
    Failure::Unavailable(format!("customers table, {doing}: {problem}"))
}
