//! The end of the way forward: the commit point, then the capture, then `completed`.

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::schedules::Wakes;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::beginning::Try;
use holdfast_order_rules::view::OrderView;
use serde::Deserialize;
use serde_json::Value;

use super::Participants;
use crate::store::Orders;

/// The last step of an order that goes well.
#[derive(Clone, Debug)]
pub struct Capture<W> {
    /// Takes the money.
    pub participants: Participants,
    /// Wakes the timer.
    pub waker: W,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct CaptureRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl<W: Wakes<Orders>> Capture<W> {
    /// Commits, captures, and tells what is completed.
    ///
    /// # Errors
    /// [`Failure::Refused`] and [`Failure::Cancelled`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn capture(&self, request: &CaptureRequest) -> Result<OrderView, Failure> {
        let (capture, tried) = (Action::CapturePayment, Try::Numbered(request.retry));
        let found = self.participants.store.load(&request.order_id).await?;
        let captured = self.participants.act(found, capture, tried, &Value::Null);
        let mut completed = captured.await?;
        if !completed.order.state.status.is_finished() {
            // A twin was first, and the order was read before it was.
            completed = self.participants.store.load(&request.order_id).await?;
        }
        let timer = &completed.order.state.timer;
        self.waker.forget(&request.order_id, timer).await;
        Ok(OrderView::from(&completed))
    }
}
