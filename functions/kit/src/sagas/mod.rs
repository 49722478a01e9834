//! Sagas of any kind, as operators see and handle them: those of a booking service and of an order
//! service alike, without knowing which is which.
//!
//! A service says of its saga how it looks to operators, in [`Chronicle`]; its table then is one of the
//! [`Sagas`] that are looked through. What is done about what waits, a service says in [`Counter`].
//!
//! - `chronicle`: what a service says of its saga, and the sagas of one kind
//! - `page`: sagas of all kinds, the newest first, page by page; `place`: where a page ends
//! - `timers`: the timers of all kinds that can still fire, the earliest first
//! - `counter`: what waits for a person, and what a person does about it

mod chronicle;
mod counter;
mod page;
mod place;
mod timers;

use std::pin::Pin;

use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_core::saga::SagaView;
use serde_json::Value;

pub use chronicle::{Chronicle, Moment, Sagas, Story, broken};
pub use counter::{Act, Acted, Counter, Leftover, Looked, Narrowed, Task, Waits, id_of, word};
pub use page::{Listed, Sought, Wanted, page};
pub use place::{After, Mark};
pub use timers::{Timers, timers};

/// What is on its way.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;
/// A saga of any kind, with what is known of its steps as JSON.
pub type AnySaga = SagaView<Value>;

/// The sagas of the kind of this name.
fn of<'a>(kinds: &[&'a dyn Sagas], name: &str) -> Option<&'a dyn Sagas> {
    kinds.iter().copied().find(|kind| kind.kind() == name)
}

/// The kinds that have a saga of this name. Names are given for good within one kind only.
///
/// # Errors
/// [`Failure::Unavailable`] when a table does not answer.
pub async fn kinds_of<'a>(
    all: &[&'a dyn Sagas],
    id: &SagaId,
) -> Result<Vec<&'a dyn Sagas>, Failure> {
    let mut found = Vec::new();
    for kind in all {
        if kind.holds(id).await? {
            found.push(*kind);
        }
    }
    Ok(found)
}
