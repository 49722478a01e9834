//! DynamoDB in process, with the bookings' table as the template defines it.

use aws_sdk_dynamodb::Client;
use holdfast_testing::{Index, create_table, start_database};

pub(crate) use holdfast_testing::client;

pub(crate) const BOOKINGS: &str = "bookings";
pub(crate) const SUPPLIERS: &str = "suppliers";

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// Starts a database, empty but for the tables, and tells its address.
pub(crate) async fn start() -> (Client, String) {
    let (client, address) = start_database().await;
    let indexes = ["by-customer", "unfinished"].map(index);
    create_table(&client, BOOKINGS, &indexes).await;
    holdfast_suppliers::testing::create_table(&client, SUPPLIERS)
        .await
        .expect("the suppliers' table");
    (client, address)
}

fn index(name: &str) -> Index<'_> {
    Index {
        name,
        hash: templated(name, "HASH"),
        range: templated(name, "RANGE"),
    }
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
