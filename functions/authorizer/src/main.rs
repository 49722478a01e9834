//! The Lambda that answers terminals. It only wires.

use std::time::Duration;

use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::settings;
use holdfast_authorizer::subject::Account;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};

/// How long a start may wait for the table's connection, which the first terminal then need not.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let key: String = setting("TERMINAL_KEY")?;
    let accounts = settings::accounts(&environment)?;
    let doubts = settings::doubts(&environment)?;
    let authorizer = Authorizer::new(accounts, doubts, Clock::system());
    let authorizer = authorizer.with_patience(settings::patience()?);
    environment.connect_to_dynamodb(CONNECT_WITHIN).await;
    if cfg!(debug_assertions) {
        // Not optimised, as on local AWS, the SDK's first request takes longer than a terminal waits.
        authorizer.warm_up().await;
    }
    Account::serve(async |request| Ok(authorizer.respond(&request, &key).await)).await
}
