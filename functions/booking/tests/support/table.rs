//! DynamoDB in process, with the bookings' table as the template defines it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

pub(crate) const BOOKINGS: &str = "bookings";
pub(crate) const SUPPLIERS: &str = "suppliers";

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// Starts a database, empty but for the tables, and tells its address.
pub(crate) async fn start() -> (Client, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let client = client(&address);
    create_bookings(&client).await;
    holdfast_suppliers::testing::create_table(&client, SUPPLIERS)
        .await
        .expect("the suppliers' table");
    (client, address)
}

/// A client of the database at this address.
pub(crate) fn client(address: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn create_bookings(client: &Client) {
    let indexes = ["by-customer", "unfinished"].map(index);
    let mut attributes = vec!["pk".to_owned(), "sk".to_owned()];
    for index in &indexes {
        let names = index
            .key_schema()
            .iter()
            .map(|key| key.attribute_name().to_owned());
        attributes.extend(names);
    }
    client
        .create_table()
        .table_name(BOOKINGS)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.iter().map(|name| text(name)).collect()))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .set_global_secondary_indexes(Some(indexes.to_vec()))
        .send()
        .await
        .expect("the bookings' table");
}

fn index(name: &str) -> GlobalSecondaryIndex {
    let projection = Projection::builder().projection_type(ProjectionType::KeysOnly);
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(templated(name, "HASH"), KeyType::Hash))
        .key_schema(key(templated(name, "RANGE"), KeyType::Range))
        .projection(projection.build())
        .build()
        .unwrap()
}

/// The attribute that the template makes the hash or range key of an index of the bookings.
fn templated(index: &str, key_type: &str) -> &'static str {
    let (_, definition) = TEMPLATE
        .split_once(&format!("- IndexName: {index}\n"))
        .expect("the index in the template");
    let line = definition
        .lines()
        .find(|line| line.contains(&format!("KeyType: {key_type}")))
        .expect("its key");
    let (_, rest) = line.split_once("AttributeName: ").expect("its attribute");
    rest.split(',').next().unwrap_or_default()
}

fn text(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap()
}

fn key(name: &str, key_type: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(key_type)
        .build()
        .unwrap()
}
