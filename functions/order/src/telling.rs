//! Tells the execution that waits, as far as there is something to tell. What it is told is read off the
//! order, so a telling that is lost is made up for by the next one, and one that is doubled does no harm.

use holdfast_core::failure::Failure;
use holdfast_kit::task_tokens::{Tells, Word};
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::telling::{ActionDone, Told, telling};
use serde_json::json;

/// The task token of the execution that waits, and what it is told; `None` where there is nothing to tell.
pub fn due(snapshot: &Snapshot) -> Option<(&str, Word)> {
    let (waiting, told) = telling(snapshot)?;
    let word = match told {
        Told::Nothing => return None,
        Told::Success(done) => success(&done),
        Told::Failure(failure) => Word::Failure(failure),
    };
    Some((&waiting.handle, word))
}

/// What an execution is told of an action that is done.
pub(crate) fn success(done: &ActionDone) -> Word {
    Word::Success(json!(done))
}

/// Tells the execution that waits.
///
/// # Errors
/// [`Failure::Unavailable`] when Step Functions does not answer.
pub async fn tell(snapshot: &Snapshot, executions: &impl Tells) -> Result<(), Failure> {
    match due(snapshot) {
        Some((token, word)) => executions.tell(token, word).await.map(drop),
        None => Ok(()),
    }
}
