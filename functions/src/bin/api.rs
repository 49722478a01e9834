//! The HTTP API.

use holdfast::api::{Api, router};
use holdfast::clock::Clock;
use holdfast::commands::Commands;
use holdfast::lambda::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::load().await;
    let (bookings, executions) = (environment.store()?, environment.executions()?);
    let (simulation, clock) = (environment.simulation()?, Clock::system());
    let commands = Commands {
        store: bookings.clone(),
        step_functions: executions.step_functions.clone(),
        clock: clock.clone(),
        simulation,
    };
    let api = Api {
        bookings,
        customers: environment.customers()?,
        commands,
        executions,
        suppliers: environment.suppliers()?,
        keys: environment.key_ring()?,
        simulation,
        clock,
        cors_origin: environment.cors_origin()?,
    };
    lambda_http::run(router(api)).await
}
