//! The Lambda that puts approved purchases on the bus. It only wires. A program of its own, so that the
//! one that terminals wait for stays small.

use holdfast_authorizer::account_events::AccountEvents;
use holdfast_authorizer::settings;
use holdfast_authorizer::subject::Account;
use holdfast_kit::outbox::Publisher;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let openings = settings::openings(&environment)?;
    let publisher: Publisher = environment.publisher()?;
    let events = AccountEvents { openings };
    Account::serve(|batch| publisher.publish(&events, batch)).await
}
