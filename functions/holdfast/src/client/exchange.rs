//! One request, one answer, within a time.

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use holdfast_kit::https::{Error, Https};
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};

use super::Request;

/// The API holds no answer back longer than 29 seconds.
const PATIENCE: Duration = Duration::from_secs(35);
/// No longer than this is waited because an answer says so.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// The way to the API.
#[derive(Debug)]
pub(super) struct Line {
    https: Https,
    base: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    /// When to come again, where the answer says so.
    pub(super) come_again: Option<Duration>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) enum Silence {
    /// No connection came about.
    Unreachable,
    /// The request may have arrived.
    NoAnswer(String),
    /// The request cannot be written.
    NotSent(String),
}

impl Answer {
    pub(super) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the same request may do better a moment later. One that is to come again much later is told
    /// at once.
    pub(super) fn is_for_later(&self) -> bool {
        let is_soon = self.come_again.is_none_or(|pause| pause <= LONGEST_PAUSE);
        matches!(self.status, 429 | 502 | 503 | 504) && is_soon
    }
}

impl Line {
    pub(super) fn to(base: String) -> Self {
        Self {
            https: Https::default(),
            base,
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) async fn exchange(
        &self,
        request: &Request,
        token: Option<&str>,
    ) -> Result<Answer, Silence> {
        let request = self.request(request, token);
        let request = request.map_err(|problem| Silence::NotSent(problem.to_string()))?;
        match tokio::time::timeout(PATIENCE, self.send(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                let seconds = PATIENCE.as_secs();
                Err(Silence::NoAnswer(format!("within {seconds} s")))
            }
        }
    }

    fn request(
        &self,
        request: &Request,
        token: Option<&str>,
    ) -> hyper::http::Result<hyper::Request<SdkBody>> {
        let body = request.body.clone().unwrap_or_default();
        let mut building = hyper::Request::builder()
            .method(request.method.clone())
            .uri(format!("{}{}", self.base, request.path))
            .header(USER_AGENT, concat!("holdfast/", env!("CARGO_PKG_VERSION")))
            .header("content-length", body.len());
        if request.body.is_some() {
            building = building.header(CONTENT_TYPE, "application/json");
        }
        if let Some(key) = &request.key {
            building = building.header("idempotency-key", key);
        }
        if let Some(token) = token {
            building = building.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        building.body(SdkBody::from(body))
    }

    async fn send(&self, request: hyper::Request<SdkBody>) -> Result<Answer, Silence> {
        let response = self.https.send(request).await.map_err(silence)?;
        let status = response.status().as_u16();
        let come_again = come_again(response.headers());
        let body = Limited::new(response.into_body(), LONGEST_ANSWER)
            .collect()
            .await
            .map_err(|_| Silence::NoAnswer("to the end: it broke off".to_owned()))?;
        Ok(Answer {
            status,
            body: body.to_bytes(),
            come_again,
        })
    }
}

fn silence(error: Error) -> Silence {
    if error.is_connect() {
        return Silence::Unreachable;
    }
    Silence::NoAnswer("before the connection was closed".to_owned())
}

fn come_again(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}
