//! A server that stands for API Gateway's connections: it takes messages for those that are open, and says
//! of all others that they are gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use serde_json::Value;

/// The messages to each open connection.
type Open = Arc<Mutex<HashMap<String, Vec<Value>>>>;

/// What came with a request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: String,
    pub(crate) date: String,
}

/// The server.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) url: String,
    inner: Inner,
}

#[derive(Clone, Default)]
struct Inner {
    open: Open,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// How many of the next requests fail.
    fails: Arc<Mutex<u32>>,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let inner = Inner::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/live", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/live/@connections/{id}", post(take))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    pub(crate) fn opens(&self, id: &str) {
        let mut open = self.inner.open.lock().unwrap();
        open.insert(id.to_owned(), Vec::new());
    }

    pub(crate) fn ends(&self, id: &str) {
        self.inner.open.lock().unwrap().remove(id);
    }

    /// The next requests are answered with a server's error.
    pub(crate) fn fails(&self, times: u32) {
        *self.inner.fails.lock().unwrap() = times;
    }

    /// What a connection has heard.
    pub(crate) fn heard(&self, id: &str) -> Vec<Value> {
        self.inner.open.lock().unwrap()[id].clone()
    }

    /// All requests.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }
}

async fn take(
    State(inner): State<Inner>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    inner.asked.lock().unwrap().push(Asked {
        path: uri.path().to_owned(),
        authorization: header("authorization"),
        date: header("x-amz-date"),
    });
    let mut fails = inner.fails.lock().unwrap();
    if *fails > 0 {
        *fails -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    match inner.open.lock().unwrap().get_mut(&id) {
        Some(heard) => {
            heard.push(serde_json::from_str(&body).unwrap());
            StatusCode::OK
        }
        None => StatusCode::GONE,
    }
}
