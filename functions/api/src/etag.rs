//! Tags of answers: a client that asks again says which answer it has, and gets nothing where it would
//! get the same.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use holdfast_kit::answers::is_known;
use ring::digest::{SHA256, digest};
use serde::Serialize;

/// Larger than what Lambda can answer with.
const LARGEST: usize = 8 * 1024 * 1024;
/// How much of a digest is enough to tell answers apart.
const TAG_BYTES: usize = 16;

/// What a tag is made of, where the answer itself changes with every second.
#[derive(Clone)]
pub(crate) struct Content(Vec<u8>);

impl Content {
    /// Of the answer without what changes by itself.
    pub(crate) fn of<T: Serialize>(still: &T) -> Self {
        Self(serde_json::to_vec(still).unwrap_or_default())
    }
}

/// Tags what is read, and leaves out what the client has.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let asked = request.headers().clone();
    let answer = next.run(request).await;
    if answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let content = parts.extensions.remove::<Content>();
    let tag = tag_of(content.as_ref().map_or(&body, |content| &content.0));
    let Ok(value) = HeaderValue::from_str(&tag) else {
        return Response::from_parts(parts, Body::from(body));
    };
    parts.headers.insert(header::ETAG, value);
    if is_known(&asked, &tag) {
        return not_modified(&parts.headers);
    }
    Response::from_parts(parts, Body::from(body))
}

/// Weak: two answers with one tag say the same, though perhaps not in the same bytes.
fn tag_of(content: &[u8]) -> String {
    let digest = digest(&SHA256, content);
    let short = digest.as_ref().get(..TAG_BYTES).unwrap_or_default();
    format!("W/\"{}\"", BASE64.encode(short))
}

fn not_modified(headers: &HeaderMap) -> Response {
    let mut answer = StatusCode::NOT_MODIFIED.into_response();
    let tag = headers.get(header::ETAG).cloned();
    if let Some(tag) = tag {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_contents_have_another_tag() {
        assert_eq!(tag_of(b"a booking"), tag_of(b"a booking"));
        assert_ne!(tag_of(b"a booking"), tag_of(b"another booking"));
    }
}
