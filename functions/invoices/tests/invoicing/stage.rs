//! A table, requests as the bus delivers them, and what is found afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_invoices::requests::Requests;
use holdfast_invoices::rules::event::fold;
use holdfast_invoices::rules::{Event, EventName, Message, Record, State};
use holdfast_invoices::store::Store;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::table::Item;
use holdfast_testing::{create_table, start_database};
use serde_json::{Value, json};

pub(crate) const TABLE: &str = "invoices";
pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The service, with a table of its own.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) address: String,
    pub(crate) store: Store,
    pub(crate) requests: Arc<Requests>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (client, address) = start_database().await;
        create_table(&client, TABLE, &[]).await;
        let store = Store::new(client.clone(), TABLE);
        let requests = Arc::new(requests(store.clone()));
        Self {
            client,
            address,
            store,
            requests,
        }
    }

    /// The same table, and another process.
    pub(crate) fn other_process(&self) -> Self {
        let requests = Arc::new(requests(self.store.clone()));
        Self {
            requests,
            ..self.clone()
        }
    }

    /// Delivers a message until it is answered, as its queue does.
    pub(crate) async fn deliver(&self, message: &Message) {
        for tries in 1..200 {
            match self.requests.answer(message, tries).await {
                Err(Failure::Unavailable(_)) => {}
                done => return done.expect("an answer"),
            }
        }
        panic!("{message:?} is never answered");
    }

    pub(crate) async fn record(&self, order: &str) -> Option<Record> {
        self.store.find(&id(order)).await.expect("the table")
    }

    pub(crate) async fn state(&self, order: &str) -> State {
        self.record(order).await.expect("a record").state
    }

    /// An order's answers, after a look at whether they tell its record.
    pub(crate) async fn answers(&self, order: &str) -> Vec<Event> {
        let mut events = self.store.history(&id(order)).await.expect("the table");
        events.sort_by_key(|event| event.invoice.version);
        let record = self.record(order).await;
        let told = (!events.is_empty()).then(|| fold(&events).expect("a history"));
        assert_eq!(told, record.map(|record| record.state), "{order}");
        events
    }

    pub(crate) async fn last_answer(&self, order: &str) -> Event {
        self.answers(order).await.pop().expect("an answer")
    }

    /// All items, as they lie there, in the order of their keys.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let all = self.client.scan().table_name(TABLE).into_paginator();
        let mut items = Vec::new();
        let mut pages = all.items().send();
        while let Some(item) = pages.next().await {
            items.push(item.unwrap());
        }
        items.sort_by_key(|item| format!("{:?}{:?}", item["pk"], item["sk"]));
        items
    }

    /// All records.
    pub(crate) async fn records(&self) -> Vec<Record> {
        let items = self.items().await.into_iter();
        let records = items.filter(|item| item["sk"].as_s().unwrap() == "INVOICE");
        records
            .map(|item| serde_dynamo::from_item(item).expect("a record"))
            .collect()
    }

    /// The places that were given in each series, in order. No number stands on two papers, and what
    /// each series says was given last is what was given last.
    pub(crate) async fn given(&self) -> BTreeMap<String, Vec<u64>> {
        let mut given: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for record in self.records().await {
            let numbers = match record.state {
                State::Issued { number, .. } => vec![number],
                State::Cancelled {
                    number,
                    credit_note,
                    ..
                } => vec![number, credit_note],
                State::Refused { .. } | State::NeverIssued => Vec::new(),
            };
            for number in numbers {
                let places = given.entry(number.series.to_string()).or_default();
                places.push(number.place);
            }
        }
        for places in given.values_mut() {
            places.sort_unstable();
        }
        for item in self.items().await {
            if item["sk"].as_s().unwrap() == "SERIES" {
                let series = item["pk"].as_s().unwrap().replace("SERIES#", "");
                let last: u64 = item["last"].as_n().unwrap().parse().unwrap();
                assert_eq!(given[&series].last(), Some(&last), "{series}");
            }
        }
        given
    }
}

pub(crate) fn requests(store: Store) -> Requests {
    fn die() -> ! {
        panic!("dies, as scripted")
    }
    let clock = Clock::from_fn(|| at("12:00:00"));
    Requests::new(store, clock, Simulation::dying_by(die))
}

pub(crate) fn id(order: &str) -> OrderId {
    order.parse().unwrap()
}

pub(crate) fn at(time: &str) -> Timestamp {
    format!("2027-01-10T{time}Z").parse().unwrap()
}

/// An event of an order as the bus delivers it.
pub(crate) fn delivered(name: &str, order: &str, event: &str, request: &Value) -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": name,
        "source": "holdfast",
        "account": "123456789012",
        "time": "2027-01-10T11:59:59Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "id": format!("{order}/{event}"),
            "order_id": order,
            "name": name,
            "at": "2027-01-10T11:59:59.000Z",
            "actor": "orders",
            "trace_id": TRACE,
            "order": {"version": 7, "before": {"status": "created"}, "after": {"status": "created"}},
            "request": request,
        },
    })
}

/// What an order of two things wants on its invoice.
pub(crate) fn wanted() -> Value {
    let brl = |amount: u64| json!({"amount": amount, "currency": "BRL"});
    json!({
        "items": [
            {"sku": "BOOK-001", "name": "A book", "quantity": 2, "price": brl(4990), "amount": brl(9980)},
            {"sku": "MUG-001", "name": "A mug", "quantity": 1, "price": brl(2500), "amount": brl(2500)},
        ],
        "total": brl(12_480),
        "customer": {"id": "cus_1", "email": "buyer@example.com"},
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
    })
}

/// An order wants its invoice.
pub(crate) fn wants(order: &str, event: &str) -> Message {
    let json = delivered("invoice_requested", order, event, &wanted());
    serde_json::from_value(json).unwrap()
}

/// An order wants its invoice, and scripts a fault.
pub(crate) fn wants_with(order: &str, event: &str, fault: &str) -> Message {
    let mut request = wanted();
    request["simulate"] = json!({"generate_invoice": fault, "ship_order": "lost"});
    let json = delivered("invoice_requested", order, event, &request);
    serde_json::from_value(json).unwrap()
}

/// An order does not want it any more.
pub(crate) fn unwants(order: &str, event: &str) -> Message {
    let json = delivered("invoice_cancel_requested", order, event, &json!({}));
    serde_json::from_value(json).unwrap()
}

/// An order does not want it any more, and scripts a fault.
pub(crate) fn unwants_with(order: &str, event: &str, fault: &str) -> Message {
    let request = json!({"simulate": {"cancel_invoice": fault}});
    let json = delivered("invoice_cancel_requested", order, event, &request);
    serde_json::from_value(json).unwrap()
}

/// The name of an answer, and the numbers in it.
pub(crate) fn said(event: &Event) -> (EventName, String, String) {
    let text = |number: &Option<_>| number.as_ref().map_or(String::new(), ToString::to_string);
    (event.name, text(&event.number), text(&event.credit_note))
}

/// The first places of a series.
pub(crate) fn first(many: u64) -> Vec<u64> {
    (1..=many).collect()
}
