//! Reads what comes in: a body that is JSON and of a size, the header `Idempotency-Key`, the ids in
//! paths. What cannot be read is answered here and never reaches a use case.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use holdfast_core::reading::{self, Flaw};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::{Problem, ProblemKind};

/// The largest body that is read, in bytes.
pub(crate) const LARGEST_BODY: usize = 32 * 1024;
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const LONGEST_KEY: usize = 128;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// A body that claims to be JSON, to the letter.
pub(crate) struct RawBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "send the body with `Content-Type: application/json`";
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
        }
        let bytes = Bytes::from_request(request, state).await;
        bytes.map(Self).map_err(unreadable)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| {
        let charset = parameter.to_ascii_lowercase();
        let charset = charset
            .strip_prefix("charset=")
            .map(|name| name.trim_matches('"').to_owned());
        charset.is_none_or(|name| name == "utf-8")
    });
    is_json && is_utf8
}

fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("a body has at most {LARGEST_BODY} bytes");
        return Problem::new(ProblemKind::TooLarge, detail);
    }
    Problem::new(ProblemKind::BadRequest, "the body broke off")
}

/// What is not JSON at all is one thing (400), what is not what was asked for another (422).
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let json: Value = serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad_json(error.line(), error.column()))?;
    if !json.is_object() {
        return Err(Problem::field("body", "must be a JSON object"));
    }
    reading::read(&json).map_err(|flaw: Flaw| flaw.named("body").into())
}

/// The header `Idempotency-Key`, where a request can do without it.
pub(crate) struct PerhapsIdempotencyKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for PerhapsIdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key(IDEMPOTENCY_KEY) {
            return Ok(Self(None));
        }
        let IdempotencyKey(key) = IdempotencyKey::from_request_parts(parts, state).await?;
        Ok(Self(Some(key)))
    }
}

/// The header `Idempotency-Key`.
pub(crate) struct IdempotencyKey(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = parts.headers.get(IDEMPOTENCY_KEY);
        let given = given
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let plain = given.bytes().all(|byte| byte.is_ascii_graphic());
        if given.is_empty() || given.len() > LONGEST_KEY || !plain {
            let detail = format!(
                "send 1 to {LONGEST_KEY} visible ASCII characters, the same on every retry of a request"
            );
            return Err(Problem::new(ProblemKind::IdempotencyKeyRequired, detail));
        }
        Ok(Self(given.to_owned()))
    }
}

/// Ids in a path. What cannot be an id names nothing.
pub(crate) struct InPath<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(ids)) => Ok(Self(ids)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

/// Parameters after the question mark.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) = pairs.map_err(|_| {
            let problem = "cannot be read; send `name=value`, URL-encoded, with `&` between";
            Problem::field("query", problem)
        })?;
        let given = reading::parameters(pairs)?;
        Ok(Self(reading::read_query(&given)?))
    }
}

/// For routes that take no parameters: any is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

/// Refuses parameters on a route that takes none.
pub(crate) async fn without_parameters(
    _: Parameters<NoParameters>,
    request: Request,
    next: Next,
) -> Response {
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(content_type: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, content_type.parse().unwrap())])
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        for good in ["application/json", "Application/JSON; charset=UTF-8"] {
            assert!(is_json(&headers(good)), "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonl",
            "",
        ] {
            assert!(!is_json(&headers(bad)), "{bad}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
