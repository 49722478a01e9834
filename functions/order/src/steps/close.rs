//! Ends an order that is not completed.

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::clock::Clock;
use holdfast_kit::schedules::Wakes;
use holdfast_order_rules::closing;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::view::OrderView;
use serde::Deserialize;

use crate::store::{Orders, Store};

/// The last step of an order that does not go well.
#[derive(Clone, Debug)]
pub struct Close<W> {
    /// The orders.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct CloseRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl<W: Wakes<Orders>> Close<W> {
    /// Ends an order, and tells how. Whatever the desk or an answer does meanwhile comes before this
    /// change or after it, for every change writes the order itself.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] where there is no such order, [`Failure::Unavailable`] to be tried again.
    pub async fn close(&self, request: &CloseRequest) -> Result<OrderView, Failure> {
        let found = self.store.load(&request.order_id).await?;
        let close = |snapshot: &Snapshot| Ok(closing::close(snapshot, self.clock.stamp("close")));
        let closed = self.store.change(found, close).await?;
        let timer = &closed.order.state.timer;
        self.waker.forget(&request.order_id, timer).await;
        Ok(OrderView::from(&closed))
    }
}
