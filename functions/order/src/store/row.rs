//! The rows of an order, and the items that they are.

use holdfast_core::time::Timestamp;
use holdfast_kit::table;
use holdfast_kit::table::item::{Item, kept, text};
use holdfast_order_rules::order::{Order, Step};

use super::KEPT;

/// The sort key of the order itself.
pub(super) const ORDER: &str = "ORDER";
/// What the sort keys of its steps begin with; they sort by place.
pub(super) const STEPS: &str = "STEP#";

/// A row of an order.
#[derive(Clone, Debug)]
pub enum Row {
    /// The order itself.
    Order(Box<Order>),
    /// One of its steps.
    Step(Step),
}

impl table::Row for Row {
    fn sort(&self) -> String {
        match self {
            Self::Order(_) => ORDER.to_owned(),
            Self::Step(step) => format!("{STEPS}{}#{}", step.name.place(), step.name),
        }
    }

    fn version(&self) -> u32 {
        match self {
            Self::Order(order) => order.version,
            Self::Step(step) => step.version,
        }
    }

    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error> {
        match self {
            Self::Order(order) => Ok(indexed(serde_dynamo::to_item(order)?, order)),
            Self::Step(step) => Ok(kept(serde_dynamo::to_item(step)?, at, KEPT)),
        }
    }

    fn from_item(sort: &str, item: Item) -> Result<Self, serde_dynamo::Error> {
        match sort {
            ORDER => serde_dynamo::from_item(item).map(|order| Self::Order(Box::new(order))),
            _ => serde_dynamo::from_item(item).map(Self::Step),
        }
    }

    /// When a step began or ended is no bookkeeping: events tell it.
    fn bookkeeping(&self) -> &'static [&'static str] {
        match self {
            Self::Order(_) => &["updated", "due", "expires"],
            Self::Step(_) => &["expires"],
        }
    }
}

/// The attributes that the indexes are made of: by customer, and by status as long as it is
/// unfinished. An unfinished order has no time to live; that of its steps is renewed by the sweep as
/// long as the order waits at the desk.
fn indexed(mut item: Item, order: &Order) -> Item {
    let customer = text(order.customer.id.to_string());
    item.insert("customer_id".to_owned(), customer);
    let status = order.state.status;
    if status.is_finished() {
        return kept(item, order.updated, KEPT);
    }
    item.insert("unfinished".to_owned(), text(status.as_str()));
    // Those that wait for a person come in the order in which they were last tried.
    let due = match status.has_ended() {
        true => order.updated,
        false => order.due(),
    };
    item.insert("due".to_owned(), text(due.to_string()));
    item
}
