//! The world outside: a server that notes what it is asked and answers as the test says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

type Answers = dyn Fn(&Asked) -> (u16, Value) + Send + Sync;

/// A request as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// The path with its query; of AWS, what is wanted of it.
    pub(crate) what: String,
    pub(crate) key: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

/// The server; clones are the same one.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Answers>,
}

impl Outside {
    /// A server that answers like this.
    pub(crate) async fn answering(
        answers: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answers: Arc::new(answers),
        };
        let router = Router::new().fallback(answer).with_state(outside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        outside
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What was asked like this.
    pub(crate) fn asked_to(&self, what: &str) -> Vec<Value> {
        let asked = self.asked().into_iter().filter(|asked| asked.what == what);
        asked.map(|asked| asked.body).collect()
    }
}

async fn answer(State(outside): State<Outside>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let header = |name: &str| {
        let value = head.headers.get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let wanted = header("x-amz-target");
    let wanted = wanted
        .as_deref()
        .and_then(|target| target.rsplit('.').next());
    let body = to_bytes(body, 10_000).await.unwrap();
    let asked = Asked {
        what: wanted.map_or_else(|| head.uri.to_string(), str::to_owned),
        method: head.method,
        key: header("idempotency-key"),
        authorization: header("authorization"),
        body: serde_json::from_slice(&body).unwrap_or(json!(null)),
    };
    let (status, answer) = (outside.answers)(&asked);
    outside.asked.lock().unwrap().push(asked);
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(answer)).into_response()
}
