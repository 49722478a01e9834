//! The Lambda that settles what may have been debited although its terminal was told otherwise. It only
//! wires. A program of its own, so that the one that terminals wait for stays small.

use holdfast_authorizer::account_doubts::settle;
use holdfast_authorizer::settings;
use holdfast_authorizer::subject::Account;
use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let accounts = settings::accounts(&environment)?;
    let queue = environment.queue("DOUBTS_QUEUE_URL")?;
    let clock = Clock::system();
    Account::serve(|batch| settle(&accounts, &clock, batch, &queue)).await
}
