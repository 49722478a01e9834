//! An order as its customer sees it: one answer with all that a front end shows.

use holdfast_core::change::Stamp;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_order_rules::address::Address;
use holdfast_order_rules::command;
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::view::OrderView;
use serde::Serialize;
use utoipa::ToSchema;

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderBody {
    /// The order itself: goods, steps, payment, invoice, shipment.
    #[serde(flatten)]
    order: OrderView,
    /// Where it goes.
    deliver_to: Address,
    /// What can be done next. It is a hint: another change may come first.
    actions: Vec<OrderAction>,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated: Timestamp,
    /// Until when it must be completed; else it is cancelled.
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
    /// Follows it through everything.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
}

/// How an order stands, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderStanding {
    /// Its name.
    #[schema(value_type = String)]
    order_id: OrderId,
    /// How far it has come.
    status: OrderStatus,
    /// What can be done next.
    actions: Vec<OrderAction>,
}

/// What a customer can do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderAction {
    /// Have it undone.
    Cancel,
}

impl OrderBody {
    /// An order as it stands now.
    pub(crate) fn new(snapshot: &Snapshot, now: Timestamp) -> Self {
        let order = &snapshot.order;
        Self {
            order: OrderView::from(snapshot),
            deliver_to: order.deliver_to.clone(),
            actions: actions(snapshot, now),
            created: order.created,
            updated: order.updated,
            expires: order.state.timer.deadline,
            trace_id: order.trace_id.clone(),
        }
    }
}

impl OrderStanding {
    /// An order as it stands now.
    pub(crate) fn new(snapshot: &Snapshot, now: Timestamp) -> Self {
        Self {
            order_id: snapshot.order.order_id.clone(),
            status: snapshot.order.state.status,
            actions: actions(snapshot, now),
        }
    }
}

/// Whether the rules would take the command now.
fn actions(snapshot: &Snapshot, now: Timestamp) -> Vec<OrderAction> {
    let stamp = Stamp {
        at: now,
        actor: "customer",
    };
    let cancels = command::cancel(snapshot, stamp).is_ok_and(|change| change.is_some());
    cancels.then_some(OrderAction::Cancel).into_iter().collect()
}
