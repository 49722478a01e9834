//! Aggregates in DynamoDB: one table, and one way to change it.
//!
//! A change is the rows as they are to be and the event that tells it, in one transaction on the
//! condition that each row still has the version it was decided upon. The loser of a race is handed
//! the rows as they are now, from the refusal itself.
//!
//! - `aggregate`: what a service says of its aggregate
//! - `besides`: tallies that many aggregates share, and the message that a change answers
//! - `change`: decide, write, and decide again if another writer was first
//! - `write`: the transaction, and what its refusal means
//! - `read`: heads and parts together, one row, the history, what is overdue
//! - `list`: the aggregates of a customer, page by page; `newest`: all sagas of a status, or of a
//!   customer
//! - `due`: the sagas of a status by what is due of them
//! - `watch`: who looks after an aggregate; `keep`: how long its rows are kept
//! - `erase`: what says who a customer is, taken out of what is stored
//! - `inbox`: messages from outside that were received
//! - `breaker`: the suppliers' circuit breakers, which belong to no aggregate
//! - `named`: records that hold an aggregate's id, under the name that it has there
//! - `item`, `items`: DynamoDB's own words; a table, whatever is in it

mod aggregate;
mod besides;
pub mod breaker;
mod change;
mod due;
mod erase;
mod inbox;
pub mod item;
mod items;
mod keep;
mod list;
pub(crate) mod named;
mod newest;
mod read;
mod watch;
mod write;

use std::marker::PhantomData;

pub use aggregate::{Aggregate, Mark, Reminder, Row, Saga, View};
pub use besides::{Besides, Draw, Short, Tally};
pub use erase::erase;
pub use item::{Condition, Item};
pub use items::{Items, Put};
pub use list::{Page, Place};
pub use newest::{Alike, Begun};
pub use watch::Claim;
pub use write::{Lost, Written};

/// What the sort keys of events begin with; they sort by time.
const EVENTS: &str = "EVENT#";

/// The table of an aggregate.
#[derive(Clone, Debug)]
pub struct Table<A> {
    items: Items,
    of: PhantomData<A>,
}

impl<A: Aggregate> Table<A> {
    /// Aggregates in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self {
            items: Items::new(client, table, A::NAME),
            of: PhantomData,
        }
    }

    /// The table, whatever is in it.
    pub fn items(&self) -> &Items {
        &self.items
    }

    fn partition(id: &A::Id) -> String {
        format!("{}{id}", A::PARTITION)
    }

    fn key(id: &A::Id, sort: &str) -> Item {
        item::key(Self::partition(id), sort)
    }

    /// Whose item it is.
    fn id_of(item: &Item) -> Option<A::Id> {
        let partition = item::text_of(item, "pk")?;
        partition.strip_prefix(A::PARTITION)?.parse().ok()
    }
}

impl<A> From<Table<A>> for Items {
    fn from(table: Table<A>) -> Self {
        table.items
    }
}
