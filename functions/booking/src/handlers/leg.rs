//! The participant for one kind of leg: hold, confirm, release. The template deploys it once for
//! each kind, each with a role of its own; `KIND` says which it is.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;

use crate::settings;
use crate::steps::{LegStep, Legs};
use crate::store::Bookings;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let store = settings::store(&environment)?;
    let rehearsed = settings::rehearsed(&environment)?;
    let legs = Legs {
        kind: setting("KIND")?,
        supplier: environment
            .guarded_suppliers(store.clone())?
            .with_mishaps(rehearsed.simulation),
        store,
        clock: Clock::system(),
    };
    Bookings::serve(|step: LegStep| {
        let (legs, rehearsed) = (&legs, &rehearsed);
        async move { rehearsed.leg(&step, || legs.take(&step)).await }
    })
    .await
}
