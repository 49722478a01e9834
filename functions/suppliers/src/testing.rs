//! For tests, here and in other crates: the table as the template defines it, and a clock to set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;

use crate::store::{ALIVE, DUE};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Creates the suppliers' table.
///
/// # Errors
/// Whatever DynamoDB has against it.
pub async fn create_table(client: &Client, name: &str) -> Result<(), Error> {
    create(
        client,
        name,
        vec![index(ALIVE, "alive_sk", ProjectionType::All)?],
    )
    .await
}

/// Creates the authorizer's table.
///
/// # Errors
/// Whatever DynamoDB has against it.
pub async fn create_accounts_table(client: &Client, name: &str) -> Result<(), Error> {
    let indexes = vec![
        index(ALIVE, "alive_sk", ProjectionType::All)?,
        index(DUE, "due_at", ProjectionType::KeysOnly)?,
    ];
    create(client, name, indexes).await
}

/// An index by the attribute of its name, and another.
fn index(
    name: &str,
    range: &str,
    projected: ProjectionType,
) -> Result<GlobalSecondaryIndex, BuildError> {
    let projection = Projection::builder().projection_type(projected);
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(name, KeyType::Hash)?)
        .key_schema(key(range, KeyType::Range)?)
        .projection(projection.build())
        .build()
}

async fn create(
    client: &Client,
    name: &str,
    indexes: Vec<GlobalSecondaryIndex>,
) -> Result<(), Error> {
    let keys = indexes.iter().flat_map(GlobalSecondaryIndex::key_schema);
    let keys = keys.map(KeySchemaElement::attribute_name);
    let attributes = ["pk", "sk"].into_iter().chain(keys).map(attribute);
    let attributes = attributes.collect::<Result<Vec<_>, _>>()?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes))
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .set_global_secondary_indexes(Some(indexes))
        .send()
        .await?;
    Ok(())
}

fn attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
}

fn key(name: &str, key_type: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(key_type)
        .build()
}

/// A clock that stands still until it is moved on.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let now = self.now() + by;
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// A clock that shows what this one does.
    pub fn shown(self: &Arc<Self>) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || clock.now())
    }
}
