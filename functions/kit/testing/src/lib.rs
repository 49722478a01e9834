//! DynamoDB in process, for tests: a real engine on a loopback port of its own, empty but for the
//! tables that a test makes; and payments from accounts. Whatever fails here is the end of the test.
#![allow(clippy::expect_used)]

mod accounts;

pub use accounts::Accounts;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

/// An index of a table: its keys, which are texts, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    /// Its name.
    pub name: &'a str,
    /// The attribute that it is looked up by.
    pub hash: &'a str,
    /// The attribute that it sorts by.
    pub range: &'a str,
}

/// Starts a database without tables, and tells its address.
pub async fn start_database() -> (Client, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let database = dynoxide::Database::memory().expect("a database");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let address = format!("http://{address}");
    (client(&address), address)
}

/// A client of the database at this address.
pub fn client(address: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// Creates a table with the keys `pk` and `sk`, and these indexes.
pub async fn create_table(client: &Client, name: &str, indexes: &[Index<'_>]) {
    let mut attributes = vec!["pk", "sk"];
    for index in indexes {
        attributes.extend([index.hash, index.range]);
    }
    // Two indexes may sort by the same attribute.
    attributes.sort_unstable();
    attributes.dedup();
    let indexes: Vec<_> = indexes.iter().map(global).collect();
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.into_iter().map(text).collect()))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
        .send()
        .await;
    created.expect("a table");
}

fn global(index: &Index<'_>) -> GlobalSecondaryIndex {
    let projection = Projection::builder().projection_type(ProjectionType::KeysOnly);
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .key_schema(key(index.hash, KeyType::Hash))
        .key_schema(key(index.range, KeyType::Range))
        .projection(projection.build())
        .build()
        .expect("an index")
}

fn text(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .expect("an attribute")
}

fn key(name: &str, key_type: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(key_type)
        .build()
        .expect("a key")
}
