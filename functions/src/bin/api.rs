//! The HTTP API.

use holdfast::api::{Api, router};
use holdfast::clock::Clock;
use holdfast::commands::Commands;
use holdfast::lambda::{Environment, seconds};
use holdfast::steps::{Decisions, Payments, Terms};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::load().await;
    let (bookings, suppliers) = (environment.store()?, environment.suppliers()?);
    let (simulation, clock) = (environment.simulation()?, Clock::system());
    let commands = Commands {
        store: bookings.clone(),
        task_tokens: environment.task_tokens(),
        clock: clock.clone(),
        simulation,
    };
    let payments = Payments {
        store: bookings.clone(),
        supplier: suppliers.clone(),
        clock: clock.clone(),
        terms: Terms {
            lease: seconds("LEASE_SECONDS")?,
            ..Terms::default()
        },
        actor: "webhook",
        simulation,
    };
    let decisions = Decisions {
        payments,
        task_tokens: environment.task_tokens(),
    };
    let api = Api {
        bookings,
        customers: environment.customers()?,
        commands,
        executions: environment.executions()?,
        suppliers,
        keys: environment.key_ring()?,
        decisions,
        webhook_keys: environment.webhook_keys()?,
        simulation,
        clock,
        cors_origin: environment.cors_origin()?,
    };
    lambda_http::run(router(api)).await
}
