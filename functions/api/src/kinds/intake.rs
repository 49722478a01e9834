//! A new saga: the request is remembered under its key before its execution is started, so that
//! however often it is sent it makes one saga.

use std::time::Duration;

use holdfast_core::ids::CustomerId;
use serde_json::Value;

use super::Kind;
use super::executions::unwritten;
use crate::Api;
use crate::customers::{Profile, Request};
use crate::problem::{Problem, ProblemKind};

/// How long a request waits for its saga to be written, and how often it looks.
const WRITTEN_WITHIN: Duration = Duration::from_secs(3);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// Begins a saga with this input, or finds the one that the same request has begun before. `body` is
/// what tells one request from another.
pub(crate) async fn begin<K: Kind>(
    api: &Api,
    customer: &CustomerId,
    key: &str,
    body: &str,
    input: &Value,
) -> Result<K::View, Problem> {
    let request = Request::new(body, K::made(K::fresh_id()?));
    let now = api.clock.now();
    let known = api.customers.remember(customer, key, &request, now).await?;
    let first = known.unwrap_or_else(|| request.clone());
    let id = Some(first)
        .filter(|first| first.fingerprint == request.fingerprint)
        .and_then(|first| K::made_by(first.makes))
        .ok_or_else(key_was_used)?;
    tracing::info!(id = %id, kind = K::NAME, "a saga is asked for");
    K::executions(api).start(&id.to_string(), input).await?;
    written::<K>(api, &id).await
}

/// Whether the same request came under this key before.
pub(crate) async fn was_asked(
    api: &Api,
    customer: &CustomerId,
    key: &str,
    body: &str,
) -> Result<bool, Problem> {
    let known = api.customers.remembered(customer, key).await?;
    Ok(known.is_some_and(|request| request.has_body(body)))
}

fn key_was_used() -> Problem {
    let detail = "this Idempotency-Key came with another body before; use a key of its own";
    Problem::new(ProblemKind::IdempotencyConflict, detail)
}

/// The customer who is signed in, whom the execution's input names.
pub(crate) async fn profile(api: &Api, customer: &CustomerId) -> Result<Profile, Problem> {
    let profile = api.customers.profile(customer).await?;
    profile.ok_or_else(|| {
        Problem::unauthorized(Some("invalid_token"), "there is no such customer any more")
    })
}

/// Waits a moment for the saga to be written; after that the execution speaks for it.
async fn written<K: Kind>(api: &Api, id: &K::Id) -> Result<K::View, Problem> {
    let until = api.clock.now() + WRITTEN_WITHIN;
    loop {
        if let Some(view) = K::table(api).find(id).await? {
            return Ok(view);
        }
        if api.clock.now() >= until {
            let unwritten = unwritten::<K>(api, id).await?;
            return unwritten.ok_or_else(Problem::not_found);
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}
