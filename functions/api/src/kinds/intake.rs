//! A new saga: the request is remembered under its key before its execution is started, so that
//! however often it is sent it makes one saga.

use std::time::Duration;

use holdfast_core::ids::CustomerId;
use serde_json::{Value, json};

use super::Kind;
use super::executions::unwritten;
use crate::Api;
use crate::auth::Traveller;
use crate::customers::{Profile, Request};
use crate::problem::{Problem, ProblemKind};

/// How long a request waits for its saga to be written, and how often it looks.
const WRITTEN_WITHIN: Duration = Duration::from_secs(3);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// Begins a saga with this input, or finds the one that the same request has begun before. `body` is
/// what tells one request from another.
///
/// The customer is looked up after the request is remembered, never before: an erasure marks the customer
/// first and looks for requests afterwards, so one of the two sees the other.
pub(crate) async fn begin<K: Kind>(
    api: &Api,
    traveller: &Traveller,
    key: &str,
    body: &str,
    mut input: Value,
) -> Result<K::View, Problem> {
    let request = Request::new(body, K::made(K::fresh_id()?));
    let now = api.clock.now();
    let remembered = api.customers.remember(&traveller.id, key, &request, now);
    let known = remembered.await?;
    let profile = profile(api, traveller).await?;
    input["customer"] = json!({"id": traveller.id, "email": profile.email});
    let first = known.unwrap_or_else(|| request.clone());
    let id = Some(first)
        .filter(|first| first.fingerprint == request.fingerprint)
        .and_then(|first| K::made_by(first.makes))
        .ok_or_else(key_was_used)?;
    tracing::info!(id = %id, kind = K::NAME, "a saga is asked for");
    K::executions(api).start(&id.to_string(), &input).await?;
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

/// The customer who is signed in, and goes on: one who is being erased begins nothing more.
pub(crate) async fn profile(api: &Api, traveller: &Traveller) -> Result<Profile, Problem> {
    let profile = who(api, traveller).await?;
    if profile.erasing.is_some() {
        let detail = "the account is being erased; ask for that again to finish it";
        return Err(Problem::new(ProblemKind::CustomerConflict, detail));
    }
    Ok(profile)
}

/// The customer who is signed in. A token from before all sessions were ended is not good any more.
pub(crate) async fn who(api: &Api, traveller: &Traveller) -> Result<Profile, Problem> {
    let invalid = |detail: &str| Problem::unauthorized(Some("invalid_token"), detail);
    let profile = api.customers.profile(&traveller.id).await?;
    let profile = profile.ok_or_else(|| invalid("there is no such customer any more"))?;
    if profile.generation != traveller.generation {
        return Err(invalid("the session is over; refresh, or sign in again"));
    }
    Ok(profile)
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
