//! What surrounds every request: its trace, its log line, the headers of every answer, and the
//! documents of what went wrong.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use holdfast_kit::answers::SECURITY;
use tracing::{Instrument, info_span};

use crate::problem::Problem;
use crate::{Api, random};

const TRACEPARENT: &str = "traceparent";
const TRACE_ID: HeaderName = HeaderName::from_static("trace-id");
/// The server's clock: a page that counts down goes by it, and not by its reader's.
const NOW: HeaderName = HeaderName::from_static("holdfast-now");

/// Said in every answer that says nothing else: it is not kept, and loads nothing.
const CLOSED: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// What a page of another origin may send and read.
const CROSS_ORIGIN: &[(HeaderName, &str)] = &[
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET, POST, PUT, DELETE, OPTIONS",
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, idempotency-key, if-none-match, traceparent",
    ),
    (header::ACCESS_CONTROL_MAX_AGE, "3600"),
];
const EXPOSED: &str = "etag, holdfast-now, location, retry-after, trace-id, www-authenticate";

/// Surrounds a request.
pub(crate) async fn surround(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let trace = trace_of(request.headers());
    let method = request.method().clone();
    let route = route_of(&request);
    let origin = request.headers().get(header::ORIGIN).cloned();
    let span = info_span!("request", trace_id = trace.as_str(), %method, route);
    request.extensions_mut().insert(trace.clone());
    let answer = async {
        if method == Method::OPTIONS {
            return StatusCode::NO_CONTENT.into_response();
        }
        next.run(request).await
    };
    let mut answer = Box::pin(answer).instrument(span.clone()).await;
    if let Some(problem) = answer.extensions_mut().remove::<Problem>() {
        let headers = std::mem::take(answer.headers_mut());
        answer = problem.document(&trace);
        // Such as `Allow`, which the router knows.
        keep(answer.headers_mut(), headers);
    }
    dress(answer.headers_mut(), &trace, api.clock.now());
    allow(
        answer.headers_mut(),
        api.cors_origin.as_ref(),
        origin,
        &method,
    );
    let status = answer.status().as_u16();
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, took_ms, "answered"));
    answer
}

/// The route and not the path: what a stranger writes into an address is nothing for a log.
fn route_of(request: &Request) -> String {
    let route = request.extensions().get::<MatchedPath>();
    route.map_or("-", MatchedPath::as_str).to_owned()
}

fn trace_of(headers: &HeaderMap) -> TraceId {
    let given = headers
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok());
    given
        .and_then(TraceId::from_traceparent)
        .unwrap_or_else(random::trace)
}

fn keep(headers: &mut HeaderMap, others: HeaderMap) {
    for (name, value) in others {
        if let Some(name) = name
            && name != header::CONTENT_LENGTH
            && !headers.contains_key(&name)
        {
            headers.insert(name, value);
        }
    }
}

/// A page may say itself what a browser may do with it.
fn dress(headers: &mut HeaderMap, trace: &TraceId, now: Timestamp) {
    for (name, value) in CLOSED.into_iter().chain(SECURITY) {
        let entry = headers.entry(name);
        entry.or_insert(HeaderValue::from_static(value));
    }
    if let Ok(trace) = HeaderValue::from_str(trace.as_str()) {
        headers.insert(TRACE_ID, trace);
    }
    if let Ok(now) = HeaderValue::from_str(&now.to_string()) {
        headers.insert(NOW, now);
    }
}

/// Lets a page of the one origin that is allowed read the answer, and no page of any other.
fn allow(
    headers: &mut HeaderMap,
    allowed: Option<&HeaderValue>,
    origin: Option<HeaderValue>,
    method: &Method,
) {
    let Some(allowed) = allowed else { return };
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if allowed != "*" && origin.as_ref() != Some(allowed) {
        return;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
    let exposed = HeaderValue::from_static(EXPOSED);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    if method == Method::OPTIONS {
        for (name, value) in CROSS_ORIGIN {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
