//! An API that notes what it is asked and answers as the test says. It signs everybody in.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What the test answers: a status and a body.
type Answers = dyn Fn(&Asked) -> (u16, Value) + Send + Sync;

/// A request as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) body: Value,
    /// How many requests came before this one.
    pub(crate) before: usize,
}

impl Asked {
    /// Method and path, without the query.
    pub(crate) fn what(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

/// The API; clones are the same one.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Answers>,
}

impl Fake {
    /// An API that answers like this.
    pub(crate) async fn answering(
        answers: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answers: Arc::new(answers),
        };
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    /// An API that has one booking, which never changes.
    pub(crate) async fn with(booking: Value) -> Self {
        Self::answering(move |asked| {
            let is_history = asked.path.contains("/events");
            match is_history {
                true => (200, history(&[], false)),
                false if asked.method == Method::GET => (200, booking.clone()),
                false => (202, booking.clone()),
            }
        })
        .await
    }

    /// What came, but for signing in.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap().clone();
        let is_other = |asked: &Asked| !asked.path.starts_with("/sessions");
        asked.into_iter().filter(is_other).collect()
    }

    /// How often somebody signed in, or refreshed a session.
    pub(crate) fn sessions(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path == path).count()
    }

    fn note(&self, mut asked: Asked) -> (u16, Value) {
        let mut all = self.asked.lock().unwrap();
        asked.before = all.len();
        all.push(asked.clone());
        let told = (self.answers)(&asked);
        match asked.path.as_str() {
            "/sessions" | "/sessions/refresh" if told.0 == 202 || told.0 == 200 => {
                (200, session(all.len()))
            }
            _ => told,
        }
    }
}

async fn answer(State(fake): State<Fake>, request: Request<Body>) -> Response {
    let header = |headers: &HeaderMap, name: &str| {
        let value = headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let asked = Asked {
        path: parts.uri.to_string(),
        key: header(&parts.headers, "idempotency-key"),
        token: header(&parts.headers, "authorization"),
        method: parts.method,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        before: 0,
    };
    let (status, body) = fake.note(asked);
    let status = StatusCode::from_u16(status).unwrap();
    match body {
        Value::String(text) => (status, text).into_response(),
        json => (status, json.to_string()).into_response(),
    }
}

fn session(number: usize) -> Value {
    json!({"access_token": format!("access-{number}"), "refresh_token": format!("rt_{number}"),
        "expires_in": 900, "token_type": "Bearer", "customer_id": "cus_1", "role": "customer"})
}

/// A booking of one flight.
pub(crate) fn booking(status: &str, actions: &[&str]) -> Value {
    let leg = match status {
        "holding" => "pending",
        "booked" => "confirmed",
        "expired" | "cancelled" | "failed" => "released",
        _ => "held",
    };
    json!({"booking_id": "b-1", "status": status, "reason": null, "actions": actions,
        "under_way": null, "total": {"amount": 172_920, "currency": "BRL"}, "seconds_left": 800,
        "legs": [{"id": "out", "kind": "flight", "spec": {}, "status": leg, "reference": "FL-1",
            "price": {"amount": 172_920, "currency": "BRL"}, "reason": null, "hold_expires": null}],
        "payment": {"status": "none", "reference": null, "attempts": 0},
        "created": "2027-01-01T00:00:00Z", "updated": "2027-01-01T00:00:00Z",
        "deadline": "2027-01-01T00:15:00Z", "trace_id": "0123456789abcdef0123456789abcdef"})
}

/// A page of a history.
pub(crate) fn history(events: &[&str], ended: bool) -> Value {
    let events = events.iter().map(|name| {
        json!({"id": format!("b-1/{name}"), "name": name, "at": "2027-01-01T12:34:56.000Z",
            "actor": "test", "note": null, "status": null, "legs": {}, "payment": null})
    });
    json!({"events": events.collect::<Vec<_>>(), "next": "later", "status": "holding",
        "ended": ended})
}

/// A problem document.
pub(crate) fn problem(status: u16, name: &str, detail: &str) -> (u16, Value) {
    let document = json!({"type": format!("urn:holdfast:problem:{name}"), "title": "No",
        "status": status, "detail": detail, "trace_id": "t"});
    (status, document)
}
