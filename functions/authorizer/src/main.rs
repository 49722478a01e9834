//! The Lambda that answers terminals. It only wires.

use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::settings;
use holdfast_authorizer::subject::Account;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let key: String = setting("TERMINAL_KEY")?;
    let accounts = settings::accounts(&environment)?;
    let doubts = settings::doubts(&environment)?;
    let authorizer = Authorizer::new(accounts, doubts, Clock::system());
    authorizer.warm_up().await;
    Account::serve(async |request| Ok(authorizer.respond(&request, &key).await)).await
}
