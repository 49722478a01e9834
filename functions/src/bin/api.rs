//! The HTTP API.

use holdfast::api::{Api, router};
use holdfast::clock::Clock;
use holdfast::commands::Commands;
use holdfast::lambda::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::load().await;
    let commands = Commands {
        store: environment.store()?,
        step_functions: aws_sdk_sfn::Client::new(environment.aws()),
        clock: Clock::system(),
        simulation: environment.simulation()?,
    };
    let api = Api {
        bookings: environment.store()?,
        customers: environment.customers()?,
        commands,
        executions: environment.executions()?,
        suppliers: environment.suppliers()?,
        keys: environment.key_ring()?,
        simulation: environment.simulation()?,
        clock: Clock::system(),
        cors_origin: environment.cors_origin()?,
    };
    lambda_http::run(router(api)).await
}
