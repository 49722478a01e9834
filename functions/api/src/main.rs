//! The HTTP API.

use holdfast_api::{Api, LastFigures, router, settings};
use holdfast_authorizer::settings as authorizer;
use holdfast_booking::commands::{Commands, PATIENCE};
use holdfast_booking::settings as booking;
use holdfast_booking::steps::{Decisions, Payments};
use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{Environment, seconds};
use holdfast_letters::settings as letters;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::load()?;
    let (bookings, suppliers) = (booking::store(&environment)?, environment.suppliers()?);
    let (simulation, clock) = (environment.simulation()?, Clock::system());
    let commands = Commands {
        store: bookings.clone(),
        task_tokens: environment.task_tokens(),
        executions: environment.executions()?,
        clock: clock.clone(),
        simulation,
        patience: PATIENCE,
    };
    let payments = Payments {
        store: bookings.clone(),
        supplier: suppliers.clone(),
        clock: clock.clone(),
        actor: "webhook",
    };
    let decisions = Decisions {
        payments,
        lease: seconds("LEASE_SECONDS")?,
        task_tokens: environment.task_tokens(),
    };
    let api = Api {
        bookings,
        customers: settings::customers(&environment)?,
        letters: letters::store(&environment)?,
        mail: settings::mail(&environment)?,
        commands,
        executions: environment.executions()?,
        suppliers,
        shop: settings::shop(&environment)?,
        openings: authorizer::openings(&environment)?,
        push: settings::push(&environment)?,
        keys: settings::key_ring(&environment)?,
        figures: LastFigures::default(),
        decisions,
        webhook_keys: settings::webhook_keys(&environment)?,
        simulation,
        clock,
        cors_origin: settings::cors_origin()?,
    };
    lambda_http::run(router(api)).await
}
