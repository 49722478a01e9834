//! Asks another service over the broker. The request is an event, written in the same change as the task
//! token of the execution that waits. A wait that is tried again asks again, for as long as the answer is
//! waited for in all.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::task_tokens::Tells;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::asking::{Listener, Since, ask};
use holdfast_order_rules::beginning::Try;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::telling::{Told, told};
use serde::Deserialize;

use crate::store::Store;
use crate::telling;

/// Asks the services that meet orders over the bus.
#[derive(Clone, Debug)]
pub struct Ask<T> {
    /// The orders.
    pub store: Store,
    /// Tells executions.
    pub task_tokens: T,
    /// The time.
    pub clock: Clock,
    /// How long an answer is waited for in all.
    pub patience: Duration,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct AskRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// Follows the order.
    #[serde(default)]
    pub trace_id: String,
    /// What to ask for.
    pub action: Action,
    /// Wakes the execution.
    pub token: String,
    /// When the execution came to its state.
    pub entered: Timestamp,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

const ACTOR: &str = "ask";

impl<T: Tells> Ask<T> {
    /// Asks, and leaves the execution waiting. Where the action was done before, the execution is told at
    /// once; where it will not be done, this fails.
    ///
    /// # Errors
    /// [`Failure::Refused`], [`Failure::Cancelled`] and [`Failure::Conflict`] for good,
    /// [`Failure::Unavailable`] to be tried again, and once no answer is waited for any more.
    pub async fn ask(&self, request: &AskRequest) -> Result<(), Failure> {
        let (action, tried) = (request.action, Try::Numbered(request.retry));
        let found = self.store.load(&request.order_id).await?;
        self.check_patience(request, &found)?;
        let since = Since {
            entered: Some(request.entered),
            retry: Some(request.retry),
        };
        let handle = &request.token;
        let listener = Some(Listener { handle, since });
        let asks =
            |snapshot: &Snapshot| ask(snapshot, action, listener, tried, self.clock.stamp(ACTOR));
        let asked = self.store.change(found, asks).await?;
        match told(&asked, action) {
            Told::Nothing => Ok(()),
            Told::Failure(failure) => Err(failure),
            Told::Success(done) => {
                let word = telling::success(&done);
                self.task_tokens.tell(handle, word).await.map(drop)
            }
        }
    }

    /// An answer is not asked for forever. One that is there counts, however late.
    fn check_patience(&self, request: &AskRequest, found: &Snapshot) -> Result<(), Failure> {
        let waited = request.entered.until(self.clock.now());
        if waited < self.patience || told(found, request.action) != Told::Nothing {
            return Ok(());
        }
        let (topic, patience) = (request.action.topic(), self.patience.as_secs());
        let problem = format!("{topic} has not answered within {patience} seconds");
        Err(Failure::Unavailable(problem))
    }
}
