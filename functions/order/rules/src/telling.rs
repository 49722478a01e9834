//! What the execution that waits is told. It is read off the order as it stands, so that it can be told
//! again by whoever comes along: a telling that is lost, doubled or late does no harm.

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::asking::Waiting;
use crate::beginning::is_to_do;
use crate::order::{OrderStatus, Snapshot};

/// What an execution that waits for an action is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing yet: it waits on.
    Nothing,
    /// The action is done.
    Success(ActionDone),
    /// The action will not be done.
    Failure(Failure),
}

/// What the state machine is told of an action that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionDone {
    /// Whose order it is.
    pub order_id: OrderId,
    /// What was done.
    pub action: Action,
    /// How the order stands.
    pub status: OrderStatus,
}

impl ActionDone {
    /// An action that is done for this order.
    pub fn of(snapshot: &Snapshot, action: Action) -> Self {
        Self {
            order_id: snapshot.order.order_id.clone(),
            action,
            status: snapshot.order.state.status,
        }
    }
}

/// What an execution that waits for this action is told.
pub fn told(snapshot: &Snapshot, action: Action) -> Told {
    let Some(name) = action.step() else {
        return Told::Nothing;
    };
    let done = || Told::Success(ActionDone::of(snapshot, action));
    if action.is_undo() {
        return match snapshot.progress(name).is_gone() {
            true => done(),
            false => Told::Nothing,
        };
    }
    match is_to_do(snapshot, name) {
        Ok(true) => Told::Nothing,
        Ok(false) => done(),
        // The order was read while it changed.
        Err(Failure::Conflict(_)) => Told::Nothing,
        Err(failure) => Told::Failure(failure),
    }
}

/// Whom to tell, and what, as far as there is something to tell: the execution that waits, or has waited
/// last.
pub fn telling(snapshot: &Snapshot) -> Option<(&Waiting, Told)> {
    let waiting = snapshot.order.waiting.as_ref()?;
    match told(snapshot, waiting.action) {
        Told::Nothing => None,
        told => Some((waiting, told)),
    }
}
