//! Orders on the deployed stack, as their customers and their operators see them.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod answered;
mod audit;
mod basket;
mod counters;
mod due;
mod sums;
mod waiting;

use std::time::Duration;

use holdfast_core::ids::OrderId;
use holdfast_order_rules::event::{Event, Folded, fold};
use holdfast_order_rules::order::Snapshot;
use serde_json::{Value, json};

use crate::{Ended, InvokeError, Stack, eventually, fresh_name, output};

pub use audit::{AuditedOrder, Left};
pub use basket::Basket;
pub use sums::Sums;
pub use waiting::waits_for;

const SOON: Duration = Duration::from_secs(60);

/// Orders, and the services that they meet over the bus.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The stack it runs on.
    pub stack: Stack,
    /// The orders.
    pub orders: holdfast_order::store::Store,
    /// The stock.
    pub stock: holdfast_stock::store::Store,
    /// The invoices.
    pub invoices: holdfast_invoices::Store,
}

impl Shop {
    /// The shop of the stack that the environment names.
    pub async fn connect() -> Self {
        let stack = Stack::connect().await;
        let tables = stack.dynamodb.clone();
        Self {
            orders: holdfast_order::store::Store::new(tables.clone(), output("ORDERS_TABLE")),
            stock: holdfast_stock::store::Store::new(tables.clone(), output("STOCK_TABLE")),
            invoices: holdfast_invoices::Store::new(tables, output("INVOICES_TABLE")),
            stack,
        }
    }

    /// Starts an order; answers with its execution's ARN.
    pub async fn start(&self, name: &str, basket: &Basket) -> String {
        let machine = output("ORDER_STATE_MACHINE_ARN");
        self.stack.start_of(&machine, name, &basket.0).await
    }

    /// Orders under a fresh name, and waits for the end.
    pub async fn order(&self, what: &str, basket: &Basket) -> Ended {
        let arn = self.start(&fresh_name(what), basket).await;
        self.stack.end_of(&arn).await
    }

    /// An order as the table has it, which must be what its events tell.
    pub async fn snapshot(&self, name: &str) -> Snapshot {
        let id = id(name);
        let read = async || self.orders.load(&id).await.expect("the order is there");
        let (snapshot, events) = eventually("a moment without a change", SOON, async || {
            let (before, events) = (read().await, self.history(name).await);
            (read().await == before).then_some((before, events))
        })
        .await;
        let told = fold(&events).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let here = Folded::from(&snapshot);
        assert_eq!(told, here, "{name}: its events tell another story");
        snapshot
    }

    /// An order's events.
    pub async fn history(&self, name: &str) -> Vec<Event> {
        let events = self.orders.history(&id(name)).await;
        let mut events = events.expect("the history can be read");
        events.sort_by_key(|event| event.order.version);
        events
    }

    /// Waits until an order is as it should be.
    pub async fn until(&self, name: &str, what: &str, is: impl Fn(&Snapshot) -> bool) -> Snapshot {
        self.until_within(SOON, name, what, is).await
    }

    /// Waits so long until an order is as it should be.
    pub async fn until_within(
        &self,
        longest: Duration,
        name: &str,
        what: &str,
        is: impl Fn(&Snapshot) -> bool,
    ) -> Snapshot {
        let id = id(name);
        eventually(&format!("{name}: {what}"), longest, async || {
            let found = self.orders.find(&id).await.expect("the table answers");
            found.filter(|snapshot| is(snapshot))
        })
        .await
    }

    /// Its customer cancels.
    ///
    /// # Errors
    /// What the order function refuses.
    pub async fn cancel(&self, name: &str) -> Result<Value, InvokeError> {
        let command = json!({"command": "cancel", "order_id": name});
        self.stack.invoke("OrderFunction", &command).await
    }

    /// The schedules of an order.
    pub async fn schedules(&self, name: &str) -> Vec<String> {
        let group = output("ORDER_SCHEDULE_GROUP_NAME");
        self.stack.schedules_in(&group, name).await
    }
}

fn id(name: &str) -> OrderId {
    name.parse().expect("an order's name")
}
