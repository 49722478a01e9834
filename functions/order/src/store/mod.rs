//! Orders in DynamoDB: what the kit's table is told of them.
//!
//! | sk | holds |
//! |---|---|
//! | `ORDER` | the order itself; the indexes are made of it |
//! | `STEP#<place>#<name>` | a step |
//! | `EVENT#<time>#order.<version>` | an event |
//! | `WATCH` | who looks after it, once its time is over |
//!
//! All under `ORDER#<id>`. Beside them lie the suppliers' breakers.
//!
//! - `chronicle`: orders as any saga is seen by operators
//! - `row`: the rows, and the items that they are

mod chronicle;
mod row;

use std::time::Duration;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Meaning, Timer};
use holdfast_kit::schedules;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::{self, Aggregate, Mark, Reminder, Saga, Table, View};
use holdfast_kit::task_tokens::Word;
use holdfast_order_rules::deadline;
use holdfast_order_rules::event::Event;
use holdfast_order_rules::order::{OrderStatus, Snapshot, Step};
use holdfast_order_rules::transition::Transition;
use tracing::{Span, info_span};

use crate::desk::{self, DeskItem};
use crate::telling;

pub use row::Row;

/// Stands for the orders' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orders {}

/// The orders' table.
pub type Store = Table<Orders>;
/// Why an order was not written.
pub type Lost = table::Lost<Orders>;
/// The message that wakes an order's timer.
pub type WakeUp = schedules::WakeUp<Orders>;
/// A place in the list of a customer's orders.
pub type Place = table::Place<Orders>;

/// How long an order is kept after its last change.
const KEPT: Duration = Duration::from_secs(2 * 365 * 86_400);

impl Subject for Orders {
    const ID_FIELD: &'static str = "order_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("order", order_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::invalid_order(field, problem)
    }
}

impl Aggregate for Orders {
    const NAME: &'static str = "order";
    const PARTITION: &'static str = "ORDER#";
    const HEADS: &'static [&'static str] = &[row::ORDER];
    const PARTS: Option<&'static str> = Some(row::STEPS);
    const IN_ONE_ORDER: bool = true;
    const KEPT: Duration = KEPT;

    type Id = OrderId;
    type View = Snapshot;
    type Row = Row;
    type Transition = Transition;
    type Event = Event;

    fn assemble(rows: Vec<Row>) -> Option<Snapshot> {
        let (mut order, mut steps) = (None, Vec::new());
        for row in rows {
            match row {
                Row::Order(found) => order = Some(*found),
                Row::Step(found) => steps.push(found),
            }
        }
        let order = order?;
        Some(Snapshot { order, steps })
    }

    fn rows(transition: &Transition) -> Vec<Row> {
        let order = Row::Order(Box::new(transition.order.clone()));
        let steps = transition.steps.iter().cloned().map(Row::Step);
        std::iter::once(order).chain(steps).collect()
    }

    fn event(transition: &Transition) -> &Event {
        &transition.event
    }

    fn mark(event: &Event) -> Mark<Self> {
        Mark {
            id: event.order_id.clone(),
            at: event.at,
            unique: event.unique(),
        }
    }
}

impl View<Orders> for Snapshot {
    fn absorb(&mut self, rows: Vec<Row>) {
        for row in rows {
            match row {
                Row::Order(order) => self.order = *order,
                Row::Step(step) => replace(&mut self.steps, step),
            }
        }
    }

    /// Whoever was first may have changed steps that this change leaves alone.
    async fn catch_up(self, store: &Store, _: Vec<Row>) -> Result<Self, Failure> {
        store.load(&self.order.order_id).await
    }
}

fn replace(steps: &mut [Step], step: Step) {
    if let Some(known) = steps.iter_mut().find(|known| known.name == step.name) {
        *known = step;
    }
}

impl Saga for Orders {
    type Status = OrderStatus;
    const RUNNING: &'static [OrderStatus] = &[
        OrderStatus::Pending,
        OrderStatus::Created,
        OrderStatus::Invoiced,
        OrderStatus::Shipped,
        OrderStatus::Cancelling,
    ];

    fn word(status: OrderStatus) -> &'static str {
        status.as_str()
    }

    fn timer(snapshot: &Snapshot) -> &Timer {
        &snapshot.order.state.timer
    }

    fn trace_id(snapshot: &Snapshot) -> &str {
        &snapshot.order.trace_id
    }

    fn execution(snapshot: &Snapshot) -> &str {
        &snapshot.order.execution
    }

    fn meaning(snapshot: &Snapshot, generation: u32) -> Meaning {
        match deadline::meaning(&snapshot.order.state, generation) {
            deadline::Meaning::Ended => Meaning::Ended,
            deadline::Meaning::Stale => Meaning::Stale,
            deadline::Meaning::Due => Meaning::Due,
        }
    }

    fn wake(snapshot: &Snapshot, generation: u32, stamp: Stamp<'_>) -> Option<Transition> {
        deadline::wake(snapshot, generation, stamp)
    }

    fn told(snapshot: &Snapshot) -> Option<(&str, Word)> {
        telling::due(snapshot)
    }

    const WAITING: &'static [OrderStatus] = &[OrderStatus::NeedsAttention];
    type Errand = DeskItem;

    fn remind(snapshot: &Snapshot, now: Timestamp) -> Option<Reminder<DeskItem>> {
        desk::remind(snapshot, now)
    }
}
