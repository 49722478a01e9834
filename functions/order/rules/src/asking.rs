//! The rules of asking over the broker: the step begins, the execution waits, and the request goes out,
//! all in one change. A wait that is tried again asks again, and replaces the one before.

use holdfast_core::change::Stamp;
pub use holdfast_core::execution::Since;
use holdfast_core::failure::Failure;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::beginning::{Opened, Try, find, open};
use crate::broker;
use crate::order::Snapshot;
use crate::transition::Transition;
use crate::undoing;

/// An execution that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How the execution is reached; means nothing to the rules.
    #[serde(rename = "task_token")]
    pub handle: String,
    /// What it waits for.
    #[serde(rename = "waits_for")]
    pub action: Action,
    /// Since when.
    #[serde(flatten)]
    pub since: Since,
}

/// How an execution that waits is reached.
#[derive(Clone, Copy, Debug)]
pub struct Listener<'a> {
    /// Means nothing to the rules.
    pub handle: &'a str,
    /// Since when it waits.
    pub since: Since,
}

impl Listener<'_> {
    fn waits_for(&self, action: Action) -> Waiting {
        Waiting {
            handle: self.handle.to_owned(),
            action,
            since: self.since,
        }
    }

    /// Whether the order knows of a later wait: then this is a late delivery, and its execution has gone on.
    fn is_outdated_by(&self, known: Option<&Waiting>) -> bool {
        known.is_some_and(|known| known.since > self.since && known.handle != self.handle)
    }
}

/// Asks another service for an action; the execution waits, where there is one that listens. `None`
/// where this very wait has asked before, or where there is nothing to ask any more: see
/// [`crate::telling::told`].
///
/// # Errors
/// [`Failure::Conflict`] where the execution waits anew by now, or the action is not asked for over the
/// broker; what the beginning of the step, or of its undo, fails with.
pub fn ask(
    snapshot: &Snapshot,
    action: Action,
    listener: Option<Listener<'_>>,
    tried: Try,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let (Some(name), Some((event, request))) = (action.step(), broker::request(snapshot, action))
    else {
        let problem = format!("{action} is not asked for over the broker");
        return Err(Failure::Conflict(problem));
    };
    let step = find(snapshot, name)?;
    let opened = match action.is_undo() {
        true => undoing::open(snapshot, action, tried, stamp)?,
        false => open(snapshot, step, tried, stamp)?,
    };
    let going = match opened {
        Opened::Done => return Ok(None),
        Opened::Fired(change) => return Ok(Some(*change)),
        Opened::Goes(going) => going,
    };
    let known = snapshot.order.waiting.as_ref();
    let mut waiting = known.cloned();
    if let Some(listener) = listener {
        if known.is_some_and(|known| known.handle == listener.handle) {
            return Ok(None);
        }
        if listener.is_outdated_by(known) {
            return Err(outdated());
        }
        waiting = Some(listener.waits_for(action));
    }
    let change = Transition::to(snapshot, event, stamp, going.order);
    let change = change.request(request).waiting(waiting);
    Ok(Some(change.step(step, going.step)))
}

/// The failure of a wait that was given up before it was written.
fn outdated() -> Failure {
    Failure::Conflict("the execution waits anew; this wait was given up".to_owned())
}
