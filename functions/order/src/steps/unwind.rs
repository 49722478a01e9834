//! Decides that an order is to be undone, and what that takes.
//!
//! It decides upon what is recorded, not upon what it is told: an order past its commit point is finished
//! instead, and one that has ended is left alone.

use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::causes::unwrapped;
use holdfast_kit::clock::Clock;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::turning::turn_back;
use holdfast_order_rules::undoing::{Work, remaining_work};
use serde::{Deserialize, Serialize};

use crate::store::Store;

/// The turn to the way back.
#[derive(Clone, Debug)]
pub struct Unwind {
    /// The orders.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct UnwindRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// What went wrong.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnwindPlan {
    /// What is left to do, in order.
    pub work: Vec<Planned>,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What is to be done.
    #[serde(flatten)]
    pub work: Work,
    /// Whether it is asked for over the broker, while the execution waits; else it is called.
    pub over_the_broker: bool,
}

impl Unwind {
    /// Turns an order to the way back, unless it is committed or has ended, and plans what is left to do.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is no such order, [`Failure::Unavailable`] to be tried again.
    pub async fn unwind(&self, request: &UnwindRequest) -> Result<UnwindPlan, Failure> {
        let found = self.store.load(&request.order_id).await?;
        let cause = unwrapped(Cause::foremost(request.causes.clone()));
        let turn =
            |snapshot: &Snapshot| Ok(turn_back(snapshot, &cause, self.clock.stamp("unwind")));
        let turned = self.store.change(found, turn).await?;
        let work = remaining_work(&turned).into_iter().map(Planned::from);
        Ok(UnwindPlan {
            work: work.collect(),
        })
    }
}

impl From<Work> for Planned {
    fn from(work: Work) -> Self {
        Self {
            over_the_broker: work.topic.is_asked_over_the_broker(),
            work,
        }
    }
}
