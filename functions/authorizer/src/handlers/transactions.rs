//! Answers terminals.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::{Environment, setting};
use lambda_runtime::Error;
use serde_json::json;

use super::{Account, accounts, clock};
use crate::authorizer::Authorizer;
use crate::doubts::Doubts;
use crate::gateway::{Request, Response};

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let key: String = setting("TERMINAL_KEY")?;
    let doubts = Doubts::in_queue(environment.queue("SETTLE_QUEUE_URL")?);
    let authorizer = Authorizer::new(accounts(&environment)?, doubts, clock());
    authorizer.warm_up().await;
    Account::serve(|request: Request| {
        let (authorizer, key) = (&authorizer, &key);
        async move {
            if !request.has_key(key) {
                let problem = "send `Authorization: Bearer <the terminals' key>`";
                return Ok(Response::json(401, &json!({ "error": problem })));
            }
            Ok(Response::json(200, &authorizer.ask(&request.body()).await))
        }
    })
    .await
}
