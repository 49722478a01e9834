//! Orders, as a kind.

use holdfast_core::failure::Failure;
use holdfast_core::ids::{CustomerId, OrderId};
use holdfast_kit::executions::Executions;
use holdfast_kit::table::{Item, Table};
use holdfast_order::store::Orders;
use holdfast_order_rules::event::Event;
use holdfast_order_rules::following::Seen;
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::placing;
use holdfast_order_rules::request::OrderRequest;
use serde_json::Value;

use super::executions::{DEFINITION, Started};
use super::{Followed, Kind};
use crate::customers::Made;
use crate::{Api, random};

impl Kind for Orders {
    fn table(api: &Api) -> &Table<Self> {
        &api.shop.orders
    }

    fn executions(api: &Api) -> &Executions {
        &api.shop.executions
    }

    fn id(snapshot: &Snapshot) -> OrderId {
        snapshot.order.order_id.clone()
    }

    fn unfinished(snapshot: &Snapshot) -> Option<&'static str> {
        let status = snapshot.order.state.status;
        (!status.is_finished()).then_some(status.as_str())
    }

    fn customer(snapshot: &Snapshot) -> &CustomerId {
        &snapshot.order.customer.id
    }

    fn fresh_id() -> Result<OrderId, Failure> {
        random::order()
    }

    fn made(id: OrderId) -> Made {
        Made::Order(id)
    }

    fn made_by(request: Made) -> Option<OrderId> {
        match request {
            Made::Order(id) => Some(id),
            Made::Booking(_) => None,
        }
    }

    fn announced(api: &Api, execution: &Started<'_>, input: &Value) -> Option<Snapshot> {
        let asked = OrderRequest::read(input).ok()?;
        let places = placing::Execution {
            name: execution.name,
            arn: execution.arn,
            definition: DEFINITION,
        };
        placing::place(places, &asked, api.shop.lifetime, execution.at).ok()
    }

    fn never_written(snapshot: &mut Snapshot) {
        placing::never_placed(snapshot);
    }

    async fn kept_elsewhere(
        api: &Api,
        id: &OrderId,
    ) -> Result<Vec<(&'static str, Vec<Item>)>, Failure> {
        Ok(vec![("invoice", api.shop.invoices.stored(id).await?)])
    }

    async fn erase(api: &Api, id: &OrderId) -> Result<(), Failure> {
        api.shop.orders.erase(id).await?;
        api.shop.invoices.erase(id).await
    }
}

impl Followed for Orders {
    type Seen = Seen;
    type Progress = OrderStatus;

    fn news(seen: &Seen, history: Vec<Event>, most: usize) -> (Vec<Event>, Seen) {
        seen.news(history, most)
    }

    fn progress_told(history: &[Event]) -> Option<OrderStatus> {
        let last = history.iter().max_by_key(|event| event.order.version)?;
        Some(last.order.after.status)
    }

    fn progress(snapshot: &Snapshot) -> OrderStatus {
        snapshot.order.state.status
    }

    fn has_ended(status: OrderStatus) -> bool {
        status.has_ended()
    }
}
