//! The proof that the seam is one: parcels, an aggregate with rules, rows and events of its own, are
//! written, raced for, replayed, found overdue, listed and published like bookings, against a real
//! DynamoDB engine in process.
//!
//! - `parcel`: their rules; `rows`: what the table is told of them
//! - `writing`: races, replays, and what the loser is handed
//! - `reading`: what is found, listed and overdue
//! - `tallies`: what many parcels draw upon, and messages that are answered once
//! - `telling`: events on the bus, wake-ups, log lines; `publishing`: in order, and again
//! - `keeping`: what comes of a wake-up; `asking`: suppliers, asked in the words of parcels
//! - `outside`: a server that stands for AWS and for suppliers
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod asking;
mod keeping;
mod outside;
mod parcel;
mod publishing;
mod reading;
mod rows;
mod tallies;
mod telling;
mod writing;

use aws_sdk_dynamodb::Client;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::{Item, Written};
use holdfast_testing::{Index, create_table, start_database};

use parcel::{Packed, Told, fold};
use rows::Store;

const TABLE: &str = "parcels";

/// A table of parcels, and a way past the store.
#[derive(Clone)]
struct Depot {
    client: Client,
    store: Store,
}

impl Depot {
    async fn new() -> Self {
        let (client, _) = start_database().await;
        let indexes = [
            Index {
                name: "by-customer",
                hash: "customer_id",
                range: "created",
            },
            Index {
                name: "unfinished",
                hash: "unfinished",
                range: "due",
            },
            Index {
                name: "by-status",
                hash: "status",
                range: "created",
            },
        ];
        create_table(&client, TABLE, &indexes).await;
        let store = Store::new(client.clone(), TABLE);
        Self { client, store }
    }

    /// Sends a parcel with nothing in it.
    async fn send(&self, id: &str, at: Timestamp) -> Packed {
        let packed = Packed::new(id, "cus_1", at);
        let sent = self.store.write(&packed.sent()).await;
        assert!(matches!(sent, Ok(Written::Applied)), "{sent:?}");
        packed
    }

    /// The parcel, after a look at whether its history tells it.
    async fn parcel(&self, packed: &Packed) -> Packed {
        let found = self.store.load(packed.id()).await.expect("the parcel");
        let events = self.store.history(packed.id()).await.expect("its history");
        assert_eq!(fold(&events), Ok(Told::from(&found)));
        found
    }

    /// All items, as they lie there, in the order of their keys.
    async fn items(&self) -> Vec<Item> {
        let all = self.client.scan().table_name(TABLE).send().await.unwrap();
        let mut items = all.items.unwrap_or_default();
        items.sort_by_key(|item| format!("{:?}{:?}", item["pk"], item["sk"]));
        items
    }
}

fn at(time: &str) -> Timestamp {
    format!("2027-01-10T{time}Z").parse().unwrap()
}
