//! Invoices in DynamoDB: what the kit's table is told of them.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `ORDER#<id>` | `INVOICE` | the order's invoice |
//! | `ORDER#<id>` | `EVENT#<time>#<version>` | an answer |
//! | `SERIES#<name>` | `SERIES` | `last`: the last number given in a series |
//! | `INBOX#<id>` | `INBOX` | a request that was answered |
//!
//! An answer is one transaction over all of them: the number is given with the invoice that bears it, or
//! neither is.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::item::kept;
use holdfast_kit::table::{Aggregate, Besides, Draw, Item, Mark, Row, Short, Table, Tally, View};
use tracing::{Span, info_span};

use crate::rules::{Case, Event, Invoice, Number, Record, Series, Transition};

/// Stands for the invoices' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invoices {}

/// The invoices' table.
pub type Store = Table<Invoices>;

/// The sort key of an order's invoice.
const INVOICE: &str = "INVOICE";
/// Invoices are kept for as long as tax law may ask for them.
const KEPT: Duration = Duration::from_secs(10 * 366 * 86_400);

impl Subject for Invoices {
    const ID_FIELD: &'static str = "order_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("invoice", order_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::invalid_order(field, problem)
    }
}

impl Aggregate for Invoices {
    const NAME: &'static str = "invoice";
    const PARTITION: &'static str = "ORDER#";
    const HEADS: &'static [&'static str] = &[INVOICE];
    const PARTS: Option<&'static str> = None;
    const KEPT: Duration = KEPT;

    type Id = OrderId;
    type View = Record;
    type Row = Record;
    type Transition = Transition;
    type Event = Event;

    fn assemble(rows: Vec<Record>) -> Option<Record> {
        rows.into_iter().next()
    }

    fn rows(transition: &Transition) -> Vec<Record> {
        vec![transition.record.clone()]
    }

    fn event(transition: &Transition) -> &Event {
        &transition.event
    }

    fn besides(transition: &Transition) -> Besides {
        let draw = |number: &Number| (tally(&number.series), Draw::Next(number.place));
        Besides {
            draws: transition.draws.iter().map(draw).collect(),
            answers: Some(transition.event.request_id.to_string()),
        }
    }

    fn mark(event: &Event) -> Mark<Self> {
        Mark {
            id: event.order_id.clone(),
            at: event.at,
            unique: event.unique(),
        }
    }
}

/// Where the last number of a series is kept.
pub fn tally(series: &Series) -> Tally {
    Tally {
        kind: "SERIES",
        name: series.to_string(),
        attribute: "last",
    }
}

impl Row for Record {
    fn sort(&self) -> String {
        INVOICE.to_owned()
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error> {
        Ok(kept(serde_dynamo::to_item(self)?, at, KEPT))
    }

    fn from_item(_: &str, item: Item) -> Result<Self, serde_dynamo::Error> {
        serde_dynamo::from_item(item)
    }

    fn bookkeeping(&self) -> &'static [&'static str] {
        &["updated", "expires"]
    }
}

impl View<Invoices> for Record {
    fn absorb(&mut self, rows: Vec<Record>) {
        if let Some(record) = rows.into_iter().next() {
            *self = record;
        }
    }
}

impl View<Invoices> for Case {
    fn absorb(&mut self, rows: Vec<Record>) {
        self.record = rows.into_iter().next().or(self.record.take());
    }

    fn fall_short(&mut self, short: Vec<Short>) {
        // The only tally is the series: it tells the number that was given last.
        self.last = short.first().and_then(|it| it.holds).unwrap_or_default();
    }
}

/// The invoice of an order, if it was issued.
///
/// # Errors
/// [`Failure::Unavailable`] when the table does not answer.
pub async fn invoice(store: &Store, order: &OrderId) -> Result<Option<Invoice>, Failure> {
    let found = store.find(order).await?;
    Ok(found.and_then(Record::invoice))
}
