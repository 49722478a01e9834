//! The participant for one kind of leg: hold, confirm, release. The template deploys it once for
//! each kind, each with a role of its own; `KIND` says which it is.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve, setting};
use holdfast::steps::{LegStep, Legs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let store = environment.store()?;
    let legs = Legs {
        kind: setting("KIND")?,
        supplier: environment.guarded_suppliers(&store)?,
        store,
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    serve(|step: LegStep| {
        let legs = &legs;
        async move { legs.take(&step).await }
    })
    .await
}
