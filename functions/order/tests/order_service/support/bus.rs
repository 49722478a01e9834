//! Carries events from table to table, as publishers, bus and queues do: each is delivered once, unless a
//! test delivers it again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use holdfast_core::ids::OrderId;
use holdfast_invoices::store::{Invoices, Store as InvoiceStore};
use holdfast_kit::batch::Changed;
use holdfast_kit::clock::Clock;
use holdfast_kit::outbox::published;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::table::{Aggregate, Table};
use holdfast_order::answers::Message;
use holdfast_order::store::{Orders, Store};
use holdfast_order_rules::action::Topic;
use holdfast_order_rules::broker::ANSWERS;
use holdfast_stock::store::{Reservations, Store as StockStore};
use serde_json::{Value, json};

/// The bus, with the two services behind it.
#[derive(Clone)]
pub(crate) struct Bus {
    orders: Store,
    pub(crate) stock: StockStore,
    pub(crate) invoices: InvoiceStore,
    takes_stock: Arc<holdfast_stock::requests::Requests>,
    takes_invoices: Arc<holdfast_invoices::requests::Requests>,
    delivered: Arc<Mutex<BTreeSet<String>>>,
    down: Arc<Mutex<BTreeSet<Topic>>>,
}

impl Bus {
    pub(crate) fn between(
        orders: Store,
        stock: StockStore,
        invoices: InvoiceStore,
        clock: Clock,
    ) -> Self {
        let simulation: Simulation = "on".parse().unwrap();
        let takes_stock = holdfast_stock::requests::Requests {
            store: stock.clone(),
            clock: clock.clone(),
            simulation,
            turn: Arc::default(),
        };
        let takes_invoices =
            holdfast_invoices::requests::Requests::new(invoices.clone(), clock, simulation);
        Self {
            orders,
            stock,
            invoices,
            takes_stock: Arc::new(takes_stock),
            takes_invoices: Arc::new(takes_invoices),
            delivered: Arc::default(),
            down: Arc::default(),
        }
    }

    /// A service takes no requests, or does again.
    pub(crate) fn set_down(&self, topic: Topic, down: bool) {
        let mut all = self.down.lock().unwrap();
        match down {
            true => all.insert(topic),
            false => all.remove(&topic),
        };
    }

    /// Delivers the requests of an order that were not delivered yet.
    pub(crate) async fn carry_requests(&self, order: &OrderId) {
        for event in self.requests(order).await {
            self.request(event).await;
        }
    }

    /// Answers that were not delivered to the orders yet.
    pub(crate) async fn new_answers(&self, order: &OrderId) -> Vec<Message> {
        let mut answers = self.all_answers(order).await;
        let mut delivered = self.delivered.lock().unwrap();
        answers.retain(|answer| delivered.insert(answer.detail["id"].to_string()));
        answers
    }

    /// All answers about an order, in the order of each service's events. The rule of the bus lets through
    /// what is an answer by its name.
    pub(crate) async fn all_answers(&self, order: &OrderId) -> Vec<Message> {
        let mut events = told::<Reservations>(&self.stock, order).await;
        events.extend(told::<Invoices>(&self.invoices, order).await);
        let answers = events.into_iter().filter(|event| {
            let name = event["detail-type"].as_str().unwrap();
            ANSWERS.contains(&name)
        });
        answers
            .map(|event| serde_json::from_value(event).unwrap())
            .collect()
    }

    /// All events of an order, as they go on the bus.
    pub(crate) async fn requests(&self, order: &OrderId) -> Vec<Value> {
        told::<Orders>(&self.orders, order).await
    }

    /// Delivers an event of an order, unless it was delivered, or its service is down.
    async fn request(&self, event: Value) {
        let topic = match event["detail-type"].as_str().unwrap() {
            "stock_requested" | "stock_return_requested" => Topic::Stock,
            "invoice_requested" | "invoice_cancel_requested" => Topic::Invoices,
            _ => return,
        };
        if self.down.lock().unwrap().contains(&topic) {
            return;
        }
        let event_id = event["detail"]["id"].to_string();
        if self.delivered.lock().unwrap().insert(event_id) {
            self.deliver(topic, event).await;
        }
    }

    /// Delivers an event to a service until it is taken, as its queue does.
    pub(crate) async fn deliver(&self, topic: Topic, event: Value) {
        for tries in 1..10 {
            let event = event.clone();
            let taken = match topic {
                Topic::Stock => {
                    let request = serde_json::from_value(event).unwrap();
                    self.takes_stock.take(&request, tries).await
                }
                _ => {
                    let request = serde_json::from_value(event).unwrap();
                    self.takes_invoices.answer(&request, tries).await
                }
            };
            if taken.is_ok() {
                return;
            }
        }
    }
}

/// The events of an aggregate as they go on the bus, in the order of their versions.
async fn told<A: Aggregate<Id = OrderId>>(table: &Table<A>, order: &OrderId) -> Vec<Value> {
    let events = table.history(order).await.unwrap();
    let on_the_bus = |event: &A::Event| {
        let changed = Changed {
            new_image: serde_dynamo::to_item(event).unwrap(),
            ..Changed::default()
        };
        let event = published::<A>(&changed).unwrap();
        json!({"source": "holdfast", "detail-type": event.detail_type, "detail": event.detail})
    };
    let mut events: Vec<_> = events.iter().map(on_the_bus).collect();
    events.sort_by_key(|event| {
        let id = event["detail"]["id"].as_str().unwrap();
        id.rsplit('.').next().unwrap().parse::<u32>().unwrap_or(0)
    });
    events
}
