//! A stock, and orders that ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Postpones;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::table::{Item, Put};
use holdfast_stock::requests::Requests;
use holdfast_stock::seed::seed;
use holdfast_stock::store::{RESERVATION, Row, Store, tally};
use holdfast_stock_rules::event::{Event, EventName, fold};
use holdfast_stock_rules::items::Items;
use holdfast_stock_rules::reservation::{Reservation, State};
use holdfast_testing::{create_table, start_database};
use serde_json::{Value, json};

pub(crate) const TABLE: &str = "stock";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// A stock, and a way past it; clones are the same one.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) client: Client,
    pub(crate) address: String,
    pub(crate) requests: Requests,
}

/// Remembers what is postponed, and for how long.
#[derive(Clone, Default)]
pub(crate) struct Pauses(pub(crate) Arc<Mutex<BTreeMap<String, Duration>>>);

impl Postpones for Pauses {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        let mut pauses = self.0.lock().unwrap();
        pauses.insert(receipt.to_owned(), pause);
    }
}

impl Shop {
    /// A table with nothing in it.
    pub(crate) async fn empty() -> Self {
        let (client, address) = start_database().await;
        create_table(&client, TABLE, &[]).await;
        let requests = process(Store::new(client.clone(), TABLE));
        Self {
            client,
            address,
            requests,
        }
    }

    /// A stock with all products of the catalogue.
    pub(crate) async fn stocked() -> Self {
        let shop = Self::empty().await;
        seed(shop.store()).await.unwrap();
        shop
    }

    /// The same stock, where faults happen that are scripted.
    pub(crate) fn rehearsing(mut self) -> Self {
        self.requests.simulation = "on".parse::<Simulation>().unwrap();
        self
    }

    pub(crate) fn store(&self) -> &Store {
        &self.requests.store
    }

    /// Takes a request as its first delivery.
    pub(crate) async fn take(&self, event: &Value) -> Result<(), Failure> {
        self.take_again(event, 1).await
    }

    /// Takes a request at this delivery.
    pub(crate) async fn take_again(&self, event: &Value, tries: u32) -> Result<(), Failure> {
        let request = serde_json::from_value(event.clone()).unwrap();
        self.requests.take(&request, tries).await
    }

    /// How many pieces of a product there are.
    pub(crate) async fn available(&self, sku: &str) -> Option<u64> {
        self.store().tally(&tally(&id(sku))).await.unwrap()
    }

    /// A product with so many pieces.
    pub(crate) async fn begin(&self, sku: &str, pieces: u64) {
        let begun = self.store().begin_tally(&tally(&id(sku)), pieces).await;
        assert_eq!(begun, Ok(Put::Done));
    }

    /// What is recorded about an order.
    pub(crate) async fn reservation(&self, order: &str) -> Option<Reservation> {
        let row = self.store().row(&order_id(order), RESERVATION).await;
        row.unwrap().map(|Row(reservation)| reservation)
    }

    /// What an order was answered, after a look at whether it tells what is recorded, and whether each
    /// request was answered once.
    pub(crate) async fn answers(&self, order: &str) -> Vec<Event> {
        let events = self.store().history(&order_id(order)).await.unwrap();
        let requests: BTreeSet<_> = events.iter().map(|event| &event.request_id).collect();
        assert_eq!(requests.len(), events.len(), "{events:#?}");
        if let Some(reservation) = self.reservation(order).await {
            assert_eq!(fold(&events), Ok(reservation.state));
        } else {
            assert!(events.is_empty(), "{events:#?}");
        }
        events
    }

    /// The names of what an order was answered.
    pub(crate) async fn told(&self, order: &str) -> Vec<EventName> {
        let events = self.answers(order).await;
        events.iter().map(|event| event.name).collect()
    }

    /// What the orders have of a product.
    pub(crate) async fn taken(&self, sku: &str) -> u64 {
        let items = self.items().await;
        let rows = items
            .into_iter()
            .filter(|item| item["sk"].as_s().unwrap() == RESERVATION);
        let states = rows.map(|item| serde_dynamo::from_item::<_, Reservation>(item).unwrap());
        let taken = states.map(|reservation| match reservation.state {
            State::Taken { items } => u64::from(items.quantity(&id(sku))),
            _ => 0,
        });
        taken.sum()
    }

    /// All items, as they lie there.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let pages = self.client.scan().table_name(TABLE).into_paginator();
        let mut pages = pages.items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.unwrap());
        }
        items
    }
}

/// A process that takes requests.
pub(crate) fn process(store: Store) -> Requests {
    Requests {
        store,
        clock: Clock::system(),
        simulation: Simulation::default(),
        turn: Arc::default(),
    }
}

pub(crate) fn id(sku: &str) -> Sku {
    sku.parse().unwrap()
}

fn order_id(order: &str) -> OrderId {
    order.parse().unwrap()
}

/// An event of an order, by its number, as the bus delivers it.
fn event(order: &str, number: u32, name: &str, request: &Value) -> Value {
    json!({
        "detail-type": name,
        "source": "holdfast",
        "detail": {
            "id": format!("{order}/order.{number}"),
            "order_id": order,
            "trace_id": TRACE,
            "request": request,
        },
    })
}

/// An order asks for goods.
pub(crate) fn asks(order: &str, number: u32, items: &[(&str, u32)]) -> Value {
    let lines = items
        .iter()
        .map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}));
    let items: Vec<_> = lines.collect();
    event(order, number, "stock_requested", &json!({ "items": items }))
}

/// An order gives up what it has.
pub(crate) fn gives_up(order: &str, number: u32) -> Value {
    event(order, number, "stock_return_requested", &json!({}))
}

/// The same with a fault.
pub(crate) fn scripted(mut event: Value, action: &str, fault: &str) -> Value {
    event["detail"]["request"]["simulate"] = json!({ action: fault });
    event
}

pub(crate) fn goods(items: &[(&str, u32)]) -> Items {
    let lines = items
        .iter()
        .map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}));
    let lines: Vec<_> = lines.collect();
    serde_json::from_value(json!(lines)).unwrap()
}

/// A batch as the queue delivers it: each message is called by its place.
pub(crate) fn batch(bodies: &[String]) -> Batch<Message> {
    let records = bodies.iter().enumerate().map(|(place, body)| {
        json!({
            "messageId": place.to_string(),
            "receiptHandle": place.to_string(),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
        })
    });
    let records: Vec<_> = records.collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

/// The places of the messages that come again.
pub(crate) fn failed(answer: &Answer) -> Vec<usize> {
    let failures = answer.batch_item_failures.iter();
    failures
        .map(|failed| failed.item_identifier.parse().unwrap())
        .collect()
}
