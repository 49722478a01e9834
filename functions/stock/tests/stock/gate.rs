//! A gate before the stock's table: it holds up one request, whichever it is, so that the process that
//! sent it can be ended there, or others can go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use holdfast_stock::store::Store;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Notify;

use crate::shop::TABLE;

/// What of the request is held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The table has not heard it.
    Request,
    /// The table has done it, and the process does not know.
    Answer,
}

/// The gate; clones are the same one.
#[derive(Clone)]
pub(crate) struct Gate {
    table: String,
    client: Client<HttpConnector, Body>,
    held: Held,
    place: usize,
    calls: Arc<AtomicUsize>,
    reached: Arc<Notify>,
    opened: Arc<Notify>,
    passed: Arc<Notify>,
}

impl Gate {
    /// A store of which one request is held up, by its place, and the gate that does it.
    pub(crate) async fn before(address: &str, place: usize, held: Held) -> (Store, Self) {
        let gate = Self {
            table: address.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            held,
            place,
            calls: Arc::default(),
            reached: Arc::default(),
            opened: Arc::default(),
            passed: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(gate.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let store = Store::new(holdfast_testing::client(&address), TABLE);
        (store, gate)
    }

    /// Waits until the request is held up.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it go on, and waits until the table has answered it.
    pub(crate) async fn open(&self) {
        self.opened.notify_one();
        self.passed.notified().await;
    }

    async fn hold_up(&self) {
        self.reached.notify_one();
        self.opened.notified().await;
    }
}

/// A request goes on even if its sender hangs up, as one does that is on its way.
async fn pass(State(gate): State<Gate>, request: Request) -> Response {
    let passing = tokio::spawn(async move { forward(&gate, request).await });
    passing.await.unwrap()
}

async fn forward(gate: &Gate, mut request: Request) -> Response {
    let is_held = gate.calls.fetch_add(1, Ordering::SeqCst) + 1 == gate.place;
    *request.uri_mut() = gate.table.parse().unwrap();
    if is_held && gate.held == Held::Request {
        gate.hold_up().await;
    }
    let response = gate.client.request(request).await.unwrap();
    if is_held && gate.held == Held::Answer {
        gate.hold_up().await;
    }
    if is_held {
        gate.passed.notify_one();
    }
    response.map(Body::new)
}
