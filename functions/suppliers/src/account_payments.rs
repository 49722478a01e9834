//! The HTTP contract of payments from accounts: the suppliers' contract for payments, behind a key.

use std::str::FromStr;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ring::hmac;

use crate::Supplies;
use crate::answer::Answer;
use crate::http::{self, LARGEST_BODY};

/// What every caller must send.
#[derive(Clone, Debug)]
pub struct BearerKey(hmac::Key, hmac::Tag);

/// The key is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be empty")]
pub struct NoKey;

impl FromStr for BearerKey {
    type Err = NoKey;
    fn from_str(key: &str) -> Result<Self, NoKey> {
        if key.is_empty() {
            return Err(NoKey);
        }
        let digesting = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let digest = hmac::sign(&digesting, key.as_bytes());
        Ok(Self(digesting, digest))
    }
}

impl BearerKey {
    /// Whether a caller has sent the key. Digests are compared, in constant time.
    fn was_sent(&self, request: &Request) -> bool {
        let sent = request.headers().get(header::AUTHORIZATION);
        let sent = sent.and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.split_once(' '));
        sent.is_some_and(|(scheme, key)| {
            let Self(digesting, digest) = self;
            scheme.eq_ignore_ascii_case("bearer")
                && hmac::verify(digesting, key.as_bytes(), digest.as_ref()).is_ok()
        })
    }
}

/// The whole interface. No route answers without the key.
pub fn router(supplies: Supplies, key: BearerKey) -> Router {
    Router::new()
        .route("/healthz", get(http::health))
        .route("/operations", get(http::inspect))
        .route("/audit", get(http::audit))
        .route("/payment/{action}", post(http::pay))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(key, only_with_the_key))
        .with_state(supplies)
}

async fn only_with_the_key(State(key): State<BearerKey>, request: Request, next: Next) -> Response {
    if key.was_sent(&request) {
        return next.run(request).await;
    }
    let message = "send the suppliers' key as `Authorization: Bearer <key>`";
    let refusal = Answer::problem(StatusCode::UNAUTHORIZED, "unauthorized", message);
    ([(header::WWW_AUTHENTICATE, "Bearer")], refusal).into_response()
}

async fn no_such_address() -> Answer {
    let message =
        "there is nothing here; use POST /payment/{action}, GET /operations, /audit or /healthz";
    Answer::problem(StatusCode::NOT_FOUND, "not_found", message)
}

async fn no_such_method() -> Answer {
    let message = "use POST for /payment/{action}, GET for the others";
    Answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}
