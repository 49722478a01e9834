//! One request to the suppliers, one answer, within a time.

use std::fmt::Display;
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use holdfast_core::fault::Fault;
use holdfast_core::ids::StepKey;
use holdfast_core::verb::Verb;
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use serde::Serialize;

use super::Call;
use super::answer::{Inspected, Outcome, understand, understand_json};
use super::deadline::{TooLate, in_time, is_too_late};
use crate::breakers::Breakers;
use crate::https::{Error, Https};
use crate::rehearsal::Simulation;

/// No supplier has more to say than this.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where the suppliers are, and how long they may take.
#[derive(Clone, Debug)]
pub struct Endpoint {
    https: Https,
    base: String,
    patience: Duration,
    pub(super) breakers: Option<Breakers>,
    pub(super) simulation: Simulation,
}

/// What is sent: the particulars, and a scripted fault if there is one.
#[derive(Serialize)]
struct Sent<'a, B> {
    #[serde(flatten)]
    body: &'a B,
    #[serde(skip_serializing_if = "is_ok")]
    simulate: Fault,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_ok(fault: &Fault) -> bool {
    *fault == Fault::Ok
}

/// Why there is no answer.
enum Silence {
    /// The request did not reach anybody.
    NotSent(String),
    /// It may have.
    NoAnswer(String),
}

impl Endpoint {
    /// Suppliers at this address, each given this long to answer.
    pub fn new(https: Https, base: &str, patience: Duration) -> Self {
        Self {
            https,
            base: base.trim_end_matches('/').to_owned(),
            patience,
            breakers: None,
            simulation: Simulation::default(),
        }
    }

    /// The same, with breakers before the calls that lead forward.
    #[must_use]
    pub fn with_breakers(self, breakers: Breakers) -> Self {
        let breakers = Some(breakers);
        Self { breakers, ..self }
    }

    /// The same, with scripted mishaps around each call, where the stack allows them.
    #[must_use]
    pub fn with_mishaps(self, simulation: Simulation) -> Self {
        Self { simulation, ..self }
    }

    /// Asks once.
    pub(super) async fn call<S, V, B>(&self, call: &Call<'_, S, V, B>) -> Outcome
    where
        S: Display,
        V: Verb,
        B: Serialize,
    {
        let sent = Sent {
            body: &call.body,
            simulate: call.fault(),
        };
        let body = match serde_json::to_vec(&sent) {
            Ok(body) => body,
            Err(problem) => return Outcome::Refused(format!("not writable as JSON: {problem}")),
        };
        let request = self
            .request(Method::POST, &call.path(), call.trace_id)
            .header("content-type", "application/json")
            .header("idempotency-key", call.key.as_str())
            .header("content-length", body.len())
            .body(in_time(body, call.deadline.clone()));
        match self.send(request).await {
            Ok((status, body)) => understand(status.as_u16(), &body),
            Err(Silence::NotSent(problem)) => Outcome::NotDone(problem),
            Err(Silence::NoAnswer(problem)) => Outcome::Unknown(problem),
        }
    }

    /// Asks what became of a call. Nothing, if the supplier does not know it (yet) or does not say.
    pub async fn inspect(&self, key: &StepKey, trace_id: &str) -> Option<Outcome> {
        // Nothing in a key needs escaping but the slashes.
        let path = format!("operations?key={}", key.as_str().replace('/', "%2F"));
        let (status, body) = self.get(&path, trace_id).await?;
        if status != StatusCode::OK {
            return None;
        }
        let inspected: Inspected = serde_json::from_slice(&body).ok()?;
        Some(understand_json(inspected.http_status, &inspected.body))
    }

    /// Reads something that is there; nothing where no answer comes.
    pub async fn get(&self, path: &str, trace_id: &str) -> Option<(StatusCode, Bytes)> {
        let request = self
            .request(Method::GET, path, trace_id)
            .body(SdkBody::empty());
        self.send(request).await.ok()
    }

    fn request(&self, method: Method, path: &str, trace_id: &str) -> hyper::http::request::Builder {
        let parent = format!("00-{trace_id}-{}-01", &trace_id[..trace_id.len().min(16)]);
        Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.base))
            .header("traceparent", parent)
    }

    async fn send(
        &self,
        request: hyper::http::Result<Request<SdkBody>>,
    ) -> Result<(StatusCode, Bytes), Silence> {
        let request = request.map_err(|problem| Silence::NotSent(problem.to_string()))?;
        match tokio::time::timeout(self.patience, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Silence::NoAnswer(format!(
                "no answer within {:?}",
                self.patience
            ))),
        }
    }

    async fn exchange(&self, request: Request<SdkBody>) -> Result<(StatusCode, Bytes), Silence> {
        let response = self.https.send(request).await.map_err(silence)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LONGEST_ANSWER)
            .collect()
            .await
            .map_err(|problem| Silence::NoAnswer(format!("the answer broke off: {problem}")))?;
        Ok((status, body.to_bytes()))
    }
}

fn silence(error: Error) -> Silence {
    if is_too_late(&error) {
        return Silence::NotSent(TooLate.to_string());
    }
    if error.is_connect() {
        return Silence::NotSent("cannot be reached".to_owned());
    }
    Silence::NoAnswer("closed the connection without an answer".to_owned())
}
