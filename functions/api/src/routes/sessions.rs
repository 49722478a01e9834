//! The sessions of a customer: which there are, and their end.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::future::try_join_all;
use holdfast_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::InPath;
use crate::customers::{Changed, Session};
use crate::kinds;
use crate::problem::{Problem, ProblemKind};
use crate::rules::session::SessionId;

/// As many sessions are shown, the newest of them.
const MOST_SHOWN: usize = 100;
/// So often the end of all sessions is tried again when something else is changed at the same time.
const MOST_RACES: usize = 5;

/// One's sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsBody {
    /// Those that go on, the newest first.
    sessions: Vec<OneSession>,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneSession {
    /// Its id.
    #[schema(value_type = String, pattern = "^ses_[0-9a-f]{32}$")]
    session_id: SessionId,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    begun: Timestamp,
    /// When it was refreshed last; when it began, if never.
    #[schema(value_type = String, format = DateTime)]
    last_used: Timestamp,
    /// What the client calls itself, cut to 100 characters.
    client: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// Lists one's sessions that go on, the newest first. One that began this moment may be missing.
#[utoipa::path(get, path = "/sessions", tag = "customers", operation_id = "list_sessions",
    responses((status = 200, description = "The sessions", body = SessionsBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    traveller: Traveller,
) -> Result<Json<SessionsBody>, Problem> {
    let profile = kinds::who(&api, &traveller).await?;
    let sessions = shown(&api, &traveller, profile.generation).await?;
    Ok(Json(SessionsBody { sessions }))
}

/// The sessions of a customer that go on, as they are shown, the newest first.
pub(crate) async fn shown(
    api: &Api,
    traveller: &Traveller,
    generation: u32,
) -> Result<Vec<OneSession>, Problem> {
    let sessions = going_on(api, traveller, generation).await?;
    let shown = sessions.into_iter().rev().map(|(id, session)| OneSession {
        current: traveller.session.as_ref() == Some(&id),
        session_id: id,
        begun: session.created,
        last_used: session.used.unwrap_or(session.created),
        client: session.client,
    });
    Ok(shown.collect())
}

/// The sessions of a customer that go on, the oldest first.
async fn going_on(
    api: &Api,
    traveller: &Traveller,
    generation: u32,
) -> Result<Vec<(SessionId, Session)>, Problem> {
    let mut ids = api.customers.session_ids(&traveller.id).await?;
    let ids = ids.split_off(ids.len().saturating_sub(MOST_SHOWN));
    let found = try_join_all(ids.iter().map(|id| api.customers.session_of(id))).await?;
    let now = api.clock.now();
    let pairs = ids.into_iter().zip(found);
    let known = pairs.filter_map(|(id, session)| Some((id, session?)));
    let own = known.filter(|(_, session)| {
        session.customer_id == traveller.id && session.goes_on(generation, now)
    });
    Ok(own.collect())
}

/// Signs out everywhere: all of one's sessions end.
///
/// No refresh token is good any more. Access tokens are refused at once by all routes that book, order, or
/// are about the account, and by those for operators; by others within a quarter of an hour.
#[utoipa::path(delete, path = "/sessions", tag = "customers", operation_id = "end_all_sessions",
    responses((status = 204, description = "There is no session any more")),
    security(("bearer" = [])))]
pub(crate) async fn end_all(
    State(api): State<Api>,
    traveller: Traveller,
) -> Result<StatusCode, Problem> {
    for _ in 0..MOST_RACES {
        let profile = kinds::who(&api, &traveller).await?;
        if let Changed::Done(_) = api.customers.end_all_sessions(&profile).await? {
            tracing::info!(customer_id = %traveller.id, "a customer has ended all sessions");
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    let detail = "the account is being changed by too many at once; try again";
    Err(Problem::new(ProblemKind::Unavailable, detail).retry_after(1))
}

/// Signs out: this session ends.
#[utoipa::path(delete, path = "/sessions/current", tag = "customers", operation_id = "sign_out",
    responses((status = 204, description = "The session is over")),
    security(("bearer" = [])))]
pub(crate) async fn sign_out(
    State(api): State<Api>,
    traveller: Traveller,
) -> Result<StatusCode, Problem> {
    if let Some(session) = &traveller.session {
        api.customers.end_session(session, api.clock.now()).await?;
        tracing::info!(customer_id = %traveller.id, "a customer has signed out");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/sessions/{session_id}", tag = "customers", operation_id = "end_session",
    params(("session_id" = String, Path, description = "The session",
        pattern = "^ses_[0-9a-f]{32}$")),
    responses((status = 204, description = "The session is over")),
    security(("bearer" = [])))]
pub(crate) async fn end(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(id): InPath<SessionId>,
) -> Result<StatusCode, Problem> {
    kinds::who(&api, &traveller).await?;
    let session = api.customers.session_of(&id).await?;
    session
        .filter(|session| session.customer_id == traveller.id)
        .ok_or_else(Problem::not_found)?;
    api.customers.end_session(&id, api.clock.now()).await?;
    tracing::info!(customer_id = %traveller.id, "a customer has ended a session");
    Ok(StatusCode::NO_CONTENT)
}
