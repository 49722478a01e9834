//! Sessions of browsers: the refresh token is in a cookie that no script can read and no other site can
//! have sent. A page says who it is by a header, which a form of another site cannot do.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::customers::{self, Credentials, SessionBody};
use crate::Api;
use crate::body::Body;
use crate::customers::{LOST_WITHIN, RefreshToken, SESSION_FOR};
use crate::problem::{Problem, ProblemKind};

/// Browsers take a cookie of such a name only with `Secure`, for this host alone and for all of its paths.
const COOKIE: &str = "__Host-holdfast";
const PAGE: &str = "holdfast-page";
const FROM_WHERE: &str = "sec-fetch-site";

/// A page of this stack, and no other site.
pub(crate) struct OwnPage;

impl<S: Send + Sync> FromRequestParts<S> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let from = parts.headers.get(FROM_WHERE);
        let is_own = from.is_none_or(|from| from == "same-origin" || from == "none");
        if is_own && parts.headers.contains_key(PAGE) {
            return Ok(Self);
        }
        let detail = "this is for the pages of the stack, which send `Holdfast-Page: 1`";
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }
}

/// What a page needs of a session; the rest of it is in the cookie.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageSession {
    /// To be sent with each request: `Authorization: Bearer …`.
    access_token: String,
    /// How long the access token is good for, in seconds.
    expires_in: u64,
    /// Who is signed in.
    #[schema(pattern = "^cus_[0-9a-f]{32}$")]
    customer_id: String,
    /// What they may do.
    role: crate::rules::account::Role,
}

/// Signs a browser in: the refresh token comes as a cookie.
#[utoipa::path(post, path = "/sessions/browser", tag = "customers", operation_id = "sign_in_browser",
    params(("Holdfast-Page" = String, Header, description = "Any text; pages of other sites cannot send it",
        example = "1")),
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in", body = PageSession),
        (status = 401, description = "The address or the password is wrong"),
        (status = 403, description = "It is no page of this stack that asks"),
        (status = 429, description = "Too many attempts for this address"),
    ))]
pub(crate) async fn sign_in(
    state: State<Api>,
    _: OwnPage,
    headers: HeaderMap,
    given: Body<Credentials>,
) -> Result<Response, Problem> {
    let Json(session) = customers::sign_in(state, headers, given).await?;
    Ok(with_cookie(session))
}

/// Goes on with a browser's session. For a few seconds the same cookie is good again, for a page that is
/// left while it is answered never gets its new one.
#[utoipa::path(post, path = "/sessions/browser/refresh", tag = "customers",
    operation_id = "refresh_browser",
    params(("Holdfast-Page" = String, Header, description = "Any text", example = "1")),
    responses(
        (status = 200, description = "Signed in for another while", body = PageSession),
        (status = 401, description = "There is no session, or no longer"),
        (status = 403, description = "It is no page of this stack that asks"),
    ))]
pub(crate) async fn refresh(
    State(api): State<Api>,
    _: OwnPage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = async {
        let token = cookie(&headers).ok_or_else(customers::no_session)?;
        customers::go_on(&api, &token, LOST_WITHIN).await
    };
    match asked.await {
        Ok(session) => Ok(with_cookie(session)),
        Err(problem) if problem.is(ProblemKind::Unauthorized) => {
            let mut answer = problem.into_response();
            set_cookie(&mut answer, "", 0);
            Ok(answer)
        }
        Err(problem) => Err(problem),
    }
}

/// Signs a browser out: its session ends, and its cookie goes.
#[utoipa::path(post, path = "/sessions/browser/end", tag = "customers", operation_id = "sign_out_browser",
    params(("Holdfast-Page" = String, Header, description = "Any text", example = "1")),
    responses(
        (status = 204, description = "There is no session any more"),
        (status = 403, description = "It is no page of this stack that asks"),
    ))]
pub(crate) async fn end(
    State(api): State<Api>,
    _: OwnPage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = cookie(&headers) {
        api.customers.revoke(&token, api.clock.now()).await?;
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut answer, "", 0);
    Ok(answer)
}

/// The refresh token that a browser keeps.
fn cookie(headers: &HeaderMap) -> Option<RefreshToken> {
    let all = headers.get_all(header::COOKIE).into_iter();
    let all = all.filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';'));
    let token = pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    });
    token?.parse().ok()
}

fn with_cookie(session: SessionBody) -> Response {
    let token = session.refresh_token.clone();
    let body = PageSession {
        access_token: session.access_token,
        expires_in: session.expires_in,
        customer_id: session.customer_id.to_string(),
        role: session.role,
    };
    let mut answer = Json(body).into_response();
    set_cookie(&mut answer, &token, SESSION_FOR.as_secs());
    answer
}

fn set_cookie(answer: &mut Response, value: &str, seconds: u64) {
    let cookie =
        format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
