//! One request to the suppliers, one answer, within a time.

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use holdfast_core::fault::Fault;
use holdfast_core::ids::StepKey;
use holdfast_core::payment::Method as PaidBy;
use holdfast_core::verb::Verb;
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request, StatusCode};
use serde::Serialize;

use super::answer::{Inspected, Outcome, understand, understand_json};
use super::deadline::{TooLate, in_time, is_too_late};
use super::{Call, Key, Supplier};
use crate::breakers::Breakers;
use crate::https::{Error, Https};
use crate::rehearsal::Simulation;

/// No supplier has more to say than this.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Stands in an address for the id of the API that the caller itself is behind. No setting can tell that
/// id, since the API needs the function behind it; but each request does.
const OWN_API: &str = "own-api";

/// Where the suppliers are, and how long they may take.
#[derive(Clone, Debug)]
pub struct Endpoint {
    https: Https,
    base: String,
    account_payments: Option<String>,
    key: Option<Key>,
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
            base: without_slash(base),
            account_payments: None,
            key: None,
            patience,
            breakers: None,
            simulation: Simulation::default(),
        }
    }

    /// The same, with payments from accounts at an address of their own.
    #[must_use]
    pub fn with_account_payments(self, address: &str) -> Self {
        let account_payments = Some(without_slash(address));
        Self {
            account_payments,
            ..self
        }
    }

    /// The same, for a function behind the API of this id, whose address of payments from accounts
    /// leaves the id open (`own-api`).
    #[must_use]
    pub fn behind_api(self, id: &str) -> Self {
        let found = |address: String| address.replacen(OWN_API, id, 1);
        let account_payments = self.account_payments.map(found);
        Self {
            account_payments,
            ..self
        }
    }

    /// The same, with a key that every call carries.
    #[must_use]
    pub fn with_key(self, key: Key) -> Self {
        let key = Some(key);
        Self { key, ..self }
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
    pub(super) async fn call<V, B>(&self, call: &Call<'_, V, B>) -> Outcome
    where
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
        let Some(base) = self.base_of(call.supplier) else {
            let problem = "the address of payments from accounts is not known";
            return Outcome::NotDone(problem.to_owned());
        };
        let address = format!("{base}/{}", call.path());
        let request = self
            .request(Method::POST, &address, call.trace_id)
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
    pub async fn inspect(
        &self,
        supplier: Supplier,
        key: &StepKey,
        trace_id: &str,
    ) -> Option<Outcome> {
        let base = self.base_of(supplier)?;
        // Nothing in a key needs escaping but the slashes.
        let key = key.as_str().replace('/', "%2F");
        let address = format!("{base}/operations?key={key}");
        let (status, body) = self.read(&address, trace_id).await?;
        if status != StatusCode::OK {
            return None;
        }
        let inspected: Inspected = serde_json::from_slice(&body).ok()?;
        Some(understand_json(inspected.http_status, &inspected.body))
    }

    /// Reads something that the suppliers have; nothing where no answer comes.
    pub async fn get(&self, path: &str, trace_id: &str) -> Option<(StatusCode, Bytes)> {
        self.read(&format!("{}/{path}", self.base), trace_id).await
    }

    async fn read(&self, address: &str, trace_id: &str) -> Option<(StatusCode, Bytes)> {
        let request = self
            .request(Method::GET, address, trace_id)
            .body(SdkBody::empty());
        self.send(request).await.ok()
    }

    /// Where a supplier is; nothing where no address of its own is known.
    fn base_of(&self, supplier: Supplier) -> Option<&str> {
        match supplier {
            Supplier::Payment(PaidBy::Account) => self.account_payments.as_deref(),
            Supplier::Payment(PaidBy::Card) | Supplier::Named(_) => Some(&self.base),
        }
    }

    fn request(
        &self,
        method: Method,
        address: &str,
        trace_id: &str,
    ) -> hyper::http::request::Builder {
        let parent = format!("00-{trace_id}-{}-01", &trace_id[..trace_id.len().min(16)]);
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header("traceparent", parent);
        match &self.key {
            Some(key) => request.header(AUTHORIZATION, key.bearer()),
            None => request,
        }
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

fn without_slash(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
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
