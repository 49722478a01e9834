//! What the customer may say: cancel. The command turns the order back in one conditional write, so it is
//! carried out once it is taken; then the execution that waits is told.

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::reading::read_tagged;
use holdfast_kit::clock::Clock;
use holdfast_kit::subject::invalid;
use holdfast_kit::task_tokens::Tells;
use holdfast_order_rules::command::cancel;
use holdfast_order_rules::order::Snapshot;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::{Orders, Store};
use crate::telling;

/// Takes the customer's commands.
#[derive(Clone, Debug)]
pub struct Commands<T> {
    /// The orders.
    pub store: Store,
    /// Tells executions.
    pub task_tokens: T,
    /// The time.
    pub clock: Clock,
}

/// A command, as it comes in: its field `command` says which it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CommandRequest {
    /// Undo everything.
    Cancel {
        /// Whose order it is.
        order_id: OrderId,
    },
}

/// What the caller is told: the command is carried out from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Whose order it is.
    pub order_id: OrderId,
    /// What was accepted.
    pub accepted: &'static str,
}

impl<T: Tells> Commands<T> {
    /// Takes a command, and tells the execution that waits.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where the order is being shipped or undone, [`Failure::NoSuch`] where
    /// there is no such order, [`Failure::Unavailable`] to be sent again.
    pub async fn take(&self, request: &CommandRequest) -> Result<Accepted, Failure> {
        let CommandRequest::Cancel { order_id } = request;
        let found = self.store.load(order_id).await?;
        let turn = |snapshot: &Snapshot| cancel(snapshot, self.clock.stamp("customer"));
        let turned = self.store.change(found, turn).await?;
        telling::tell(&turned, &self.task_tokens).await?;
        Ok(Accepted {
            order_id: order_id.clone(),
            accepted: "cancel",
        })
    }
}

impl CommandRequest {
    /// Reads a command.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`], naming the bad field.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        read_tagged("command", json).map_err(invalid::<Orders>)
    }
}
