//! Answers terminals.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;

use super::Account;
use crate::gateway::Request;
use crate::settings;
use crate::transactions::Authorizer;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let key: String = setting("TERMINAL_KEY")?;
    let accounts = settings::accounts(&environment)?;
    let doubts = settings::doubts(&environment)?;
    let authorizer = Authorizer::new(accounts, doubts, Clock::system());
    authorizer.warm_up().await;
    Account::serve(|request: Request| {
        let (authorizer, key) = (&authorizer, &key);
        async move { Ok(authorizer.respond(&request, key).await) }
    })
    .await
}
