//! Reservations in DynamoDB: what the kit's table is told of them.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `SKU#<sku>` | `SKU` | a product: how many pieces are `available` |
//! | `ORDER#<order>` | `RESERVATION` | how it stands with an order |
//! | `ORDER#<order>` | `EVENT#<time>#<what it made>` | an answer |
//! | `INBOX#<request>` | `INBOX` | a request that is answered |

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_core::time::Timestamp;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::item::{Item, kept};
use holdfast_kit::table::{self, Aggregate, Besides, Draw, Mark, Short, Table, Tally, View};
use holdfast_stock_rules::answering::{Moved, Shortage, Transition};
use holdfast_stock_rules::catalogue;
use holdfast_stock_rules::event::Event;
use holdfast_stock_rules::items::{Items, Line};
use holdfast_stock_rules::reservation::Reservation;
use tracing::{Span, info_span};

/// Stands for the stock's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservations {}

/// The stock's table.
pub type Store = Table<Reservations>;

/// The sort key of a reservation.
pub const RESERVATION: &str = "RESERVATION";
/// How long a reservation is kept after its last change.
const KEPT: Duration = Duration::from_secs(2 * 365 * 86_400);

/// A product's tally.
pub fn tally(sku: &Sku) -> Tally {
    Tally {
        kind: "SKU",
        name: sku.to_string(),
        attribute: "available",
    }
}

/// What is decided upon when an order asks for something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// What is recorded about the order.
    pub reservation: Option<Reservation>,
    /// The products that were found short.
    pub short: Vec<Shortage>,
}

impl Case {
    /// The products of the catalogue that have no tally yet.
    pub fn not_begun(&self) -> Vec<Sku> {
        let missing = self.short.iter().filter(|short| short.left.is_none());
        let skus = missing.map(|short| &short.sku);
        skus.filter(|sku| catalogue::at_first(sku).is_some())
            .cloned()
            .collect()
    }
}

/// A reservation's one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Reservation);

impl table::Row for Row {
    fn sort(&self) -> String {
        RESERVATION.to_owned()
    }

    fn version(&self) -> u32 {
        self.0.version
    }

    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error> {
        Ok(kept(serde_dynamo::to_item(&self.0)?, at, KEPT))
    }

    fn from_item(_: &str, item: Item) -> Result<Self, serde_dynamo::Error> {
        serde_dynamo::from_item(item).map(Self)
    }

    fn bookkeeping(&self) -> &'static [&'static str] {
        &["updated", "expires"]
    }
}

impl Subject for Reservations {
    const ID_FIELD: &'static str = "order_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("order", order_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::invalid_order(field, problem)
    }
}

impl Aggregate for Reservations {
    const NAME: &'static str = "reservation";
    const PARTITION: &'static str = "ORDER#";
    const HEADS: &'static [&'static str] = &[RESERVATION];
    const PARTS: Option<&'static str> = None;
    const KEPT: Duration = KEPT;

    type Id = OrderId;
    type View = Case;
    type Row = Row;
    type Transition = Transition;
    type Event = Event;

    fn assemble(mut rows: Vec<Row>) -> Option<Case> {
        let Row(reservation) = rows.pop()?;
        Some(Case {
            reservation: Some(reservation),
            short: Vec::new(),
        })
    }

    fn rows(transition: &Transition) -> Vec<Row> {
        vec![Row(transition.reservation.clone())]
    }

    fn event(transition: &Transition) -> &Event {
        &transition.event
    }

    fn besides(transition: &Transition) -> Besides {
        let draws = match &transition.moved {
            Moved::Nothing => Vec::new(),
            Moved::Out(items) => draws(items, Draw::Take),
            Moved::Back(items) => draws(items, Draw::Give),
        };
        Besides {
            draws,
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

fn draws(items: &Items, draw: impl Fn(u32) -> Draw) -> Vec<(Tally, Draw)> {
    let lines = items.lines().iter();
    lines
        .map(|Line { sku, quantity }| (tally(sku), draw(*quantity)))
        .collect()
}

impl View<Reservations> for Case {
    fn absorb(&mut self, rows: Vec<Row>) {
        for Row(reservation) in rows {
            self.reservation = Some(reservation);
        }
    }

    fn fall_short(&mut self, short: Vec<Short>) {
        let shortage = |Short { tally, holds }: Short| {
            let sku = tally.name.parse().ok()?;
            Some(Shortage { sku, left: holds })
        };
        self.short = short.into_iter().filter_map(shortage).collect();
    }
}
