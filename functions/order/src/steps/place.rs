//! Places an order: everything that will ever have to be undone is written before the first call.
//!
//! The timer's wake-up is ordered before the order is written, so that there is no order without one. A
//! second delivery finds the order there and changes nothing.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::schedules::Wakes;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::placing::{Execution, is_placed_by, place, take_up};
use holdfast_order_rules::request::OrderRequest;
use holdfast_order_rules::transition::Transition;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::{Lost, Orders, Store, WakeUp};

/// The first step.
#[derive(Clone, Debug)]
pub struct Place<W> {
    /// The orders.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
    /// How long an order may take.
    pub lifetime: Duration,
    /// The version of this code.
    pub definition: &'static str,
}

/// What the state machine asks.
#[derive(Clone, Deserialize)]
pub struct PlaceRequest {
    /// The execution's name.
    pub name: String,
    /// The execution's ARN.
    pub execution: String,
    /// When it was started.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// The execution's input.
    pub input: Value,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Whose order it is.
    pub order_id: OrderId,
    /// Follows the order.
    pub trace_id: String,
}

const ACTOR: &str = "place";

impl<W: Wakes<Orders>> Place<W> {
    /// Places an order, or finds it placed by the same execution. An execution that takes an order up
    /// goes through all steps again, which finds each as it stands.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn place(&self, request: &PlaceRequest) -> Result<Placed, Failure> {
        if let Some(id) = request.input.get("unwind") {
            return self.take_up(id, &request.execution).await;
        }
        let asked = OrderRequest::read(&request.input)?;
        let execution = Execution {
            name: &request.name,
            arn: &request.execution,
            definition: self.definition,
        };
        let new = place(execution, &asked, self.lifetime, self.clock.now())?;
        let id = &new.order.order_id;
        self.waker.wake(&WakeUp::of(id, &new)).await?;
        match self.store.write(&Transition::placing(&new, ACTOR)).await {
            Ok(_) => Ok(Placed::from(&new)),
            Err(Lost::Down(failure)) => Err(failure),
            Err(_) => self.placed_before(request, id).await,
        }
    }

    /// Takes up an order whose own execution is gone, and drives it from now on.
    async fn take_up(&self, id: &Value, execution: &str) -> Result<Placed, Failure> {
        let id = OrderId::deserialize(id)
            .map_err(|problem| Failure::invalid_order("unwind", problem.to_string()))?;
        let found = self.store.load(&id).await?;
        let take = |snapshot: &Snapshot| Ok(take_up(snapshot, execution, self.clock.stamp(ACTOR)));
        let taken = self.store.change(found, take).await?;
        Ok(Placed::from(&taken))
    }

    async fn placed_before(&self, request: &PlaceRequest, id: &OrderId) -> Result<Placed, Failure> {
        let found = self.store.load(id).await?;
        if is_placed_by(&found, &request.execution, request.started) {
            return Ok(Placed::from(&found));
        }
        let problem = format!("order {id} was placed by another execution");
        Err(Failure::Conflict(problem))
    }
}

impl From<&Snapshot> for Placed {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            order_id: snapshot.order.order_id.clone(),
            trace_id: snapshot.order.trace_id.clone(),
        }
    }
}
