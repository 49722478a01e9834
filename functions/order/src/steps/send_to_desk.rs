//! Hands over to the desk what could not be done: a message with all that is needed to do it again, and a
//! mark on the order. The message goes first, so that a mark never stands for nothing.

use std::time::Duration;

use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::causes::unwrapped;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;
use holdfast_order_rules::desk::handed_over;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::undoing::Work;
use serde::Deserialize;

use crate::desk::DeskItem;
use crate::store::Store;

/// Where work that failed is handed over.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The orders.
    pub store: Store,
    /// The queue of the desk.
    pub queue: Queue,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct DeskRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// Follows the order.
    #[serde(default)]
    pub trace_id: String,
    /// What could not be done.
    pub work: Work,
    /// Why.
    #[serde(default)]
    pub cause: Cause,
}

impl Desk {
    /// Hands one piece of work over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be tried again.
    pub async fn hand_over(&self, request: &DeskRequest) -> Result<DeskItem, Failure> {
        let item = DeskItem {
            id: request.order_id.clone(),
            trace_id: request.trace_id.clone(),
            work: request.work,
            cause: unwrapped(request.cause.clone()),
            since: self.clock.now(),
        };
        let doing = "handing over to the desk";
        self.queue.send(&item, Duration::ZERO, doing).await?;
        let (action, why) = (item.work.action, item.cause.reason());
        let mark = |snapshot: &Snapshot| {
            Ok(handed_over(
                snapshot,
                action,
                &why,
                self.clock.stamp("desk"),
            ))
        };
        let found = self.store.load(&item.id).await?;
        self.store.change(found, mark).await?;
        Ok(item)
    }
}
